/** The whole archive against its manifest: every byte read, every file's checksum computed, nothing missing and nothing more. */
import { createHash } from "node:crypto";
import { isAbort } from "#lib/platform/errors.ts";
import type { ArchivePlace, ManifestEntry, ManifestHead, Progress, Unlock } from "./archive.ts";
import { admitted, Guard } from "./hostile.ts";
import { archiveFile, openTar, statOf } from "./open.ts";
import { DamagedArchive, HostileArchive, WrongKey } from "./open-damage.ts";
import { readEntries, readHead } from "./open-manifest.ts";
import { TarDamage } from "./tar-damage.ts";
import { timeText } from "./tar-pax.ts";
import type { TarEntry } from "./tar-scan.ts";
import { noteChecked } from "./verify-memory.ts";

export interface VerifyOptions {
  signal?: AbortSignal;
  onProgress?: (done: Progress) => void;
}

/**
 * What the archive is, or what is wrong with it and where, as a sentence. A wrong key throws `WrongKey`, a file that is gone
 * `not_found`: neither says anything about the archive. Aborts throw too.
 */
export async function verifyArchive(
  place: ArchivePlace,
  unlock: Unlock | null,
  options: VerifyOptions = {},
): Promise<{ head: ManifestHead } | { damage: string }> {
  try {
    return { head: await verify(place, unlock, options) };
  } catch (error) {
    if (options.signal?.aborted || isAbort(error) || error instanceof WrongKey) throw error;
    if (error instanceof DamagedArchive || error instanceof HostileArchive || error instanceof TarDamage)
      return { damage: error.message };
    throw error;
  }
}

async function verify(place: ArchivePlace, unlock: Unlock | null, options: VerifyOptions): Promise<ManifestHead> {
  const file = archiveFile(place);
  const before = await statOf(file);
  if (before.size === 0n) throw new DamagedArchive("The archive is an empty file");
  const head = await readHead(place);
  if (head.encrypted !== place.encrypted) throw new DamagedArchive("Its manifest is that of another archive");
  if (BigInt(head.size) !== before.size)
    throw new DamagedArchive(`The archive is ${before.size} bytes long, and its manifest says ${head.size}`);
  const hash = createHash("sha256");
  const tar = openTar(place, unlock, { ...options, onRaw: (chunk) => hash.update(chunk) });
  await compareEntries(tar, readEntries(place, unlock, options), { head, ...options });
  if (hash.digest("hex") !== head.sha256)
    throw new DamagedArchive("The archive's checksum is another than its manifest says, though what it holds is whole");
  await noteChecked(file, before);
  return head;
}

async function compareEntries(
  tar: AsyncIterable<Uint8Array>,
  manifest: AsyncGenerator<ManifestEntry>,
  { head, onProgress }: VerifyOptions & { head: ManifestHead },
): Promise<void> {
  const guard = ownGuard(head);
  const done: Progress = { bytes: 0, files: 0 };
  try {
    for await (const entry of admitted(tar, guard)) {
      const { value: told } = await manifest.next();
      if (!told) throw new DamagedArchive(`The archive holds ${entry.path}, which is not in its manifest`);
      if (told.path !== entry.path) throw await outOfStep(told, entry, manifest);
      const differs = differenceOf(told, entry) ?? (await contentDiffers(told, entry, done));
      if (differs) throw new DamagedArchive(`${entry.path}: ${differs}`);
      done.files++;
      onProgress?.(done);
    }
    const { value: missing } = await manifest.next();
    if (missing) throw new DamagedArchive(`${missing.path} is in the manifest and missing from the archive`);
  } finally {
    await manifest.return(undefined);
  }
}

/** Both go on after the one that only one of them has: which of them it is says the rest of the manifest. */
async function outOfStep(
  told: ManifestEntry,
  entry: TarEntry,
  manifest: AsyncGenerator<ManifestEntry>,
): Promise<Error> {
  for await (const { path } of manifest)
    if (path === entry.path) return new DamagedArchive(`${told.path} is in the manifest and missing from the archive`);
  return new DamagedArchive(`The archive holds ${entry.path}, which is not in its manifest`);
}

/** An archive of our own is held to what its manifest says. */
export function ownGuard(head: Pick<ManifestHead, "entries" | "originalSize">): Guard {
  return new Guard({
    foreign: false,
    limits: { entries: head.entries, bytes: head.originalSize, ratio: Number.POSITIVE_INFINITY },
  });
}

/** In words, what of an entry is not as its manifest says; content aside. */
export function differenceOf(told: ManifestEntry, entry: TarEntry): string | null {
  const pairs: [what: string, told: unknown, found: unknown][] = [
    ["type", told.type, entry.type],
    ["size", told.size, entry.size],
    ["mode", told.mode.toString(8), entry.mode.toString(8)],
    ["owner", told.owner, `${entry.uid}:${entry.gid}`],
    ["time", told.mtime, timeText(entry.mtime)],
    ["target", told.target ?? null, entry.target],
  ];
  const [what, expected, found] = pairs.find(([, one, other]) => one !== other) ?? [];
  return what === undefined ? null : `its ${what} is ${found}, and the manifest says ${expected}`;
}

async function contentDiffers(told: ManifestEntry, entry: TarEntry, done: Progress): Promise<string | null> {
  if (entry.type !== "file") return told.sha256 === null ? null : "the manifest has a checksum for what has no content";
  const hash = createHash("sha256");
  for await (const bytes of entry.content()) {
    hash.update(bytes);
    done.bytes += bytes.length;
  }
  return hash.digest("hex") === told.sha256 ? null : "its content has another checksum than the manifest says";
}
