/**
 * Where a check may connect to: anything that who configures it names, this machine too, but no link-local address. Behind
 * those stand the metadata of cloud machines, keys included. Looked at when the connection is made, so that a name that
 * leads elsewhere by then is no way around.
 */
import dns from "node:dns";
import net from "node:net";
import { networkList, plainAddress, readNetwork } from "#lib/platform/address.ts";
import { AppError } from "#lib/platform/errors.ts";

const REFUSED = networkList(
  [
    ...["169.254.0.0/16", "fe80::/10"],
    // metadata of clouds that stand elsewhere
    ...["fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16"],
  ].map((network) => readNetwork(network)!),
);

/** Throws AppError `forbidden` for a literal address that no check connects to; a name is looked at when it is resolved. */
export function refuseAddress(host: string): void {
  const address = plainAddress(host);
  if (address !== null && isRefused(address)) throw refused(address);
}

/** A `lookup` for sockets. `known`: addresses that these names have here, before anybody else is asked. */
export function lookupFor(known: ReadonlyMap<string, readonly string[]>): net.LookupFunction {
  return (host, options, callback) => {
    const told = (addresses: readonly dns.LookupAddress[]) => {
      const bad = addresses.find(({ address }) => isRefused(plainAddress(address) ?? address));
      if (bad) return callback(refused(bad.address), "", 0);
      if (options.all) return callback(null, [...addresses]);
      const [first] = addresses;
      if (first) return callback(null, first.address, first.family);
      callback(new Error(`${host} has no address`), "", 0);
    };
    const own = known.get(host.toLowerCase());
    if (own)
      return process.nextTick(
        told,
        own.map((address) => ({ address, family: net.isIP(address) })),
      );
    dns.lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) callback(error, "", 0);
      else told(addresses);
    });
  };
}

function isRefused(address: string): boolean {
  return REFUSED.has(address) || embedded(address).some((inner) => REFUSED.has(inner));
}

/** IPv4 addresses that an IPv6 one leads to: by NAT64 and 6to4. */
function embedded(address: string): string[] {
  if (!net.isIPv6(address)) return [];
  const nat64 = /^64:ff9b::(?:([\da-f]{1,4}):)?([\da-f]{1,4})$/i.exec(address);
  if (nat64) return [dotted(nat64[1] ?? "0", nat64[2]!)];
  const sixToFour = /^2002:([\da-f]{1,4}):([\da-f]{0,4})/i.exec(address);
  return sixToFour ? [dotted(sixToFour[1]!, sixToFour[2] || "0")] : [];
}

function dotted(high: string, low: string): string {
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join(".");
}

function refused(address: string): AppError {
  return new AppError(
    "forbidden",
    `${address} is link-local or belongs to a cloud's metadata, which no check connects to`,
  );
}
