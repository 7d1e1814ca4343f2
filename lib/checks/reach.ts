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
    const own = known.get(host.toLowerCase());
    const ownAddresses = own?.map((address) => ({ address, family: net.isIP(address) }));
    if (ownAddresses) process.nextTick(told, ownAddresses);
    else
      dns.lookup(host, { ...options, all: true }, (error, addresses) => {
        if (error) callback(error, "");
        else told(addresses);
      });
  };
}

function isRefused(address: string): boolean {
  return refusal(address, { local: true }) !== null;
}

function refused(address: string): AppError {
  return new AppError("forbidden", `${address} is link-local or a service of the hoster, which no check connects to`);
}
