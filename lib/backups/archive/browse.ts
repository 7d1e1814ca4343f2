/** Looking inside an archive without unpacking it: folders by its manifest, files by reading up to them. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { AppError } from "#lib/platform/errors.ts";
import type { FileEntry, Folder } from "#lib/volumes/shapes.ts";
import type { ArchivePlace, ManifestEntry, Unlock } from "./archive.ts";
import { entriesAt, plainName, rowsOf } from "./browse-folders.ts";
import { openTar } from "./open.ts";
import { DamagedArchive } from "./open-damage.ts";
import { readEntries } from "./open-manifest.ts";
import { scanTar, type TarEntry } from "./tar-scan.ts";
import { plainPath } from "./unpack-select.ts";

const LIMIT = 200;
const LIMIT_MOST = 1000;

/**
 * What stands in a folder, folders first, each kind in the order of its bytes. `cursor`: as a page before gave it. Throws
 * AppError `not_found` where the archive has no such folder, and as `openTar` does.
 */
export async function listFolder(
  place: ArchivePlace,
  unlock: Unlock | null,
  path: string,
  { cursor, limit = LIMIT }: { cursor?: string | undefined; limit?: number | undefined } = {},
): Promise<Folder> {
  const folder = plainPath(path);
  const rows = await rowsOf(place, unlock, folder);
  if (rows.length === 0 && folder !== "." && (await entryAt(place, unlock, folder))?.type !== "folder")
    throw new AppError("not_found", `There is no folder ${folder} in this archive`);
  const from = Math.max(0, Math.trunc(Number(cursor ?? 0)) || 0);
  const page = rows.slice(from, from + Math.min(Math.max(1, limit), LIMIT_MOST));
  const entries = await entriesAt(place, unlock, page);
  const items = page.map((row, n) => itemOf(entries[n] ?? impliedFolder(folder, plainName(row))));
  const shown = { path: folder === "." ? "/" : `/${folder}`, items, total: rows.length };
  const next = from + page.length;
  return next < rows.length ? { ...shown, nextCursor: String(next) } : shown;
}

/**
 * The bytes of one file. The archive is read up to it and no further; destroying the stream ends that. Throws AppError
 * `not_found` where there is none, `validation` where it is something else, and as `openTar` does; what is found to be altered at
 * its end fails the stream.
 */
export async function openFile(
  place: ArchivePlace,
  unlock: Unlock | null,
  path: string,
  options: { signal?: AbortSignal } = {},
): Promise<Readable> {
  const wanted = await contentOf(place, unlock, plainPath(path));
  const entries = scanTar(openTar(place, unlock, options));
  try {
    for (let next = await entries.next(); !next.done; next = await entries.next())
      if (next.value.path === wanted.path)
        return Readable.from(checked(next.value, wanted, entries), { objectMode: false, highWaterMark: 256 * 1024 });
    throw new DamagedArchive(`${wanted.path} is in the manifest and missing from the archive`);
  } catch (error) {
    await entries.return();
    throw error;
  }
}

/** The entry that holds a file's content: its own, or that of its first name. */
async function contentOf(place: ArchivePlace, unlock: Unlock | null, path: string): Promise<ManifestEntry> {
  const found = await entryAt(place, unlock, path);
  if (!found) throw new AppError("not_found", `There is no file ${path} in this archive`);
  if (found.type === "hardlink" && found.target !== undefined)
    return (await entryAt(place, unlock, found.target)) ?? found;
  if (found.type !== "file") throw new AppError("validation", `${path} is a ${found.type}, which has no content`);
  return found;
}

async function* checked(
  entry: TarEntry,
  wanted: ManifestEntry,
  entries: AsyncGenerator<TarEntry>,
): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  try {
    for await (const bytes of entry.content()) {
      hash.update(bytes);
      yield bytes;
    }
    if (hash.digest("hex") !== wanted.sha256)
      throw new DamagedArchive(`${wanted.path}: its content has another checksum than the manifest says`);
  } finally {
    await entries.return(undefined);
  }
}

async function entryAt(place: ArchivePlace, unlock: Unlock | null, path: string): Promise<ManifestEntry | null> {
  for await (const entry of readEntries(place, unlock)) if (entry.path === path) return entry;
  return null;
}

function itemOf({ path, type, size, mode, owner, mtime, target }: Shown): FileEntry {
  const shown = type === "hardlink" ? "file" : type === "fifo" || type === "device" ? "other" : type;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const link = type === "link" || type === "hardlink" ? (target ?? null) : null;
  return { name, path: `/${path}`, type: shown, size, mode, owner, mtime, target: link };
}

type Shown = Omit<ManifestEntry, "mtime" | "sha256"> & { mtime: string | null };

/** An archive made elsewhere may hold files of a folder without the folder. */
function impliedFolder(folder: string, name: string): Shown {
  const path = folder === "." ? name : `${folder}/${name}`;
  return { path, type: "folder", size: 0, mode: 0o755, owner: "0:0", mtime: null };
}
