/** Whether two trees are the same: every entry, its owner, mode, time, target and content. */
import type { BigIntStats } from "node:fs";
import fs from "node:fs/promises";
import { textOf } from "#lib/backups/archive/tar-name.ts";
import { scanTar, type TarEntry } from "#lib/backups/archive/tar-scan.ts";
import { AppError } from "#lib/platform/errors.ts";
import { joinBytes } from "./walk.ts";

const PIECE = 1024 * 1024;

/** How many entries there are. Throws AppError `internal` with the first that differs. */
export async function compareFolders(one: string, other: string, signal: AbortSignal): Promise<number> {
  let count = 0;
  const waiting: Buffer[] = [Buffer.alloc(0)];
  for (let below = waiting.pop(); below; below = waiting.pop()) {
    signal.throwIfAborted();
    const [left, right] = [joinBytes(Buffer.from(one), below), joinBytes(Buffer.from(other), below)];
    const [stats, copied] = await Promise.all([left, right].map((place) => fs.lstat(place, { bigint: true })));
    count += 1;
    if (!stats || !copied || !isSame(stats, copied)) throw unlike(below);
    if (stats.isSymbolicLink() && !(await sameTarget(left, right))) throw unlike(below);
    if (stats.isFile() && !(await sameContent(left, right))) throw unlike(below);
    if (!stats.isDirectory()) continue;
    const [names, copies] = await Promise.all(
      [left, right].map(async (place) => (await fs.readdir(place, { encoding: "buffer" })).sort(Buffer.compare)),
    );
    if (!names || !copies || names.length !== copies.length) throw unlike(below);
    for (const [at, name] of names.entries()) {
      if (!copies[at]?.equals(name)) throw unlike(below);
      waiting.push(below.length === 0 ? name : joinBytes(below, name));
    }
  }
  return count;
}

/** The same of two tar streams in one order. */
export async function compareStreams(one: AsyncIterable<Buffer>, other: AsyncIterable<Buffer>): Promise<number> {
  const [left, right] = [scanTar(one), scanTar(other)];
  try {
    for (let count = 0; ; count += 1) {
      const [a, b] = await Promise.all([left.next(), right.next()]);
      if (a.done && b.done) return count;
      if (a.done || b.done || wordsOf(a.value) !== wordsOf(b.value))
        throw unlike(Buffer.from(a.done ? (b.value?.path ?? "") : a.value.path));
      if (!(await samePieces(a.value.content(), b.value.content()))) throw unlike(Buffer.from(a.value.path));
    }
  } finally {
    await Promise.all([left.return(), right.return()]);
  }
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  const keys = ["mode", "uid", "gid", "mtimeNs"] as const;
  return keys.every((key) => one[key] === other[key]) && (one.isDirectory() || one.size === other.size);
}

async function sameTarget(one: Buffer, other: Buffer): Promise<boolean> {
  const [left, right] = await Promise.all([one, other].map((place) => fs.readlink(place, { encoding: "buffer" })));
  return left !== undefined && right !== undefined && left.equals(right);
}

async function sameContent(one: Buffer, other: Buffer): Promise<boolean> {
  const [left, right] = [await fs.open(one as unknown as string), await fs.open(other as unknown as string)];
  const [a, b] = [Buffer.allocUnsafe(PIECE), Buffer.allocUnsafe(PIECE)];
  try {
    for (;;) {
      const [read, copied] = await Promise.all([left.read(a, 0, PIECE), right.read(b, 0, PIECE)]);
      if (read.bytesRead !== copied.bytesRead) return false;
      if (read.bytesRead === 0) return true;
      if (a.compare(b, 0, read.bytesRead, 0, read.bytesRead) !== 0) return false;
    }
  } finally {
    await left.close();
    await right.close();
  }
}

function wordsOf({ path, type, size, mode, uid, gid, mtime, target }: TarEntry): string {
  // the root's own time is that of the copy's last file
  return JSON.stringify([path, type, size, mode, uid, gid, type === "folder" ? 0 : mtime.seconds, target]);
}

/** However each is cut. */
async function samePieces(one: AsyncIterable<Buffer>, other: AsyncIterable<Buffer>): Promise<boolean> {
  const rest = other[Symbol.asyncIterator]();
  let left: Buffer = Buffer.alloc(0);
  for await (const chunk of one) {
    for (let at = 0; at < chunk.length; ) {
      if (left.length === 0) {
        const next = await rest.next();
        if (next.done) return false;
        left = next.value;
      }
      const length = Math.min(left.length, chunk.length - at);
      if (left.compare(chunk, at, at + length, 0, length) !== 0) return false;
      left = left.subarray(length);
      at += length;
    }
  }
  return left.length === 0 && (await rest.next()).done === true;
}

function unlike(path: Buffer): AppError {
  return new AppError("internal", `${textOf(path) || "Its root"} is not as in the original: the copy was removed`);
}
