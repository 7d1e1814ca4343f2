/** Room that backups leave on a disk: a full one stops the services that the backups are for. */
import fs from "node:fs/promises";
import { formatBytes } from "#lib/format/bytes.ts";
import { AppError } from "#lib/platform/errors.ts";

const SHARE = 0.05;
const MOST = 2 * 1024 ** 3;
/** milliseconds between two looks while something is written */
const EVERY = 1000;

/** Bytes that stay free on a file system of this size: 5 %, and 2 GB where that would be more. */
export function reserveOf(size: number): number {
  return Math.min(size * SHARE, MOST);
}

/** Throws AppError `conflict` where `needed` bytes more would reach into what stays free around this folder. */
export async function checkReserve(folder: string, needed: number): Promise<void> {
  const { bavail, blocks, bsize } = await fs.statfs(folder);
  const free = bavail * bsize;
  const reserve = reserveOf(blocks * bsize);
  if (free - needed >= reserve) return;
  const what = needed > 0 ? `${formatBytes(needed)} more` : "more";
  throw new AppError(
    "conflict",
    `The disk of ${folder} has ${formatBytes(free)} free, of which ${formatBytes(reserve)} stay free: there is no room for ${what}. Remove what is not needed, or keep fewer backups`,
  );
}

/** What whoever writes for long asks again and again; it looks at the disk once a second. */
export function reserveWatch(folder: string): { check(): Promise<void> } {
  let next = 0;
  return {
    async check() {
      if (performance.now() < next) return;
      next = performance.now() + EVERY;
      await checkReserve(folder, 0);
    },
  };
}
