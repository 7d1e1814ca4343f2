/** What a process's network has moved, where it has one of its own. */
import { readText } from "./proc.ts";
import { readLink } from "./sockets.ts";

/** The networks that are the machine's and this process's own, by their namespaces. */
export function machineNetworks(root = "/proc"): ReadonlySet<string> {
  return new Set(["1", "self"].flatMap((one) => readLink(`${root}/${one}/ns/net`) ?? []));
}

/**
 * Bytes since that network was made, but for its loopback. Null for a process in the machine's own network, where nothing
 * tells whose bytes they are. Not kept open: a descriptor would keep the network of a container that has ended.
 */
export function networkOf(
  pid: number,
  machine: ReadonlySet<string>,
  root = "/proc",
): { received: number; sent: number } | null {
  const own = readLink(`${root}/${pid}/ns/net`);
  if (own === null || machine.has(own)) return null;
  const text = readText(`${root}/${pid}/net/dev`);
  return text === null ? null : sumOf(text);
}

function sumOf(dev: string): { received: number; sent: number } {
  const sum = { received: 0, sent: 0 };
  for (const line of dev.split("\n").slice(2)) {
    const at = line.indexOf(":");
    if (at < 0 || line.slice(0, at).trim() === "lo") continue;
    const columns = line
      .slice(at + 1)
      .trim()
      .split(/\s+/);
    sum.received += Number(columns[0] ?? 0);
    sum.sent += Number(columns[8] ?? 0);
  }
  return sum;
}
