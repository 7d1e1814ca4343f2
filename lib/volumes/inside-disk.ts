/**
 * A volume's files on this machine's disk. Whoever writes into the volume may swap a folder for a link at any moment: so
 * each step is opened by itself, below the one before it that is held open, and a link on the way is an error.
 */
import { constants } from "node:fs";
import fs from "node:fs/promises";
import { textOf } from "#lib/backups/archive/tar-name.ts";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import type { InsideFile } from "./inside.ts";
import type { FoundEntry } from "./inside-page.ts";
import { joinBytes } from "./walk.ts";

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** without waiting for the other end of a pipe, and never as a terminal */
const FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
const AT_ONCE = 256 * 1024;

/** Everything in a folder; an entry is looked at when it is told. */
export async function listOnDisk(root: string, parts: readonly Buffer[]): Promise<FoundEntry[]> {
  const handle = await openFolder(root, parts);
  let names: { name: Buffer; isFolder: boolean }[];
  try {
    const entries = await fs.readdir(held(handle), { encoding: "buffer", withFileTypes: true });
    names = entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  } finally {
    await handle.close();
  }
  return names.map((entry) => ({ ...entry, look: () => look(root, parts, entry.name) }));
}

/** Throws AppError as `openInside`. */
export async function openOnDisk(root: string, parts: readonly Buffer[]): Promise<InsideFile> {
  const name = parts.at(-1) as Buffer;
  const folder = await openFolder(root, parts.slice(0, -1));
  let file: fs.FileHandle;
  try {
    file = await open(joinBytes(Buffer.from(held(folder)), name), FILE, name);
  } finally {
    await folder.close();
  }
  try {
    const stats = await file.stat({ bigint: true });
    if (!stats.isFile()) throw notThat(name, stats.isDirectory() ? "is a folder" : "is no ordinary file");
    return {
      name: textOf(name),
      size: Number(stats.size),
      tag: `${stats.ino.toString(36)}-${stats.size.toString(36)}-${stats.mtimeNs.toString(36)}`,
      read: ({ start, end }) => file.createReadStream({ start, end, highWaterMark: AT_ONCE }),
      close: () => file.close().catch(() => undefined),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Step by step, holding only the last one open. */
async function openFolder(root: string, parts: readonly Buffer[]): Promise<fs.FileHandle> {
  let handle = await open(Buffer.from(root), FOLDER, Buffer.from("/"));
  for (const part of parts) {
    const above = handle;
    try {
      handle = await open(joinBytes(Buffer.from(held(above)), part), FOLDER, part);
    } finally {
      await above.close();
    }
  }
  return handle;
}

async function look(root: string, parts: readonly Buffer[], name: Buffer) {
  const folder = await openFolder(root, parts);
  try {
    const place = joinBytes(Buffer.from(held(folder)), name);
    const stats = await fs.lstat(place);
    const target = stats.isSymbolicLink() ? textOf(await fs.readlink(place, { encoding: "buffer" })) : null;
    const type = stats.isDirectory()
      ? ("folder" as const)
      : stats.isFile()
        ? ("file" as const)
        : stats.isSymbolicLink()
          ? ("link" as const)
          : ("other" as const);
    return {
      type,
      size: stats.isFile() ? stats.size : 0,
      mode: stats.mode & 0o7777,
      owner: `${stats.uid}:${stats.gid}`,
      mtime: stats.mtime.toISOString(),
      target,
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  } finally {
    await folder.close();
  }
}

/** The open folder itself, wherever its name leads by now. */
function held(handle: fs.FileHandle): string {
  return `/proc/self/fd/${handle.fd}`;
}

async function open(place: Buffer, flags: number, name: Buffer): Promise<fs.FileHandle> {
  try {
    return await fs.open(place as unknown as string, flags);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new AppError("not_found", `There is no ${textOf(name)} in this volume`);
    if (code === "ELOOP") throw notThat(name, "is a link, which is shown and never followed");
    if (code === "ENOTDIR") throw notThat(name, "is no folder");
    if (code === "ENXIO" || code === "ENODEV") throw notThat(name, "is no ordinary file");
    if (code === "EACCES" || code === "EPERM") throw new AppError("conflict", `Trihelm may not read ${textOf(name)}`);
    throw new AppError("internal", `The volume cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function notThat(name: Buffer, what: string): AppError {
  return new AppError("validation", `${textOf(name)} ${what}`);
}
