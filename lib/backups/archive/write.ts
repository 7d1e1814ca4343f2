/**
 * Writes an archive so that it is whole and on the disk, or was never there: part names, fsync, read again and compared, renamed,
 * fsync of the folder. The manifest is renamed last: an archive without one was never finished.
 */
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { passingBytes } from "#lib/platform/passing-bytes.ts";
import type { Lock, ManifestHead, Progress, Root } from "./archive.ts";
import { EntryLog, headLine, MANIFEST_END } from "./manifest.ts";
import { packed } from "./write-packed.ts";
import { namePart, removePart, syncFolder, type Written, writePart } from "./write-part.ts";
import { lostOf, newTally, type Tally, tarOf } from "./write-tar.ts";

export interface WantedArchive {
  /** absolute, in a folder that exists; `{stem}.tar.zst` and `{stem}.json` come of it, with `.age` where there is a lock */
  stem: string;
  head: Omit<
    ManifestHead,
    | "size"
    | "sha256"
    | "originalSize"
    | "files"
    | "entries"
    | "databases"
    | "skipped"
    | "lost"
    | "encrypted"
    | "version"
  >;
  roots: readonly Root[];
  lock: Lock | null;
  signal: AbortSignal;
  onProgress?: (done: Progress) => void;
  /** the moment the sources have been read whole; awaited before the archive is finished. Its failure fails the archive. */
  onRead?: () => void | Promise<void>;
  /** asked before and while it is written; throws where the disk would get too full */
  reserve?: { check(): Promise<void> };
}

/** Throws what hindered it, after everything it has made is removed again. */
export async function writeArchive(wanted: WantedArchive): Promise<ManifestHead> {
  const { stem, lock } = wanted;
  const files = {
    archive: `${stem}.tar.zst${lock ? ".age" : ""}`,
    manifest: `${stem}.json`,
    entries: lock ? `${stem}.entries.zst.age` : null,
  };
  await wanted.reserve?.check();
  const log = new EntryLog(`${stem}.entries.part`);
  const made: string[] = [];
  const note = (file: string) => {
    made.push(file);
    return file;
  };
  const tally = newTally();
  try {
    const written = await writeTar(note(files.archive), { wanted, log, tally });
    const head = headOf(wanted, written, tally);
    if (files.entries) await writePart(note(files.entries), packed(log.pieces(), lock));
    await writePart(note(files.manifest), manifestOf(head, lock ? null : log));
    wanted.signal.throwIfAborted();
    await log.remove();
    // from here on it is there: what fails now takes the names away again
    for (const file of made) await namePart(file);
    await syncFolder(stem);
    return head;
  } catch (error) {
    await log.remove();
    for (const file of made) {
      await removePart(file);
      await rm(file, { force: true });
    }
    throw wanted.signal.aborted ? wanted.signal.reason : error;
  }
}

/** Takes away what a crash has left in a folder of archives: parts, and archives that have no manifest. How many files. */
export async function removeUnfinished(folder: string): Promise<number> {
  const names = await readdir(folder);
  const there = new Set(names);
  const gone = names.filter((name) => {
    if (/\.part(-journal|-wal|-shm)?$/.test(name)) return true;
    const stem = /^(.*)\.(?:tar\.zst(?:\.age)?|entries\.zst\.age)$/.exec(name)?.[1];
    return stem !== undefined && !there.has(`${stem}.json`);
  });
  for (const name of gone) await rm(path.join(folder, name), { force: true });
  return gone.length;
}

const CHECKED_EVERY = 64 * 1024 * 1024;

/** The archive's part. */
function writeTar(
  file: string,
  { wanted, log, tally }: { wanted: WantedArchive; log: EntryLog; tally: Tally },
): Promise<Written> {
  const passing = passingBytes();
  async function* watched(): AsyncGenerator<readonly Uint8Array[]> {
    for await (const pieces of tarOf(wanted, { log, tally })) {
      wanted.signal.throwIfAborted();
      for (const { length } of pieces) passing(length);
      yield pieces;
    }
  }
  let checked = 0;
  return writePart(file, packed(watched(), wanted.lock), (size) => {
    if (!wanted.reserve || size - checked < CHECKED_EVERY) return null;
    checked = size;
    return wanted.reserve.check();
  });
}

function headOf({ head, lock }: WantedArchive, { size, sha256 }: Written, tally: Tally): ManifestHead {
  const { bytes: originalSize, files, entries, databases } = tally;
  const skipped =
    tally.skippedMore > 0 ? [...tally.skipped, { path: ".", why: more(tally.skippedMore) }] : tally.skipped;
  return {
    version: 1,
    ...head,
    size,
    sha256,
    originalSize,
    files,
    entries,
    encrypted: lock !== null,
    databases,
    skipped,
    ...lostOf(tally),
  };
}

const more = (count: number) => `${count} more were left out or changed while being read`;

async function* manifestOf(head: ManifestHead, log: EntryLog | null): AsyncGenerator<Buffer> {
  yield Buffer.from(headLine(head, log === null));
  if (log === null) return;
  yield* log.read();
  yield Buffer.from(MANIFEST_END);
}
