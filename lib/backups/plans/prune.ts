/** Removes what a source's plans do not keep any more. */
import { audited } from "#lib/audit/audited.ts";
import { plural } from "#lib/format/plural.ts";
import { holdNames } from "#lib/jobs/run.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import { type BackupRow, findBackup } from "../store.ts";
import { discardBackup, discardHere } from "./discard.ts";
import { planSource } from "./retention.ts";
import { retentionPlans, retentionRows } from "./store.ts";

/** milliseconds: whoever restores from it or looks into it is not waited for */
const MOMENT = 50;

/** The part of a job that pruning needs. */
export interface PruneWork {
  signal: AbortSignal;
  say(line: string): void;
}

/**
 * Within a job that holds the source's lock. Each removal has its rows in the trail. One that fails is told in the job's
 * log and tried again at the next run; it does not fail the backup that was just made. Resolves to how many are gone.
 */
export async function applyRetention(sourceKey: string, job: PruneWork, now = new Date()): Promise<number> {
  const verdicts = planSource(await retentionRows(sourceKey), await retentionPlans(sourceKey), now);
  let gone = 0;
  for (const { id, keeps, reasons } of verdicts) {
    if (keeps) continue;
    job.signal.throwIfAborted();
    const row = await findBackup(id);
    if (!row) continue;
    try {
      await remove(row, reasons, job);
      gone += 1;
    } catch (error) {
      job.signal.throwIfAborted();
      job.say(`the backup of ${timestamp(row.createdAt)} stays: ${messageOf(error)}`);
    }
  }
  if (gone > 0) job.say(`removed ${plural(gone, "backup")} that no rule keeps`);
  return gone;
}

async function remove(row: BackupRow, reasons: readonly string[], { signal }: PruneWork): Promise<void> {
  const intent = { source: row.sourceKey, createdAt: timestamp(row.createdAt), reasons };
  const asked = { actor: "schedule", address: "", action: "backup.delete", subject: row.id, intent };
  const letGo = await holdNames([`backup ${row.id}`], AbortSignal.timeout(MOMENT)).catch((cause: unknown) => {
    throw new AppError("conflict", "a job works with it", { cause });
  });
  await audited(asked, async () => {
    try {
      await discardBackup(row, signal);
    } catch (error) {
      // a destination that is away for weeks must not fill this disk
      if (error instanceof AppError && !signal.aborted) await discardHere(row);
      throw error;
    }
  }).finally(letGo);
}
