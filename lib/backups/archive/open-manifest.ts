/** Manifests, read line by line: a head, then one entry a line in the order of the archive. Never held whole. */
import { open } from "node:fs/promises";
import { AppError } from "#lib/platform/errors.ts";
import type { ArchivePlace, ManifestEntry, ManifestHead, Unlock } from "./archive.ts";
import { parseHeadLine } from "./manifest.ts";
import { type OpenOptions, openPacked, readRaw, wordsFor } from "./open.ts";
import { DamagedArchive } from "./open-damage.ts";

const HEAD_MOST = 16 * 1024 * 1024;
const PIECE = 64 * 1024;
export const ENTRY_START = Buffer.from('{"path":"');

/** What stands before the entries. Throws `DamagedArchive` where it is no manifest, `not_found` where there is none. */
export async function readHead(place: ArchivePlace): Promise<ManifestHead> {
  const line = await firstLine(manifestFile(place));
  let head: ManifestHead;
  try {
    head = parseHeadLine(line);
  } catch (cause) {
    throw new DamagedArchive("Its manifest is damaged, or none", cause);
  }
  if (!isHead(head)) throw new DamagedArchive("Its manifest is of a version that this one does not know, or none");
  return head;
}

/** Every entry, in the order of the archive. Throws as `openTar` does, and `DamagedArchive` for a line that is none. */
export async function* readEntries(
  place: ArchivePlace,
  unlock: Unlock | null,
  options: OpenOptions = {},
): AsyncGenerator<ManifestEntry> {
  for await (const lines of readEntryLines(place, unlock, options))
    for (const line of lines) yield parseEntry(line.bytes);
}

/** The same for whoever goes through many of them beside something else. Whoever makes one closes it. */
export class EntriesTold {
  #batches: AsyncGenerator<EntryLine[]>;
  #lines: EntryLine[] = [];
  #at = 0;

  constructor(place: ArchivePlace, unlock: Unlock | null, options: OpenOptions = {}) {
    this.#batches = readEntryLines(place, unlock, options);
  }

  /** The next one where it has been read; null where `next` must be asked. */
  now(): ManifestEntry | null {
    const line = this.#lines[this.#at];
    if (!line) return null;
    this.#at += 1;
    return parseEntry(line.bytes);
  }

  /** The next one, null at the end. */
  async next(): Promise<ManifestEntry | null> {
    while (this.#at === this.#lines.length) {
      const { value, done } = await this.#batches.next();
      if (done) return null;
      this.#lines = value;
      this.#at = 0;
    }
    return this.now();
  }

  async close(): Promise<void> {
    await this.#batches.return(undefined);
  }
}

export interface EntryLine {
  bytes: Buffer;
  /** where it begins, in the plain text of the file that holds the entries */
  at: number;
}

/** The lines of entries as they stand there, some at a time; `start`: of those alone that begin so. */
export async function* readEntryLines(
  place: ArchivePlace,
  unlock: Unlock | null,
  { start = ENTRY_START, ...options }: OpenOptions & { start?: Buffer } = {},
): AsyncGenerator<EntryLine[]> {
  const plain = place.encrypted
    ? openPacked(`${place.stem}.entries.zst.age`, true, unlock, options)
    : readRaw(manifestFile(place), options);
  try {
    yield* entryLinesOf(plain, start);
  } catch (error) {
    throw wordsFor(error, options.signal);
  }
}

async function* entryLinesOf(source: AsyncIterable<Buffer>, start: Buffer): AsyncGenerator<EntryLine[]> {
  let held: Buffer = Buffer.alloc(0);
  let position = 0;
  for await (const chunk of source) {
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const lines: EntryLine[] = [];
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      if (beginsWith(bytes, from, start)) lines.push({ bytes: bytes.subarray(from, end), at: position + from });
      from = end + 1;
    }
    held = bytes.subarray(from);
    if (held.length > HEAD_MOST) throw new DamagedArchive("Its manifest has a line beyond all bounds");
    position += from;
    if (lines.length > 0) yield lines;
  }
  if (beginsWith(held, 0, start)) yield [{ bytes: held, at: position }];
}

/** Throws `DamagedArchive`. */
export function parseEntry(line: Buffer): ManifestEntry {
  const end = line.at(-1) === COMMA ? line.length - 1 : line.length;
  try {
    const entry = JSON.parse(line.toString("utf8", 0, end)) as Partial<ManifestEntry>;
    if (typeof entry.type === "string" && typeof entry.mode === "number" && typeof entry.size === "number")
      return entry as ManifestEntry;
  } catch (cause) {
    throw new DamagedArchive("Its manifest has an entry that cannot be read", cause);
  }
  throw new DamagedArchive("Its manifest has an entry that is none");
}

/** The readable part, of encrypted archives too: their entries stand in a file of their own. */
export function manifestFile(place: ArchivePlace): string {
  return `${place.stem}.json`;
}

async function firstLine(file: string): Promise<string> {
  const handle = await openToRead(file);
  try {
    const pieces: Buffer[] = [];
    for (let read = 0; read <= HEAD_MOST; ) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(PIECE), 0, PIECE, read);
      const piece = buffer.subarray(0, bytesRead);
      const end = piece.indexOf(NEWLINE);
      pieces.push(end < 0 ? piece : piece.subarray(0, end));
      if (end >= 0 || bytesRead === 0) return Buffer.concat(pieces).toString("utf8");
      read += bytesRead;
    }
    throw new DamagedArchive("Its manifest has a head beyond all bounds");
  } finally {
    await handle.close();
  }
}

async function openToRead(file: string): ReturnType<typeof open> {
  try {
    return await open(file, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new AppError("not_found", "The archive's manifest is gone", { cause: error });
    throw wordsFor(error);
  }
}

function isHead({ version, sha256, size, entries, originalSize }: Partial<ManifestHead>): boolean {
  return version === 1 && typeof sha256 === "string" && [size, entries, originalSize].every(Number.isSafeInteger);
}

function beginsWith(bytes: Buffer, at: number, start: Buffer): boolean {
  // two bytes tell most of them
  if (bytes[at + start.length - 1] !== start[start.length - 1] || bytes[at] !== start[0]) return false;
  return bytes.compare(start, 0, start.length, at, Math.min(bytes.length, at + start.length)) === 0;
}

const NEWLINE = 0x0a;
const COMMA = 0x2c;
