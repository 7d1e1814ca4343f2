/** A backup's archive here, ready to be read: brought back from a copy where it is not, with what opens it. */
import type { JobHandle } from "#lib/jobs/run.ts";
import { AppError } from "#lib/platform/errors.ts";
import type { ArchivePlace, ManifestHead, Unlock } from "./archive/archive.ts";
import { verifyArchive } from "./archive/verify.ts";
import { fetchCopy } from "./destinations/copies.ts";
import { unlockFor } from "./encryptions/locks.ts";
import { intend } from "./intents.ts";
import { clearPlace, newPlace, placeOf, stemOf } from "./places.ts";
import { type BackupRow, changeBackup } from "./store.ts";

export interface AtHand {
  place: ArchivePlace;
  unlock: Unlock | null;
}

/** Throws AppError `conflict` where this server cannot open it, `not_found` where it is nowhere. */
export async function atHand(job: JobHandle, row: BackupRow): Promise<AtHand> {
  const unlock = row.encrypted ? await unlockFor(row) : null;
  if (row.engine !== "archive")
    throw new AppError("conflict", "This backup lies in a restic repository: restore it with restic");
  if (row.place !== null) return { place: placeOf(row), unlock };
  const place = await newPlace(row.sourceKey, row.createdAt);
  const intent = await intend(job.id, "archive", { place });
  try {
    const brought = await job.step("Fetch the copy", () => fetchCopy(row.id, stemOf(place), job));
    await changeBackup(row.id, { place });
    await intent.done();
    return { place: brought, unlock };
  } catch (error) {
    await clearPlace(place);
    await intent.done();
    throw error;
  }
}

/**
 * Reads the whole archive; what is wrong with it is kept in its row and thrown as AppError `conflict`. Resolves to what its
 * manifest says of it.
 */
export async function provenWhole(job: JobHandle, row: BackupRow, { place, unlock }: AtHand): Promise<ManifestHead> {
  const total = Number(row.originalSize);
  const onProgress = ({ bytes }: { bytes: number }) => job.progress({ done: bytes, total, unit: "bytes" });
  const verdict = await verifyArchive(place, unlock, { signal: job.signal, onProgress });
  if ("damage" in verdict) {
    await changeBackup(row.id, { damage: JSON.stringify(verdict.damage), verifiedAt: null });
    throw new AppError("conflict", `This backup is damaged: ${verdict.damage}`);
  }
  await changeBackup(row.id, { damage: null, verifiedAt: new Date() });
  return verdict.head;
}
