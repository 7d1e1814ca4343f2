/** Where archives lie: `{dataDir}/backups/{host}/{scope}/{name}/{time}.tar.zst`, each with its manifest beside it. */
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { decoded } from "#lib/format/decoded.ts";
import { env } from "#lib/platform/env.ts";
import { AppError } from "#lib/platform/errors.ts";
import type { ArchivePlace } from "./archive/archive.ts";

/** bytes that a file system takes for one name, less what we put behind it */
const LONGEST = 180;

/** The folder of all archives of this server, absolute. */
export function backupsFolder(): string {
  return path.join(/* turbopackIgnore: true */ env().dataDir, "backups");
}

/** Where the archive of a backup lies: absolute, without its endings. */
export function stemOf(place: string): string {
  const stem = path.resolve(/* turbopackIgnore: true */ backupsFolder(), place);
  if (!stem.startsWith(`${backupsFolder()}${path.sep}`))
    throw new AppError("internal", "A backup's place is outside of the folder of backups");
  return stem;
}

/** As archive code takes it. Throws AppError `not_found` where a backup has no archive here. */
export function placeOf(row: { place: string | null; encrypted: boolean }): ArchivePlace {
  if (row.place === null) throw new AppError("not_found", "This backup's archive is not on this server");
  return { stem: stemOf(row.place), encrypted: row.encrypted };
}

/** The archive and its manifest. */
export function filesOf({ stem, encrypted }: ArchivePlace): { archive: string; manifest: string } {
  return { archive: `${stem}.tar.zst${encrypted ? ".age" : ""}`, manifest: `${stem}.json` };
}

/** A place for a new archive of a source, with its folder made; `at` in UTC names it. */
export async function newPlace(sourceKey: string, at: Date): Promise<string> {
  const folder = sourceFolder(sourceKey);
  const absolute = path.join(/* turbopackIgnore: true */ backupsFolder(), folder);
  await fs.mkdir(absolute, { recursive: true, mode: 0o700 });
  const taken = await fs.readdir(absolute);
  const time = at.toISOString().replaceAll(/[-:]/g, "").replace(/\.\d+/, "");
  const isFree = (name: string) => !taken.some((file) => file.startsWith(`${name}.`));
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? time : `${time}-${count}`;
    if (isFree(name)) return path.join(folder, name);
  }
}

/** Removes whatever lies at a place: archive, manifest, and what was on its way to be one. */
export async function clearPlace(place: string): Promise<void> {
  const stem = stemOf(place);
  const folder = path.dirname(stem);
  const names = await fs.readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  for (const name of names)
    if (name.startsWith(`${path.basename(stem)}.`))
      await fs.rm(path.join(folder, name), { recursive: true, force: true });
}

/** `local/docker/wa-db`; what stands behind the scope is one folder, whatever signs it has. */
export function sourceFolder(sourceKey: string): string {
  const [host = "", scope = "", ...rest] = sourceKey.split("/");
  return path.join(segment(host), segment(scope), segment(rest.join("/")));
}

function segment(text: string): string {
  // keys of volumes are percent-encoded already
  const plain = encodeURIComponent(decoded(text)).replaceAll("%2F", "+").replaceAll("%40", "@").replace(/^\./, "%2E");
  if (plain.length > 0 && plain.length <= LONGEST) return plain;
  return `${plain.slice(0, LONGEST - 20)}~${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
}
