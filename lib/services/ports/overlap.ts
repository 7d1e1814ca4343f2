/** Addresses that cannot both be listened on at one port. */
import { isIP } from "node:net";

/** True when a socket on one keeps the other from being bound: one of them is everything, or they are the same. */
export function overlap(one: string, other: string): boolean {
  if (one === other) return true;
  // a socket on all of IPv6 mostly takes IPv4 too
  if (one === "::" || other === "::") return true;
  const isEverything = one === "0.0.0.0" || other === "0.0.0.0";
  return isEverything && isIP(one) === isIP(other);
}

/** `0.0.0.0:80`, `[::]:80` */
export function placeText(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
