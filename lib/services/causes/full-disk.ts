/** Which disk is full, and what was written to it last: looked for in a few folders, for a moment. */
import fs from "node:fs/promises";
import path from "node:path";
import { readText } from "#lib/platform/proc.ts";
import type { Grown, Known } from "./signs/sign.ts";

/** a file system with less of its room left than this counts as full: what was half written is given back at once */
const FULL = 0.03;
/** file systems without room of their own, or where being full is as it should be */
const UNREAL =
  /^(?:proc|sysfs|cgroup2?|devpts|securityfs|debugfs|tracefs|bpf|mqueue|pstore|squashfs|iso9660|autofs|nsfs|ramfs|fuse\..*)$/;
/** milliseconds and entries for a look at what is written there */
const PATIENCE = 300;
const MOST_ENTRIES = 20_000;
const DEEPEST = 6;
const LATELY = 15 * 60_000;
const SHOWN = 3;

/** `named`: the path that could not be written, where it is told; `places`: otherwise, folders that are likely. */
export async function fullDisk(named: string | null, places: readonly string[]): Promise<Known["disk"]> {
  const mounts = mountPoints(readText("/proc/self/mounts") ?? "");
  const likely = named === null ? places : [path.dirname(named), ...places];
  const own = [...new Set(likely.map((one) => mountOf(one, mounts)))];
  for (const mount of [...own, ...mounts.filter((one) => !own.includes(one))]) {
    const disk = await looked(mount);
    if (!disk) continue;
    const inside = likely.filter((one) => mountOf(one, mounts) === mount);
    return { ...disk, grew: await writtenLately(inside.length > 0 ? inside : [mount], mounts) };
  }
  return null;
}

/** Paths of the file systems that can be full, as `/proc/mounts` lists them. */
export function mountPoints(text: string): string[] {
  const points: string[] = [];
  for (const line of text.split("\n")) {
    const [, point, type, options = ""] = line.split(" ");
    if (!point || !type || UNREAL.test(type) || /(?:^|,)ro(?:,|$)/.test(options)) continue;
    points.push(point.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))));
  }
  return [...new Set(points)];
}

/** The longest of them that the path is below. */
export function mountOf(file: string, mounts: readonly string[]): string {
  const fits = mounts.filter((one) => file === one || file.startsWith(one === "/" ? "/" : `${one}/`));
  return fits.sort((a, b) => b.length - a.length)[0] ?? "/";
}

/** null: it is not full, or cannot be looked at. */
async function looked(mount: string) {
  try {
    const { bsize, blocks, bavail, files, ffree } = await fs.statfs(mount);
    if (blocks === 0) return null;
    const noNodes = files > 0 && ffree / files < 0.001;
    if (!noNodes && bavail / blocks > FULL) return null;
    return { path: mount, total: blocks * bsize, free: bavail * bsize, noNodes: noNodes && bavail / blocks > FULL };
  } catch {
    // a mount that went away, or one that is not for us: then it is not known to be full
    return null;
  }
}

/** The largest files that were written in the last minutes. */
async function writtenLately(folders: readonly string[], mounts: readonly string[]): Promise<Grown[]> {
  const end = Date.now() + PATIENCE;
  const found: Grown[] = [];
  const queue = folders.map((folder) => ({ folder, depth: 0 }));
  const seen = new Set<string>();
  for (let entries = 0; queue.length > 0 && entries < MOST_ENTRIES && Date.now() < end; ) {
    const { folder, depth } = queue.shift()!;
    if (seen.has(folder)) continue;
    seen.add(folder);
    for (const entry of await fs.readdir(folder, { withFileTypes: true }).catch(() => [])) {
      entries += 1;
      const full = path.join(folder, entry.name);
      if (entry.isDirectory() && depth < DEEPEST && !mounts.includes(full))
        queue.push({ folder: full, depth: depth + 1 });
      if (!entry.isFile() || Date.now() > end) continue;
      const stat = await fs.lstat(full).catch(() => null);
      if (stat && Date.now() - stat.mtimeMs < LATELY) found.push({ path: full, bytes: stat.blocks * 512 });
    }
  }
  return found.sort((a, b) => b.bytes - a.bytes).slice(0, SHOWN);
}
