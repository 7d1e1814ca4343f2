/** A backup's archive here, ready to be read: brought back from a copy where it is not, with what opens it. */
import path from "node:path";
import type { JobHandle } from "#lib/jobs/run.ts";
import { AppError } from "#lib/platform/errors.ts";
import type { ArchivePlace, ManifestHead, Unlock } from "./archive/archive.ts";
import { verifyArchive } from "./archive/verify.ts";
import { fetchCopy } from "./destinations/copies.ts";
import { unlockFor } from "./encryptions/locks.ts";
import { intend } from "./intents.ts";
import { clearPlace, newPlace, placeOf, stemOf } from "./places.ts";
import { checkReserve, reserveWatch } from "./reserve.ts";
import { fetchSnapshot } from "./restic/restic.ts";
import { type BackupRow, changeBackup, extraOf } from "./store.ts";

export interface AtHand {
  place: ArchivePlace;
  unlock: Unlock | null;
}

/** Throws AppError `conflict` where this server cannot open it, `not_found` where it is nowhere. */
export async function atHand(job: JobHandle, row: BackupRow): Promise<AtHand> {
  const unlock = row.encrypted ? await unlockFor(row) : null;
  if (row.place !== null) return { place: placeOf(row), unlock };
  const place = await newPlace(row.sourceKey, row.createdAt);
  const intent = await intend(job.id, "archive", { place });
  try {
    const brought = await (row.engine === "restic"
      ? job.step("Fetch from restic", () => fromRestic(job, row, stemOf(place)))
      : job.step("Fetch the copy", () => fetchCopy(row.id, stemOf(place), job)));
    await changeBackup(row.id, { place });
    await intent.done();
    return { place: brought, unlock };
  } catch (error) {
    await clearPlace(place);
    await intent.done();
    throw error;
  }
}

/** As an archive beside the others: from there on every button works as with those. */
async function fromRestic(job: JobHandle, row: BackupRow, stem: string): Promise<ArchivePlace> {
  const { snapshot, title, context = {} } = extraOf(row);
  if (snapshot === undefined) throw new AppError("not_found", "It is not known where this backup lies in restic");
  await checkReserve(path.dirname(stem), Number(row.originalSize));
  const head = {
    ...{ id: row.id, source: JSON.parse(row.source) as Record<string, string>, title, host: row.host, context },
    createdAt: row.createdAt.toISOString(),
    consistency: row.consistency as ManifestHead["consistency"],
    tool: { name: row.toolName, version: row.toolVersion },
  };
  const reserve = reserveWatch(path.dirname(stem));
  await fetchSnapshot(snapshot, row.sha256, { stem, head, signal: job.signal, reserve });
  return { stem, encrypted: false };
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
