/** How full each disk is. */
import fs from "node:fs";
import { env } from "#lib/platform/env.ts";
import { readText } from "#lib/platform/proc.ts";
import { realMounts } from "./mounts.ts";

export interface DiskSpace {
  /** where it is mounted */
  path: string;
  /** bytes */
  used: number;
  total: number;
}

/** Name of the series that keeps what is used of a disk. */
export function diskSeries(path: string): string {
  return `disk ${path}`;
}

/** What is used and what there is, of each real file system. One that cannot be read is left out. */
export async function readDisks(): Promise<DiskSpace[]> {
  const mounts = realMounts(readText("/proc/self/mountinfo") ?? "");
  // in a container nothing may look real: what the data folder is on is
  const paths = mounts.length > 0 ? mounts.map(({ path }) => path) : [env().dataDir];
  const disks = await Promise.all(paths.map((path) => sizeOf(path)));
  return disks.flatMap((disk) => disk ?? []);
}

async function sizeOf(path: string): Promise<DiskSpace | null> {
  try {
    if (!(await fs.promises.stat(path)).isDirectory()) return null;
    const { blocks, bfree, bavail, bsize } = await fs.promises.statfs(path);
    const used = (blocks - bfree) * bsize;
    // as df counts: what only root may fill is neither used nor free
    return blocks === 0 ? null : { path, used, total: used + bavail * bsize };
  } catch {
    // unmounted meanwhile, or not ours to look into
    return null;
  }
}
