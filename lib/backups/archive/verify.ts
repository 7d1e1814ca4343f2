/** The whole archive against its manifest: every byte read, every file's checksum computed, nothing missing and nothing more. */
import { createHash, hash as hashOf } from "node:crypto";
import { isAbort } from "#lib/platform/errors.ts";
import type { ArchivePlace, ManifestEntry, ManifestHead, Progress, Unlock } from "./archive.ts";
import { admitted, Guard } from "./hostile.ts";
import { archiveFile, openTar, statOf } from "./open.ts";
import { DamagedArchive, HostileArchive, WrongKey } from "./open-damage.ts";
import { EntriesTold, readHead } from "./open-manifest.ts";
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
  await compareEntries(tar, new EntriesTold(place, unlock, options), { head, ...options });
  if (hash.digest("hex") !== head.sha256)
    throw new DamagedArchive("The archive's checksum is another than its manifest says, though what it holds is whole");
  await noteChecked(file, before);
  return head;
}

async function compareEntries(
  tar: AsyncIterable<Uint8Array>,
  manifest: EntriesTold,
  { head, onProgress }: VerifyOptions & { head: ManifestHead },
): Promise<void> {
  const entries = admitted(tar, ownGuard(head));
  const done: Progress = { bytes: 0, files: 0 };
  try {
    for (;;) {
      const entry = entries.now() ?? (await entries.next());
      if (!entry) break;
      const told = manifest.now() ?? (await manifest.next());
      if (!told) throw new DamagedArchive(`The archive holds ${entry.path}, which is not in its manifest`);
      if (told.path !== entry.path) throw await outOfStep(told, entry, manifest);
      const content = entry.type === "file" ? entry.whole() : null;
      const differs = differenceOf(told, entry) ?? contentDiffers(told, entry, content ?? (await summed(entry, done)));
      if (differs) throw new DamagedArchive(`${entry.path}: ${differs}`);
      done.bytes += content?.length ?? 0;
      done.files++;
      onProgress?.(done);
    }
    const missing = await manifest.next();
    if (missing) throw new DamagedArchive(`${missing.path} is in the manifest and missing from the archive`);
  } finally {
    await entries.close();
    await manifest.close();
  }
}

/** Both go on after the one that only one of them has: which of them it is says the rest of the manifest. */
async function outOfStep(told: ManifestEntry, entry: TarEntry, manifest: EntriesTold): Promise<Error> {
  for (let next = await manifest.next(); next; next = await manifest.next())
    if (next.path === entry.path)
      return new DamagedArchive(`${told.path} is in the manifest and missing from the archive`);
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
  const differs = (what: string, expected: unknown, found: unknown) =>
    `its ${what} is ${found}, and the manifest says ${expected}`;
  if (told.type !== entry.type) return differs("type", told.type, entry.type);
  if (told.size !== entry.size) return differs("size", told.size, entry.size);
  if (told.mode !== entry.mode) return differs("mode", told.mode.toString(8), entry.mode.toString(8));
  const owner = `${entry.uid}:${entry.gid}`;
  if (told.owner !== owner) return differs("owner", told.owner, owner);
  const time = timeText(entry.mtime);
  if (told.mtime !== time) return differs("time", told.mtime, time);
  const target = told.target ?? null;
  return target === entry.target ? null : differs("target", target, entry.target);
}

/** `content`: all of it, its checksum, or null for what has none. */
function contentDiffers(told: ManifestEntry, entry: TarEntry, content: Buffer | string | null): string | null {
  if (entry.type !== "file") return told.sha256 === null ? null : "the manifest has a checksum for what has no content";
  const sum = Buffer.isBuffer(content) ? hashOf("sha256", content, "hex") : content;
  return sum === told.sha256 ? null : "its content has another checksum than the manifest says";
}

async function summed(entry: TarEntry, done: Progress): Promise<string | null> {
  if (entry.type !== "file") return null;
  const hash = createHash("sha256");
  for await (const bytes of entry.content()) {
    hash.update(bytes);
    done.bytes += bytes.length;
  }
  return hash.digest("hex");
}
