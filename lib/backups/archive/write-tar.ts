/** The tar inside an archive: every root, one after the other, and what is told of it. */
import path from "node:path";
import { passingBytes } from "#lib/platform/passing-bytes.ts";
import type { ManifestEntry, ManifestHead, Root } from "./archive.ts";
import { databasesIn } from "./databases.ts";
import { type Lost, UNREAD, VANISHED } from "./lost.ts";
import type { EntryLog } from "./manifest.ts";
import { type Packing, packRoot, packRootInto } from "./pack.ts";
import { passEntries } from "./pack-entries.ts";
import { type PathFilter, pathFilter } from "./pack-filter.ts";
import { Spill, spillBudget } from "./spill.ts";
import { TRAILER } from "./tar-header.ts";
import type { WantedArchive } from "./write.ts";

/** What the manifest's head says of what was met on the way. */
export interface Tally {
  bytes: number;
  files: number;
  entries: number;
  databases: string[];
  skipped: ManifestHead["skipped"];
  /** how many more there were than are told one by one */
  skippedMore: number;
  lost: Lost;
}

export function newTally(): Tally {
  return {
    bytes: 0,
    files: 0,
    entries: 0,
    databases: [],
    skipped: [],
    skippedMore: 0,
    lost: { unread: 0, vanished: 0 },
  };
}

/** Of a head: nothing where nothing is lost. */
export function lostOf({ lost }: Tally): Pick<ManifestHead, "lost"> {
  return lost.unread + lost.vanished === 0 ? {} : { lost };
}

interface Telling {
  log: EntryLog;
  tally: Tally;
}

/** of the lists of a head */
const MOST_TOLD = 10_000;
/** milliseconds between two words of progress */
const PACE = 100;

/**
 * With somebody waiting for the end of reading, what compression has not taken yet is put aside. Not so where databases are
 * copied online: that is reading too, and happens as they come by. What comes is pieces of the tar, some at a time.
 */
export async function* tarOf(wanted: WantedArchive, telling: Telling): AsyncGenerator<readonly Uint8Array[]> {
  const isAwaited = wanted.onRead && wanted.roots.every((root) => root.databases === "as-files");
  const roots = wanted.roots.map((root) => ({ root, filter: pathFilter(root.include, root.exclude) }));
  if (isAwaited) yield* putAside(roots, wanted, telling);
  else {
    for (const one of roots)
      yield* passed(one, packRoot(one.root, packingOf(one, wanted, telling.tally)), { wanted, telling });
    await wanted.onRead?.();
  }
  wanted.onProgress?.({ bytes: telling.tally.bytes, files: telling.tally.files });
  yield [TRAILER];
}

interface Filtered {
  root: Root;
  filter: PathFilter;
}

async function* putAside(
  roots: readonly Filtered[],
  wanted: WantedArchive,
  telling: Telling,
): AsyncGenerator<readonly Uint8Array[]> {
  const budget = await spillBudget(path.dirname(wanted.stem));
  budget.isHurried = true;
  const spills = roots.map((_, n) => new Spill(`${wanted.stem}.${n}`, budget));
  const passing = passingBytes();
  const over = new AbortController();
  const signal = AbortSignal.any([wanted.signal, over.signal]);
  const fill = async (spill: Spill, one: Filtered) => {
    const { root } = one;
    const packing = packingOf(one, { ...wanted, signal }, telling.tally);
    if (await spill.writeBy((file, most) => packRootInto(root, file, { ...packing, most }))) return;
    for await (const chunk of packRoot(root, packing)) {
      passing(chunk.length);
      await spill.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    }
  };
  const reading = (async () => {
    for (const [n, one] of roots.entries()) {
      try {
        await fill(spills[n]!, one);
        spills[n]!.end();
      } catch (error) {
        spills[n]!.end(error);
        throw error;
      }
    }
  })().finally(() => {
    budget.isHurried = false;
    budget.change();
  });
  const released = reading.then(() => wanted.onRead?.());
  released.catch(() => "told below, or by the spill where the rest would stand");
  try {
    for (const [n, one] of roots.entries()) yield* passed(one, spills[n]!, { wanted, telling });
    await released;
  } finally {
    over.abort();
    for (const spill of spills) await spill.remove();
  }
}

function packingOf({ root, filter }: Filtered, { signal, stem }: WantedArchive, tally: Tally): Packing {
  const under = (below: string) => [root.prefix, below === "." ? "" : below].filter(Boolean).join("/") || ".";
  const skip = (below: string, why: string) => leaveOut(tally, under(below), why);
  return { filter, signal, scratch: `${stem}.made.part`, skip };
}

/** Tells of an entry that it is not in the archive as it is in the source. */
export function leaveOut(tally: Tally, below: string, why: string): void {
  if (why === UNREAD) tally.lost.unread += 1;
  if (why === VANISHED) tally.lost.vanished += 1;
  if (tally.skipped.length < MOST_TOLD) tally.skipped.push({ path: below, why });
  else tally.skippedMore += 1;
}

async function* passed(
  { root, filter }: Filtered,
  tar: AsyncIterable<Uint8Array>,
  { wanted, telling: { log, tally } }: { wanted: WantedArchive; telling: Telling },
): AsyncGenerator<readonly Uint8Array[]> {
  const skip = (below: string, why: string) => leaveOut(tally, below, why);
  const isOnline = root.databases === "online" && root.from.kind === "folder";
  const folder = root.from.kind === "folder" ? root.from.path : "";
  const databases = isOnline ? databasesIn({ folder, stem: wanted.stem, skip }) : null;
  let toldAt = 0;
  const tell = () => {
    const now = performance.now();
    if (now - toldAt < PACE) return;
    toldAt = now;
    wanted.onProgress?.({ bytes: tally.bytes, files: tally.files });
  };
  const told = (entry: ManifestEntry) => {
    tally.entries += 1;
    if (entry.type === "file" || entry.type === "hardlink") tally.files += 1;
    tell();
    return log.add(entry);
  };
  const foundDatabase = (below: string) => {
    if (tally.databases.length < MOST_TOLD) tally.databases.push(below);
  };
  const moved = (bytes: number) => {
    tally.bytes += bytes;
    if (bytes > 0) tell();
  };
  try {
    yield* passEntries(tar, { root, filter, databases, told, foundDatabase, skip, moved });
  } finally {
    databases?.close();
  }
}
