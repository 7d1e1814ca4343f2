/**
 * Where a check may connect to: anything that who configures it names, this machine too, but no link-local address. Behind
 * those stand the metadata of cloud machines, keys included. Judged in the step that connects, so that a name that leads
 * elsewhere by then is no way around.
 */
import dns from "node:dns";
import net from "node:net";
import { refusal } from "#lib/alerts/channels/address.ts";
import { plainAddress } from "#lib/platform/address.ts";
import { AppError } from "#lib/platform/errors.ts";

/** Throws AppError `forbidden` for a literal address that no check connects to; a name is judged when it is looked up. */
export function refuseAddress(host: string): void {
  const address = plainAddress(host);
  if (address !== null && isRefused(address)) throw refused(address);
}

/** A `lookup` for sockets. `known`: addresses that these names have here, before anybody else is asked. */
export function lookupFor(known: ReadonlyMap<string, readonly string[]>): net.LookupFunction {
  return (host, options, callback) => {
    const told = (addresses: readonly dns.LookupAddress[]) => {
      const bad = addresses.find(({ address }) => isRefused(address));
      const [first] = addresses;
      if (bad) callback(refused(bad.address), "");
      else if (options.all) callback(null, [...addresses]);
      else if (first) callback(null, first.address, first.family);
      else callback(new Error(`${host} has no address`), "");
    };
    const own = known.get(host.toLowerCase())?.map((address) => ({ address, family: net.isIP(address) }));
    (own ? Promise.resolve(own) : addressesOf(host)).then(told, (error: NodeJS.ErrnoException) => callback(error, ""));
  };
}

const asked = new Map<string, Promise<dns.LookupAddress[]>>();

/** One question a name at a time: while no name server answers, those of every run would pile up. */
function addressesOf(host: string): Promise<dns.LookupAddress[]> {
  const under = asked.get(host);
  if (under) return under;
  const answer = new Promise<dns.LookupAddress[]>((resolve, reject) => {
    dns.lookup(host, { all: true }, (error, addresses) => {
      asked.delete(host);
      if (error) reject(error);
      else resolve(addresses);
    });
  });
  asked.set(host, answer);
  return answer;
}

function isRefused(address: string): boolean {
  return refusal(address, { local: true }) !== null;
}

function refused(address: string): AppError {
  return new AppError("forbidden", `${address} is link-local or a service of the hoster, which no check connects to`);
}
