/**
 * Which addresses a channel may speak to. Names are looked up and judged in the one step that connects, so that nothing
 * can change in between; what is written as a number is judged as the address that it is.
 */
import dns from "node:dns";
import net from "node:net";
import os from "node:os";
import { networkList, plainAddress, readNetwork } from "#lib/platform/address.ts";
import { DeliveryError } from "./error.ts";

export interface Reach {
  /** addresses of this machine, and private ones of the networks that it is in, too */
  local: boolean;
  /** nothing that is not reachable from everywhere: for addresses that any person may hand in */
  publicOnly?: boolean;
}

const networks = (...texts: string[]) => networkList(texts.map((text) => readNetwork(text)!));
// nobody there sends messages on, and whoever answers gives out credentials of the machine
const NEVER = networks(
  ...["0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "192.0.0.192/32"],
  ...[
    "100.100.100.200/32",
    "168.63.129.16/32",
    "::/128",
    "fe80::/10",
    "ff00::/8",
    "fd00:ec2::254/128",
    "fd20:ce::254/128",
  ],
);
const LOOPBACK = networks("127.0.0.0/8", "::1/128");
const PRIVATE = networks(
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15"],
  ...["fc00::/7", "fec0::/10"],
);

/** Why this address may not be spoken to, as the end of a sentence; null: it may. */
export function refusal(text: string, { local, publicOnly = false }: Reach): string | null {
  const plain = plainAddress(text);
  if (plain === null) return "which is no address";
  const all = [plain, ...within(plain)];
  if (all.some((address) => NEVER.has(address)))
    return "which no message is ever sent to: it is link-local, a service of the hoster, or nobody's";
  if (publicOnly && all.some((address) => LOOPBACK.has(address) || PRIVATE.has(address)))
    return "which is not reachable from everywhere";
  if (local) return null;
  if (all.some((address) => LOOPBACK.has(address) || isOwn(address)))
    return "which is this machine itself. Allow local addresses for this channel if that is meant";
  return all.some(isBeside)
    ? "which is in a private network of this machine. Allow local addresses for this channel if that is meant"
    : null;
}

/** Throws DeliveryError for a host that is itself an address which may not be spoken to; names are judged by `guarded`. */
export function checkLiteral(host: string, reach: Reach): void {
  const bare = host.replace(/^\[|\]$/g, "");
  if (net.isIP(bare.replace(/%.*$/, "")) === 0) return;
  const why = refusal(bare, reach);
  if (why) throw new DeliveryError(`${bare} is an address ${why}`, { permanent: true });
}

/** What a socket asks for the addresses of a name: only those that may be spoken to. */
export function guarded(reach: Reach): net.LookupFunction {
  return (name, options, callback) => {
    dns.lookup(name, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, "");
      const usable = found.filter(({ address }) => refusal(address, reach) === null);
      const [first] = usable;
      if (!first) return callback(refused(name, found[0]?.address ?? "", reach), "");
      if (options.all) callback(null, usable);
      else callback(null, first.address, first.family);
    });
  };
}

function refused(name: string, address: string, reach: Reach): DeliveryError {
  return new DeliveryError(`${name} is at ${address}, ${refusal(address, reach) ?? "which is no address"}`, {
    permanent: true,
  });
}

const isOwn = (address: string) => interfaces().some((one) => plainAddress(one.address) === address);

/** A private address in a network that this machine is itself in: its neighbours, its containers. */
function isBeside(address: string): boolean {
  if (!PRIVATE.has(address)) return false;
  return interfaces().some(({ cidr }) => {
    const network = cidr === null ? null : readNetwork(cidr);
    return network !== null && networkList([network]).has(address);
  });
}

function interfaces(): os.NetworkInterfaceInfo[] {
  return Object.values(os.networkInterfaces()).flatMap((list) => list ?? []);
}

/** IPv4 addresses that an IPv6 one stands for: NAT64, 6to4, and the old compatible form. */
function within(address: string): string[] {
  if (!net.isIPv6(address)) return [];
  const words = wordsOf(address);
  const from = (at: number) => [words[at]! >> 8, words[at]! & 255, words[at + 1]! >> 8, words[at + 1]! & 255].join(".");
  if (words[0] === 0x64 && words[1] === 0xff9b) return [from(6)];
  if (words[0] === 0x2002) return [from(1)];
  const isCompatible = words.slice(0, 4).every((word) => word === 0) && (words[4] === 0 || words[4] === 0xffff);
  return isCompatible && words[5] === 0 && (words[6] !== 0 || words[7]! > 1) ? [from(6)] : [];
}

function wordsOf(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const pair = (high: string, low: string) => ((Number(high) << 8) | Number(low)).toString(16);
  const text = dotted ? `${dotted[1]}${pair(dotted[2]!, dotted[3]!)}:${pair(dotted[4]!, dotted[5]!)}` : address;
  const [head = "", tail] = text.split("::");
  const read = (part: string) => (part === "" ? [] : part.split(":").map((word) => Number.parseInt(word, 16)));
  const [left, right] = [read(head), read(tail ?? "")];
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}
