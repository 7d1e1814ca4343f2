/** Undoes a restore in place by its safety copy, for as long as that is kept for it. */
import type { Job } from "#lib/jobs/job.ts";
import { readJob } from "#lib/jobs/read.ts";
import { AppError } from "#lib/platform/errors.ts";
import { inPlaceOf } from "./in-place.ts";
import { requireBackup } from "./read.ts";
import { startInPlace } from "./restore.ts";

/** Throws AppError `not_found`; `conflict` for a job that cannot be undone, or not any more. */
export async function startUndo(id: string, actor: string): Promise<Job> {
  const job = await readJob(id);
  if (!job) throw new AppError("not_found", "There is no such job. GET /api/v1/jobs lists them");
  const safety = job.result?.safety;
  const isRestore = (job.kind === "restore" || job.kind === "undo") && typeof safety === "string";
  if (!isRestore || job.finishedAt === null)
    throw new AppError("conflict", "Only a restore in place that has ended and made its safety copy can be undone");
  const until = job.result?.undoUntil;
  if (typeof until === "string" && Date.parse(until) < Date.now())
    throw new AppError("conflict", `This could be undone until ${until}. Backups of before it may still be there`);
  const row = await requireBackup(safety);
  return startInPlace(row, await inPlaceOf(row), { kind: "undo", actor });
}
