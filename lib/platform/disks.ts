/** Block devices: which are made of others, and what all whole disks together have moved. */
import fs from "node:fs";
import { readText } from "./proc.ts";

const SECTOR = 512;
/** milliseconds: devices come and go seldom */
const AGAIN = 60_000;
const NO_DISK = /^(loop|ram|zram|sr|fd|nbd)\d/;

const known = new Map<string, boolean>();
let whole: { names: ReadonlySet<string>; at: number } = { names: new Set(), at: -AGAIN };

/** True for one that is made of others, as of LVM, RAID or encryption. `device`: `254:0` */
export function isStacked(device: string): boolean {
  let is = known.get(device);
  if (is === undefined) {
    is = entriesOf(`/sys/dev/block/${device}/slaves`).length > 0;
    known.set(device, is);
  }
  return is;
}

/** Bytes since boot over all whole disks; null where the kernel does not tell. */
export function diskBytes(): { read: number; written: number } | null {
  const text = readText("/proc/diskstats");
  if (text === null) return null;
  if (performance.now() - whole.at >= AGAIN) {
    const names = entriesOf("/sys/block").filter((name) => !NO_DISK.test(name));
    whole = {
      names: new Set(names.filter((name) => entriesOf(`/sys/block/${name}/slaves`).length === 0)),
      at: performance.now(),
    };
  }
  return sumOf(text, whole.names);
}

/** Lines of `/proc/diskstats`: partitions and disks made of others are counted with the disks that they are on. */
export function sumOf(text: string, names: ReadonlySet<string>): { read: number; written: number } {
  const sum = { read: 0, written: 0 };
  for (const line of text.split("\n")) {
    const fields = line.trim().split(/\s+/);
    if (!names.has(fields[2] ?? "")) continue;
    sum.read += Number(fields[5]) * SECTOR;
    sum.written += Number(fields[9]) * SECTOR;
  }
  return sum;
}

function entriesOf(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    // not there off Linux, or in a container that sees no devices
    return [];
  }
}
