/**
 * Looking into a volume: what stands in a folder of it, and what is in a file. Nothing is changed and no link is followed:
 * a volume's content is anybody's, and is changed while it is looked at.
 */
import type { Readable } from "node:stream";
import { bytesOf } from "#lib/backups/archive/tar-name.ts";
import { AppError } from "#lib/platform/errors.ts";
import { volumeAddress } from "./engines.ts";
import { listOnDisk, openOnDisk } from "./inside-disk.ts";
import { listThroughEngine, openThroughEngine } from "./inside-engine.ts";
import { pageOf } from "./inside-page.ts";
import type { Folder } from "./shapes.ts";

export interface Page {
  cursor?: string | undefined;
  limit: number;
}

export interface InsideFile {
  /** as text, escaped */
  name: string;
  size: number;
  /** changes with the content, as far as that can be told by size and time */
  tag: string;
  /** Reads from `start` up to and with `end`; destroying the stream, or `close`, frees what was opened. */
  read(part: { start: number; end: number }): Readable;
  close(): Promise<void>;
}

const LONGEST = 4096;

/** What stands in a folder, folders first. Throws AppError `not_found`, and `validation` for what is no folder. */
export async function listInside(id: string, path: string, page: Page, signal: AbortSignal): Promise<Folder> {
  const { engine, name } = volumeAddress(id);
  const parts = partsOf(path);
  const folder = await engine.volumeFolder(name);
  const entries = folder ? await listOnDisk(folder, parts) : await listThroughEngine(engine, { name, parts }, signal);
  return pageOf(entries, parts, page);
}

/** One file. Throws AppError `not_found`, and `validation` for what is no file. */
export async function openInside(id: string, path: string, signal: AbortSignal): Promise<InsideFile> {
  const { engine, name } = volumeAddress(id);
  const parts = partsOf(path);
  if (parts.length === 0) throw new AppError("validation", "A file is named by its path in the volume");
  const folder = await engine.volumeFolder(name);
  return folder ? openOnDisk(folder, parts) : openThroughEngine(engine, { name, parts }, signal);
}

/** Names on the way, as bytes. Throws AppError `validation` for a path that steps back or is too long. */
function partsOf(path: string): Buffer[] {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const names = parts.map(bytesOf);
  // a slash or a step back can hide behind an escape
  const isOdd = (name: Buffer) => name.includes(0) || name.includes(0x2f) || name.equals(Buffer.from(".."));
  if (path.length > LONGEST * 4 || names.some(isOdd))
    throw new AppError("validation", "A path in a volume does not lead out of it");
  return names;
}
