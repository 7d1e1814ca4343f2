/** A folder of this machine against a manifest: each entry looked up, then the folder walked for what is in it beyond them. */
import { createHash } from "node:crypto";
import { type BigIntStats, constants, createReadStream } from "node:fs";
import { lstat, open, readdir, readlink } from "node:fs/promises";
import type { ManifestEntry } from "./archive.ts";
import type { Report } from "./compare.ts";
import { timeOf } from "./compare-time.ts";
import { PathTable } from "./hostile-paths.ts";
import { bytesOf, textOf } from "./tar-name.ts";

const SLASH = Buffer.from("/");
const CHUNK = 1024 * 1024;

/** How many entries the manifest has. Never goes through a link. */
export async function compareFolder(
  entries: AsyncIterable<ManifestEntry>,
  folder: string,
  report: Report,
): Promise<number> {
  const root = Buffer.from(folder);
  const known = new PathTable(1);
  for await (const entry of entries) {
    known.add(entry.path);
    const what = await differenceAt(root, entry);
    if (what !== null) report(entry.path, what);
  }
  for await (const path of pathsBelow(root)) if (known.get(path) === null) report(path, "is not in the archive");
  return known.count;
}

async function differenceAt(root: Buffer, entry: ManifestEntry): Promise<string | null> {
  const file = placeIn(root, entry.path);
  const found = await statOrNull(file);
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
    return textOf(await readlink(file, { encoding: "buffer" })) === entry.target ? null : "leads elsewhere";
  if (entry.type !== "file") return null;
  if (found.size !== BigInt(entry.size)) return `has ${found.size} bytes, not ${entry.size}`;
  return (await checksumOf(file)) === entry.sha256 ? null : "has another content";
}

async function linkDiffers(root: Buffer, found: BigIntStats, { target }: ManifestEntry): Promise<string | null> {
  const first = target === undefined ? null : await statOrNull(placeIn(root, target));
  return first && first.ino === found.ino && first.dev === found.dev ? null : `is no second name of ${target}`;
}

function isSameTime(found: BigIntStats, entry: ManifestEntry): boolean {
  const { seconds, nanos } = timeOf(entry);
  return found.mtimeNs === BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}

async function checksumOf(file: Buffer): Promise<string> {
  const hash = createHash("sha256");
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  // the stream closes the handle
  for await (const chunk of createReadStream("", { fd: handle, highWaterMark: CHUNK })) hash.update(chunk as Buffer);
  return hash.digest("hex");
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

async function statOrNull(file: Buffer): Promise<BigIntStats | null> {
  try {
    return await lstat(file, { bigint: true });
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(String((error as NodeJS.ErrnoException).code))) return null;
    throw error;
  }
}
