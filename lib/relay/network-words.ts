import net from "node:net";

/** Where somebody came from, in as much as helps to tell a stranger: `81.82.0.0/16`, `2a02:1810::/32`. Null for no address. */
export function networkWords(address: string): string | null {
  if (net.isIPv4(address)) return `${address.split(".").slice(0, 2).join(".")}.0.0/16`;
  if (!net.isIPv6(address)) return null;
  const [first = "0", second = "0"] = address.split(":").map((group) => group || "0");
  return second === "0" ? `${first}::/32` : `${first}:${second}::/32`;
}
