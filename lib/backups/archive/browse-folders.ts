/**
 * Which lines of a manifest are about what stands in one folder. The lines are told apart by their bytes and not parsed: a
 * hundred thousand of them take as long as reading them. What was found is kept for the next page, in bounded memory.
 */
import { singleton } from "#lib/platform/singleton.ts";
import type { ArchivePlace, Unlock } from "./archive.ts";
import { archiveFile, statOf } from "./open.ts";
import { DamagedArchive } from "./open-damage.ts";
import { ENTRY_START, readEntryLines } from "./open-manifest.ts";

const MEMORY_MOST = 24 * 1024 * 1024;
const KEPT_SECONDS = 600;
const FOLDER = Buffer.from(',"type":"folder"');

export interface FolderIndex {
  total: number;
  /** `line`: null for a folder that only the names below it tell of */
  at(position: number): { name: string; line: Buffer | null };
}

interface Kept extends FolderIndex {
  weight: number;
  until: number;
}

/** Throws as `openTar` does. */
export async function folderIndex(place: ArchivePlace, unlock: Unlock | null, folder: string): Promise<FolderIndex> {
  const memory = singleton("archive-folders", () => new Map<string, Kept>());
  const { ino, mtimeNs } = await statOf(archiveFile(place));
  const key = [archiveFile(place), ino, mtimeNs, folder].join("\0");
  const now = Date.now();
  for (const [old, { until }] of memory) if (until < now) memory.delete(old);
  const kept = memory.get(key);
  if (kept) return kept;
  const index = await build(place, unlock, folder);
  memory.set(key, { ...index, until: now + KEPT_SECONDS * 1000 });
  let weight = [...memory.values()].reduce((sum, one) => sum + one.weight, 0);
  for (const [old, one] of memory) {
    if (weight <= MEMORY_MOST) break;
    memory.delete(old);
    weight -= one.weight;
  }
  return index;
}

interface Row {
  name: string;
  isFolder: boolean;
  line: Buffer | null;
}

async function build(
  place: ArchivePlace,
  unlock: Unlock | null,
  folder: string,
): Promise<FolderIndex & { weight: number }> {
  const inside = folder === "." ? "" : `${JSON.stringify(folder).slice(1, -1)}/`;
  const prefix = Buffer.concat([ENTRY_START, Buffer.from(inside)]);
  const rows: Row[] = [];
  const folders = new Set<string>();
  const implied = new Set<string>();
  let weight = 0;
  let above = "";
  for await (const lines of readEntryLines(place, unlock)) {
    const copied = new Copies();
    for (const { bytes } of lines) {
      if (bytes.length < prefix.length || bytes.compare(prefix, 0, prefix.length, 0, prefix.length) !== 0) continue;
      const end = endOfName(bytes, prefix.length);
      const name = bytes.toString("latin1", prefix.length, end);
      if (bytes[end] === SLASH) {
        if (name !== above) implied.add(name);
        above = name;
      } else if (name !== "." || inside !== "") {
        const isFolder = bytes.compare(FOLDER, 0, FOLDER.length, end + 1, end + 1 + FOLDER.length) === 0;
        if (isFolder) folders.add(name);
        weight += bytes.length + 100;
        rows.push({ name, isFolder, line: copied.keep(bytes) });
      }
    }
  }
  for (const name of implied) if (!folders.has(name)) rows.push({ name, isFolder: true, line: null });
  rows.sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || (a.name < b.name ? -1 : 1));
  return { total: rows.length, weight, at: (position) => shown(rows[position]) };
}

function shown(row: Row | undefined): { name: string; line: Buffer | null } {
  if (!row) throw new RangeError("no such row");
  const text = Buffer.from(row.name, "latin1").toString();
  return { name: JSON.parse(`"${text}"`) as string, line: row.line };
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

/** Lines that are kept must not keep the whole chunk that they came in. */
class Copies {
  private block = Buffer.alloc(0);
  private used = 0;

  keep(line: Buffer): Buffer {
    if (this.used + line.length > this.block.length) {
      this.block = Buffer.allocUnsafeSlow(Math.max(line.length, BLOCK));
      this.used = 0;
    }
    line.copy(this.block, this.used);
    this.used += line.length;
    return this.block.subarray(this.used - line.length, this.used);
  }
}

const BLOCK = 4096;
const SLASH = 0x2f;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
