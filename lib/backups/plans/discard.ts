/** The end of a backup: its copies, its files, then its row. */

import { removeCopies } from "../destinations/copies.ts";
import { clearPlace } from "../places.ts";
import { forgetSnapshot } from "../restic/restic.ts";
import { type BackupRow, changeBackup, deleteBackupRow, extraOf } from "../store.ts";

/**
 * Removes a backup everywhere. Cut off in the middle it is listed as damaged, never as good. Throws AppError
 * `action_failed` where a copy cannot be removed: then nothing here is gone, and the row says what is left.
 */
export async function discardBackup(row: BackupRow, signal: AbortSignal): Promise<void> {
  await removeCopies(row.id, signal);
  await removeHere(row, signal);
  await deleteBackupRow(row.id);
}

/** Removes what lies on this server alone; copies that cannot be reached stay known, and can still be brought back. */
export async function discardHere(row: BackupRow): Promise<void> {
  if (row.place === null) return;
  // from here on it is known as what only its copies hold
  await changeBackup(row.id, { place: null });
  await clearPlace(row.place);
}

async function removeHere(row: BackupRow, signal: AbortSignal): Promise<void> {
  await changeBackup(row.id, { damage: JSON.stringify("It was being removed when Trihelm ended") });
  const { snapshot } = extraOf(row);
  if (row.engine === "restic" && snapshot !== undefined) await forgetSnapshot(snapshot, signal);
  if (row.place !== null) await clearPlace(row.place);
}
