/**
 * Which lines of a manifest are about what stands in one folder. The lines are told apart by their bytes and not parsed: a
 * hundred thousand of them take little more than reading them. Their order and places are kept for the next page.
 */
import { open } from "node:fs/promises";
import { singleton } from "#lib/platform/singleton.ts";
import type { ArchivePlace, ManifestEntry, Unlock } from "./archive.ts";
import { archiveFile, statOf } from "./open.ts";
import { DamagedArchive } from "./open-damage.ts";
import { ENTRY_START, manifestFile, parseEntry, readEntryLines } from "./open-manifest.ts";

/** of all folders together: some ten megabytes */
const ROWS_KEPT = 150_000;
const KEPT_SECONDS = 600;
const FOLDER = Buffer.from(',"type":"folder"');

export interface Row {
  /** as it stands in the text of JSON, a character a byte */
  name: string;
  isFolder: boolean;
  /** where the line begins among the entries; -1: a folder that only the names below it tell of */
  at: number;
  length: number;
}

interface Kept {
  rows: Row[];
  until: number;
}

/** Folders first, each kind in the order of its bytes. Throws as `openTar` does. */
export async function rowsOf(place: ArchivePlace, unlock: Unlock | null, folder: string): Promise<Row[]> {
  const memory = singleton("archive-folders", () => new Map<string, Kept>());
  const { ino, mtimeNs } = await statOf(archiveFile(place));
  const key = [archiveFile(place), ino, mtimeNs, folder].join("\0");
  const now = Date.now();
  for (const [old, { until }] of memory) if (until < now) memory.delete(old);
  const rows = memory.get(key)?.rows ?? (await collectRows(place, unlock, folder));
  memory.delete(key);
  memory.set(key, { rows, until: now + KEPT_SECONDS * 1000 });
  let count = [...memory.values()].reduce((sum, kept) => sum + kept.rows.length, 0);
  for (const [old, kept] of memory) {
    if (count <= ROWS_KEPT) break;
    memory.delete(old);
    count -= kept.rows.length;
  }
  return rows;
}

/** The entries of some rows, in their order; null for a folder that has none. */
export async function entriesAt(
  place: ArchivePlace,
  unlock: Unlock | null,
  rows: readonly Row[],
): Promise<(ManifestEntry | null)[]> {
  const lines = new Map<number, ManifestEntry>();
  const wanted = rows.filter(({ at }) => at >= 0);
  if (place.encrypted) {
    const places = new Set(wanted.map(({ at }) => at));
    for await (const some of readEntryLines(place, unlock))
      for (const { bytes, at } of some) if (places.has(at)) lines.set(at, parseEntry(bytes));
  } else if (wanted.length > 0) {
    const handle = await open(manifestFile(place), "r");
    try {
      for (const { at, length } of wanted) {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
        lines.set(at, parseEntry(buffer.subarray(0, bytesRead)));
      }
    } finally {
      await handle.close();
    }
  }
  return rows.map(({ at }) => lines.get(at) ?? null);
}

/** What a name in the text of JSON says. */
export function plainName({ name }: Row): string {
  return JSON.parse(`"${Buffer.from(name, "latin1").toString()}"`) as string;
}

async function collectRows(place: ArchivePlace, unlock: Unlock | null, folder: string): Promise<Row[]> {
  const inside = folder === "." ? "" : `${JSON.stringify(folder).slice(1, -1)}/`;
  const prefix = Buffer.concat([ENTRY_START, Buffer.from(inside)]);
  const rows: Row[] = [];
  const implied = new Set<string>();
  let above = "";
  for await (const lines of readEntryLines(place, unlock, { start: prefix })) {
    for (const { bytes, at } of lines) {
      const end = endOfName(bytes, prefix.length);
      const name = bytes.toString("latin1", prefix.length, end);
      if (bytes[end] === SLASH) {
        if (name !== above) implied.add(name);
        above = name;
      } else if (name !== "." || inside !== "") {
        const isFolder = bytes.compare(FOLDER, 0, FOLDER.length, end + 1, end + 1 + FOLDER.length) === 0;
        rows.push({ name, isFolder, at, length: bytes.length });
      }
    }
  }
  for (const { name } of rows) implied.delete(name);
  for (const name of implied) rows.push({ name, isFolder: true, at: -1, length: 0 });
  return rows.sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || (a.name < b.name ? -1 : 1));
}

/** Where a name in the text of JSON ends: at a slash or at the closing quote. */
function endOfName(line: Buffer, from: number): number {
  for (let at = from; at < line.length; at++) {
    const byte = line[at];
    if (byte === SLASH || byte === QUOTE) return at;
    if (byte === BACKSLASH) at++;
  }
  throw new DamagedArchive("Its manifest has an entry that is none");
}

const SLASH = 0x2f;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
