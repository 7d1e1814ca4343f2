/** Pure readers of `/proc` texts; each gives null (or zeros) where the text is not there. */

/** Ticks of all cores together since boot: `busy` without idle and iowait. */
export function busyAndTotal(stat: string | null): { busy: number; total: number } | null {
  const line = stat?.match(/^cpu\s+(.+)$/m)?.[1];
  if (!line) return null;
  // guest time is inside user and nice already
  const ticks = line.trim().split(/\s+/).slice(0, 8).map(Number);
  const total = ticks.reduce((sum, n) => sum + n, 0);
  return { busy: total - (ticks[3] ?? 0) - (ticks[4] ?? 0), total };
}

/** Bytes; `used` is what cannot be had without pushing something out. */
export function memoryOf(meminfo: string | null): { used: number; total: number } | null {
  const field = (name: string) => Number(meminfo?.match(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m"))?.[1]) * 1024;
  const total = field("MemTotal");
  const available = field("MemAvailable");
  return Number.isFinite(total) && Number.isFinite(available) ? { used: total - available, total } : null;
}

// what stays on this machine, or is counted a second time on the interface below
const INSIDE = /^(lo|veth|docker|br-|virbr|cni|flannel|cali|tap|tun|bond\d+\.|dummy|ifb)/;

/** Bytes since boot over the interfaces that lead out of this machine. */
export function networkBytes(dev: string | null): { received: number; sent: number } {
  const sum = { received: 0, sent: 0 };
  for (const line of dev?.split("\n").slice(2) ?? []) {
    const [name = "", figures = ""] = line.split(":");
    if (!figures || INSIDE.test(name.trim())) continue;
    const columns = figures.trim().split(/\s+/).map(Number);
    sum.received += columns[0] ?? 0;
    sum.sent += columns[8] ?? 0;
  }
  return sum;
}
