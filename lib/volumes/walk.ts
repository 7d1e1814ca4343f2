/** How much is below a folder, counted on the disk without keeping anybody else from it. */
import fs from "node:fs/promises";
import path from "node:path";
import { sleep } from "#lib/platform/clock.ts";

export interface Measure {
  /** of files as their readers see them, each counted once however many names it has */
  bytes: number;
  /** regular files, by name */
  files: number;
}

/** entries that are asked for at once, and between two pauses */
const AT_ONCE = 32;
const SLICE = 2000;

/**
 * Never follows a link and never leaves the file system's own view of the folder; what goes away meanwhile is passed over.
 * `pause`: milliseconds after every few thousand entries. Throws the signal's reason, or what the folder itself cannot give.
 */
export async function measureFolder(folder: string, signal: AbortSignal, { pause = 0 } = {}): Promise<Measure> {
  const total: Measure = { bytes: 0, files: 0 };
  const linked = new Set<string>();
  const waiting: Buffer[] = [Buffer.from(folder)];
  let seen = 0;
  for (let place = waiting.pop(); place; place = waiting.pop()) {
    signal.throwIfAborted();
    const isFirst = place.equals(Buffer.from(folder));
    const names = await namesIn(place, isFirst);
    for (let at = 0; at < names.length; at += AT_ONCE) {
      signal.throwIfAborted();
      const paths = names.slice(at, at + AT_ONCE).map((name) => joinBytes(place, name));
      for (const [index, stats] of (await Promise.all(paths.map(statOrNull))).entries()) {
        if (stats?.isDirectory()) waiting.push(paths[index] as Buffer);
        if (!stats?.isFile()) continue;
        total.files += 1;
        const key = stats.nlink > 1 ? `${stats.dev}:${stats.ino}` : null;
        if (key === null || !linked.has(key)) total.bytes += stats.size;
        if (key !== null) linked.add(key);
      }
      seen += AT_ONCE;
      if (pause > 0 && seen % SLICE < AT_ONCE) await sleep(pause, signal);
    }
  }
  return total;
}

/** Names are bytes: what is no text is a file all the same. */
export function joinBytes(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from(path.sep), name]);
}

async function namesIn(folder: Buffer, isFirst: boolean): Promise<Buffer[]> {
  try {
    return await fs.readdir(folder, { encoding: "buffer" });
  } catch (error) {
    // gone, or closed to us: its content is not counted
    if (isFirst) throw error;
    return [];
  }
}

function statOrNull(place: Buffer) {
  return fs.lstat(place).catch(() => null);
}
