/** Removes a backup: its copies, its archive, its row; never the last good one of what is still there by mistake. */
import { holdNames } from "#lib/jobs/run.ts";
import { AppError } from "#lib/platform/errors.ts";
import { isKind, openIntents } from "./intents.ts";
import { discardBackup } from "./plans/discard.ts";
import { requireBackup } from "./read.ts";
import { resolveSource } from "./sources.ts";
import { type BackupRow, backupOf, countGoodBeside, extraOf } from "./store.ts";

/** milliseconds that whoever reads it gets to end */
const PATIENCE = 15_000;

/** Throws AppError `not_found`; `conflict` while a job works with it, and with `confirm` where it is the last good one. */
export async function removeBackup(id: string, { confirm }: { confirm?: string | undefined } = {}): Promise<void> {
  const row = await requireBackup(id);
  const { title } = extraOf(row);
  if (confirm !== title && (await isLastGood(row)))
    throw new AppError("conflict", `This is the last good backup of ${title}. Send its name as \`confirm\``, {
      extensions: { confirm: title, typed: true },
    });
  const letGo = await holdNames([`backup ${id}`], AbortSignal.timeout(PATIENCE)).catch((cause: unknown) => {
    throw new AppError("conflict", "A job works with this backup: try again when it has ended", { cause });
  });
  try {
    const intents = await openIntents();
    if (intents.some((intent) => isKind(intent, "refill") && intent.body.safety === id))
      throw new AppError("conflict", "A restore under way would go back to this backup: try again when it has ended");
    await discardBackup(await requireBackup(id), AbortSignal.timeout(10 * 60_000));
  } finally {
    letGo();
  }
}

async function isLastGood(row: BackupRow): Promise<boolean> {
  if (row.damage !== null || (await countGoodBeside(row.sourceKey, row.id)) > 0) return false;
  try {
    await resolveSource(backupOf(row).source);
    return true;
  } catch (error) {
    // nobody can make another one then: what is not there may just be away
    return !(error instanceof AppError && error.code === "not_found");
  }
}
