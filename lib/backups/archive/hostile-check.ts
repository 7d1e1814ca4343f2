/** Goes through an archive and obeys none of it. */
import type { ArchivePlace, Progress, Unlock } from "./archive.ts";
import { admitted } from "./hostile.ts";
import { archiveFile, openTar, statOf } from "./open.ts";
import { HostileArchive } from "./open-damage.ts";
import { readHead } from "./open-manifest.ts";
import { ownGuard } from "./verify.ts";
import { noteChecked } from "./verify-memory.ts";

/**
 * Why an archive must not be unpacked, in a sentence with the path; null where nothing speaks against it. It is held to what
 * its manifest says of its size. Throws as `openTar` does where it cannot be read to its end.
 */
export async function checkArchive(
  place: ArchivePlace,
  unlock: Unlock | null,
  options: { signal?: AbortSignal; onProgress?: (done: Progress) => void } = {},
): Promise<string | null> {
  const file = archiveFile(place);
  const before = await statOf(file);
  const guard = ownGuard(await readHead(place));
  const entries = admitted(openTar(place, unlock, options), guard);
  try {
    while (entries.now() ?? (await entries.next()))
      options.onProgress?.({ files: guard.counted.entries, bytes: guard.counted.bytes });
  } catch (error) {
    if (error instanceof HostileArchive) return error.message;
    throw error;
  } finally {
    await entries.close();
  }
  await noteChecked(file, before);
  return null;
}
