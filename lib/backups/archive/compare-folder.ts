/** A folder of this machine against a manifest: each entry looked up, then the folder walked for what is in it beyond them. */
import { createHash, hash } from "node:crypto";
import {
  type BigIntStats,
  closeSync,
  constants,
  createReadStream,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
} from "node:fs";
import { open, readdir } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import type { ManifestEntry } from "./archive.ts";
import type { Report } from "./compare.ts";
import { timeOf } from "./compare-time.ts";
import { PathTable } from "./hostile-paths.ts";
import { bytesOf, textOf } from "./tar-name.ts";

const SLASH = Buffer.from("/");
const CHUNK = 256 * 1024;
const SMALL = 256 * 1024;
/** milliseconds at a stretch, then others have their turn */
const SLICE = 10;
const SAME = "";

/** How many entries the manifest has. Never goes through a link. */
export async function compareFolder(
  entries: AsyncIterable<ManifestEntry>,
  folder: string,
  report: Report,
): Promise<number> {
  const root = Buffer.from(folder);
  const known = new PathTable(1);
  let since = performance.now();
  for await (const entry of entries) {
    known.add(entry.path);
    const what = differenceAt(root, entry);
    const said = typeof what === "object" ? await what : what;
    if (said !== SAME) report(entry.path, said);
    if (performance.now() - since < SLICE) continue;
    await setImmediate();
    since = performance.now();
  }
  for await (const path of pathsBelow(root)) if (known.get(path) === null) report(path, "is not in the archive");
  return known.count;
}

/**
 * At once but for large files: fifty thousand small ones take a second this way, and minutes where each call goes through
 * other threads. What they hold was just written, and is read from memory.
 */
function differenceAt(root: Buffer, entry: ManifestEntry): string | Promise<string> {
  const file = placeIn(root, entry.path);
  const found = statOrNull(file);
  if (!found) return "is missing";
  const type = typeOf(found);
  if (type !== (entry.type === "hardlink" ? type : entry.type))
    return `is a ${type} where the archive has a ${entry.type}`;
  const mode = found.mode & 0o7777n;
  if (type !== "link" && Number(mode) !== entry.mode)
    return `has mode ${mode.toString(8)}, not ${entry.mode.toString(8)}`;
  const owner = `${found.uid}:${found.gid}`;
  if (owner !== entry.owner) return `belongs to ${owner}, not to ${entry.owner}`;
  if (entry.path !== "." && !isSameTime(found, entry)) return `was changed at another time than ${entry.mtime}`;
  if (entry.type === "hardlink") return linkDiffers(root, found, entry);
  if (entry.type === "link")
    return textOf(readlinkSync(file, { encoding: "buffer" })) === entry.target ? SAME : "leads elsewhere";
  if (entry.type !== "file") return SAME;
  if (found.size !== BigInt(entry.size)) return `has ${found.size} bytes, not ${entry.size}`;
  const judge = (sum: string) => (sum === entry.sha256 ? SAME : "has another content");
  return found.size > SMALL ? checksumOf(file).then(judge) : judge(checksumOfSmall(file));
}

function linkDiffers(root: Buffer, found: BigIntStats, { target }: ManifestEntry): string {
  const first = target === undefined ? null : statOrNull(placeIn(root, target));
  return first && first.ino === found.ino && first.dev === found.dev ? SAME : `is no second name of ${target}`;
}

function isSameTime(found: BigIntStats, entry: ManifestEntry): boolean {
  const { seconds, nanos } = timeOf(entry);
  return found.mtimeNs === BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}

async function checksumOf(file: Buffer): Promise<string> {
  const sum = createHash("sha256");
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  // the stream closes the handle
  for await (const chunk of createReadStream("", { fd: handle, highWaterMark: CHUNK })) sum.update(chunk as Buffer);
  return sum.digest("hex");
}

function checksumOfSmall(file: Buffer): string {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return hash("sha256", readFileSync(handle));
  } finally {
    closeSync(handle);
  }
}

function typeOf(found: BigIntStats): string {
  if (found.isFile()) return "file";
  if (found.isDirectory()) return "folder";
  if (found.isSymbolicLink()) return "link";
  if (found.isFIFO()) return "fifo";
  return found.isSocket() ? "socket" : "device";
}

/** Everything but the root, as a manifest writes it. */
async function* pathsBelow(root: Buffer): AsyncGenerator<string> {
  const waiting = [{ file: root, path: "" }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const one of await readdir(next.file, { encoding: "buffer", withFileTypes: true })) {
      const path = next.path + textOf(one.name);
      yield path;
      if (one.isDirectory()) waiting.push({ file: Buffer.concat([next.file, SLASH, one.name]), path: `${path}/` });
    }
  }
}

function placeIn(root: Buffer, path: string): Buffer {
  return path === "." ? root : Buffer.concat([root, SLASH, bytesOf(path)]);
}

function statOrNull(file: Buffer): BigIntStats | null {
  try {
    return lstatSync(file, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return null;
    throw error;
  }
}
