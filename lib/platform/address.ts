/** IP addresses and networks as people and proxies write them, brought to one spelling. */
import net from "node:net";

export interface Network {
  address: string;
  prefix: number;
  family: "ipv4" | "ipv6";
}

/**
 * One spelling of an IP address: without zone, port and brackets, IPv4 inside IPv6 (`::ffff:10.0.0.1`) as IPv4.
 * Null for whatever is no address.
 */
export function plainAddress(text: string): string | null {
  const trimmed = text.trim();
  const bare = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(trimmed)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(trimmed)?.[1] ?? trimmed;
  const address = bare.replace(/%[\w.-]+$/, "");
  if (net.isIPv4(address)) return address;
  if (!net.isIPv6(address)) return null;
  const canonical = new net.SocketAddress({ address, family: "ipv6" }).address;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(canonical)?.[1] ?? canonical;
}

/** `10.0.0.0/8`, `fd00::/8` or one address. Null for anything else, and for a network that holds everybody. */
export function readNetwork(text: string): Network | null {
  const [head = "", bits, ...rest] = text.trim().split("/");
  const address = head.includes("[") ? null : plainAddress(head);
  if (address === null || rest.length > 0) return null;
  const family = net.isIPv4(address) ? "ipv4" : "ipv6";
  const widest = family === "ipv4" ? 32 : 128;
  if (bits === undefined) return { address, prefix: widest, family };
  if (!/^\d{1,3}$/.test(bits)) return null;
  const prefix = Number(bits) - (family === "ipv4" && head.includes(":") ? 96 : 0);
  return prefix >= 1 && prefix <= widest ? { address, prefix, family } : null;
}

/** The networks as a list that can be asked. */
export function networkList(networks: readonly Network[]): { has: (address: string) => boolean } {
  const list = new net.BlockList();
  for (const { address, prefix, family } of networks) list.addSubnet(address, prefix, family);
  return { has: (address) => list.check(address, net.isIPv4(address) ? "ipv4" : "ipv6") };
}
