/** A backup's archive here, ready to be read: brought back from a copy where it is not, with what opens it. */
import path from "node:path";
import type { JobHandle } from "#lib/jobs/run.ts";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import type { ArchivePlace, ManifestHead, Unlock } from "./archive/archive.ts";
import { DamagedArchive } from "./archive/open-damage.ts";
import { verifyArchive } from "./archive/verify.ts";
import { fetchCopy } from "./destinations/copies.ts";
import { unlockFor } from "./encryptions/locks.ts";
import { intend } from "./intents.ts";
import { backupsFolder, clearPlace, newPlace, placeOf, stemOf } from "./places.ts";
import { checkReserve, reserveWatch } from "./reserve.ts";
import { fetchSnapshot } from "./restic/restic.ts";
import { type BackupRow, backupOf, changeBackup, extraOf } from "./store.ts";

export interface AtHand {
  place: ArchivePlace;
  unlock: Unlock | null;
}

/** Throws AppError `conflict` where this server cannot open it, `not_found` where it is nowhere. */
export async function atHand(job: JobHandle, row: BackupRow): Promise<AtHand> {
  const unlock = row.encrypted ? await unlockFor(row) : null;
  if (row.place !== null) return { place: placeOf(row), unlock };
  const step = row.engine === "restic" ? "Fetch from restic" : "Fetch the copy";
  const brought = await job.step(step, () => bring(job, row));
  return { place: placeOf({ ...row, place: brought }), unlock };
}

/**
 * From where else it lies to a place of its own here, which its row names then. Throws `DamagedArchive`, and says so in the
 * row, where that is not whole either.
 */
async function bring(job: JobHandle, row: BackupRow): Promise<string> {
  const place = await newPlace(row.sourceKey, row.createdAt);
  const intent = await intend(job.id, "archive", { place });
  try {
    if (row.engine === "restic") await fromRestic(job, row, stemOf(place));
    else await fetchCopy(row.id, stemOf(place), job);
    await changeBackup(row.id, { place });
    return place;
  } catch (error) {
    await clearPlace(place);
    if (error instanceof DamagedArchive) await noteDamage(row, error.message);
    throw error;
  } finally {
    await intent.done();
  }
}

/** As an archive beside the others: from there on every button works as with those. */
async function fromRestic(job: JobHandle, row: BackupRow, stem: string): Promise<void> {
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
}

/**
 * Reads the whole archive. Where it is damaged or gone, a copy from elsewhere takes its place, in `content` too. What no copy
 * makes good is kept in its row and thrown as AppError `conflict`. Resolves to what its manifest says of it.
 */
export async function provenWhole(job: JobHandle, row: BackupRow, content: AtHand): Promise<ManifestHead> {
  const found = await judged(job, row, content);
  if ("head" in found) return found.head;
  if (!liesElsewhere(row)) {
    await noteDamage(row, found.damage);
    throw new AppError("conflict", `This backup is damaged: ${found.damage}`);
  }
  job.say(`what lies here is damaged: ${found.damage}`);
  const before = path.relative(backupsFolder(), content.place.stem);
  // left to be cleared where the server ends between
  const intent = await intend(job.id, "archive", { place: before });
  const place = await bring(job, row).catch(async (error: unknown) => {
    await intent.done();
    job.signal.throwIfAborted();
    // a place that is away for an hour says nothing about the copy in it
    if (!(error instanceof DamagedArchive)) await changeBackup(row.id, { verifiedAt: null });
    throw new AppError("conflict", `This backup is damaged here: ${found.damage}. ${messageOf(error)}`, {
      cause: error,
    });
  });
  content.place = placeOf({ ...row, place });
  await clearPlace(before);
  await intent.done();
  const again = await judged(job, row, content);
  if ("head" in again) return again.head;
  await noteDamage(row, again.damage);
  throw new AppError("conflict", `This backup is damaged: ${again.damage}`);
}

async function judged(job: JobHandle, row: BackupRow, { place, unlock }: AtHand) {
  const total = Number(row.originalSize);
  const onProgress = ({ bytes }: { bytes: number }) => job.progress({ done: bytes, total, unit: "bytes" });
  const verdict = await verifyArchive(place, unlock, { signal: job.signal, onProgress }).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "not_found") return { damage: error.message };
    throw error;
  });
  if ("head" in verdict) await changeBackup(row.id, { damage: null, verifiedAt: new Date() });
  return verdict;
}

function liesElsewhere(row: BackupRow): boolean {
  const { copies } = backupOf(row);
  return row.engine === "restic" ? extraOf(row).snapshot !== undefined : copies.length > 0;
}

async function noteDamage(row: BackupRow, damage: string): Promise<void> {
  await changeBackup(row.id, { damage: JSON.stringify(damage), verifiedAt: null });
}
