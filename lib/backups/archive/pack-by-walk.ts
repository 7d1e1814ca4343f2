/**
 * A folder of this machine where GNU tar is missing: the same stream, slower, and without extended attributes and access
 * lists, which the platform cannot read; that is told. Each folder is opened below the one before it, so that a link put
 * in its place meanwhile leads nowhere.
 */
import fs from "node:fs";
import { open } from "node:fs/promises";
import type { EntryType } from "./archive.ts";
import { UNREAD, VANISHED } from "./lost.ts";
import type { Packing } from "./pack.ts";
import { encodeEntry } from "./tar-encode.ts";
import { padding, TRAILER } from "./tar-header.ts";
import { pathOf } from "./tar-name.ts";
import type { SparseMap } from "./tar-sparse.ts";

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY, O_NONBLOCK } = fs.constants;
const READ = 256 * 1024;
const HOLE = 4096;

/** Throws where the folder itself cannot be read. */
export async function* packByWalk(folder: string, packing: Packing): AsyncGenerator<Uint8Array> {
  packing.skip(".", "extended attributes and access lists are not in it: GNU tar is not installed");
  const fd = fs.openSync(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  const stat = fs.fstatSync(fd, { bigint: true });
  const walk = { packing, device: stat.dev, links: new Map<string, Buffer>() };
  yield* headOf({ name: Buffer.from("."), stat, type: "folder" });
  yield* walkFolder({ fd, place: folder, name: Buffer.from(".") }, walk);
  yield TRAILER;
}

interface Folder {
  fd: number;
  place: string;
  name: Buffer;
}

interface Walk {
  packing: Packing;
  device: bigint;
  /** the first name of each file that has several */
  links: Map<string, Buffer>;
}

async function* walkFolder({ fd, place, name: above }: Folder, walk: Walk): AsyncGenerator<Uint8Array> {
  const { packing } = walk;
  // an open folder is the same folder whatever its name leads to by now
  const here = fs.existsSync("/proc/self/fd") ? `/proc/self/fd/${fd}` : place;
  try {
    for (const entry of fs.readdirSync(here, { encoding: "buffer" })) {
      packing.signal.throwIfAborted();
      const name = Buffer.concat([above, SLASH, entry]);
      const path = pathOf(name);
      try {
        yield* packEntry({ at: Buffer.concat([Buffer.from(`${here}/`), entry]), name, path }, walk);
      } catch (error) {
        const why = NOTES[(error as NodeJS.ErrnoException).code ?? ""];
        if (!why) throw error;
        packing.skip(path, why);
      }
    }
  } finally {
    fs.closeSync(fd);
  }
}

const NOTES: Record<string, string> = {
  ENOENT: VANISHED,
  ELOOP: "became a link while being read",
  ENOTDIR: "is no folder any more",
  EACCES: UNREAD,
  EPERM: UNREAD,
};

interface Found {
  at: Buffer;
  name: Buffer;
  path: string;
}

async function* packEntry({ at, name, path }: Found, walk: Walk): AsyncGenerator<Uint8Array> {
  const { packing, device, links } = walk;
  const stat = fs.lstatSync(at, { bigint: true });
  if (stat.isSocket()) return packing.skip(path, "a socket");
  if (packing.filter.prunes(path) && stat.isDirectory()) return;
  if (!packing.filter.takes(path, stat.isDirectory())) return;
  const key = `${stat.ino}`;
  const first = stat.nlink > 1n && !stat.isDirectory() ? links.get(key) : undefined;
  if (first) return yield* headOf({ name, stat, type: "hardlink", link: first });
  if (stat.isDirectory()) {
    const fd = fs.openSync(at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    yield* headOf({ name, stat: fs.fstatSync(fd, { bigint: true }), type: "folder" });
    if (stat.dev === device) yield* walkFolder({ fd, place: at.toString(), name }, walk);
    else {
      fs.closeSync(fd);
      packing.skip(path, "another file system is mounted there");
    }
  } else if (stat.isFile()) {
    const handle = await open(at, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      yield* packFile(handle, { name, path, packing });
    } finally {
      await handle.close();
    }
  } else if (stat.isSymbolicLink()) {
    yield* headOf({ name, stat, type: "link", link: fs.readlinkSync(at, { encoding: "buffer" }) });
  } else yield* headOf({ name, stat, type: stat.isFIFO() ? "fifo" : "device" });
  if (stat.nlink > 1n) links.set(key, name);
}

async function* packFile(
  handle: Awaited<ReturnType<typeof open>>,
  { name, path, packing }: { name: Buffer; path: string; packing: Packing },
): AsyncGenerator<Uint8Array> {
  const stat = await handle.stat({ bigint: true });
  const size = Number(stat.size);
  const sparse = stat.blocks * 512n < stat.size ? await holesOf(handle, size) : null;
  const extents = sparse?.extents ?? [0, size];
  let stored = 0;
  for (let n = 1; n < extents.length; n += 2) stored += extents[n]!;
  yield* headOf({ name, stat, type: "file", stored, sparse });
  let missing = 0;
  for (let n = 0; n < extents.length; n += 2) {
    for (let [from, left] = [extents[n]!, extents[n + 1]!]; left > 0; ) {
      packing.signal.throwIfAborted();
      const buffer = Buffer.allocUnsafeSlow(Math.min(READ, left));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
      missing += bytesRead === 0 ? buffer.length : 0;
      const bytes = bytesRead === 0 ? buffer.fill(0) : buffer.subarray(0, bytesRead);
      yield bytes;
      from += bytes.length;
      left -= bytes.length;
    }
  }
  if (missing > 0) packing.skip(path, "became shorter while being read: its end is zeros");
  yield padding(stored);
}

/** The platform does not tell where holes are: what is zero for whole blocks is taken for one. */
async function holesOf(handle: Awaited<ReturnType<typeof open>>, size: number): Promise<SparseMap> {
  const extents: number[] = [];
  const buffer = Buffer.alloc(READ);
  const zero = Buffer.alloc(HOLE);
  for (let at = 0; at < size; ) {
    const { bytesRead } = await handle.read(buffer, 0, READ, at);
    if (bytesRead === 0) break;
    for (let n = 0; n < bytesRead; n += HOLE) {
      const block = buffer.subarray(n, Math.min(n + HOLE, bytesRead, size - at));
      if (block.equals(zero.subarray(0, block.length))) continue;
      if (extents.at(-2)! + extents.at(-1)! === at + n) extents[extents.length - 1]! += block.length;
      else extents.push(at + n, block.length);
    }
    at += bytesRead;
  }
  return { size, extents };
}

const SLASH = Buffer.from("/");

interface Entry {
  name: Buffer;
  stat: fs.BigIntStats;
  type: EntryType;
  stored?: number;
  link?: Buffer;
  sparse?: SparseMap | null;
}

function headOf({ name, stat, type, stored = 0, link, sparse }: Entry): Buffer[] {
  const number = Number(stat.rdev);
  const seconds = stat.mtimeNs >= 0n ? stat.mtimeNs / GIGA : (stat.mtimeNs - GIGA + 1n) / GIGA;
  return encodeEntry({
    ...{ name, type, stored, link: link ?? null, sparse: sparse ?? null, pax: new Map() },
    ...{ mode: Number(stat.mode) & 0o7777, uid: Number(stat.uid), gid: Number(stat.gid) },
    mtime: { seconds: Number(seconds), nanos: Number(stat.mtimeNs - seconds * GIGA) },
    device: type !== "device" ? null : deviceOf(stat, number),
  });
}

const GIGA = 1_000_000_000n;

/** Linux's layout of a device number. */
function deviceOf(stat: fs.BigIntStats, number: number): { kind: "character" | "block"; major: number; minor: number } {
  const major = (number >>> 8) & 0xfff;
  const minor = (number & 0xff) | ((number >>> 12) & 0xfff00);
  return { kind: stat.isBlockDevice() ? "block" : "character", major, minor };
}
