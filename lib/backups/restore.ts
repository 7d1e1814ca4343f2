/** Starts a restore: what is asked for is looked at while the caller waits, the work is a job. */
import type { Job } from "#lib/jobs/job.ts";
import { liveJobs, startJob } from "#lib/jobs/run.ts";
import { AppError } from "#lib/platform/errors.ts";
import { type InPlace, inPlaceOf, refuseUnsettled, usersToStop } from "./in-place.ts";
import { requireBackup } from "./read.ts";
import { restoreAside } from "./restore-aside.ts";
import { replaceInPlace } from "./restore-in-place.ts";
import { locksOf } from "./run.ts";
import type { Restore } from "./shapes.ts";
import { type BackupRow, extraOf } from "./store.ts";
import { addressFor, findVolume, volumeId } from "./volume-at.ts";

/** Throws AppError `not_found`; `conflict` with the reason where it cannot be done, and with `confirm` where that was not typed. */
export async function startRestore(id: string, wanted: Restore, actor: string): Promise<Job> {
  const row = await requireBackup(id);
  if ("inPlace" in wanted) {
    const place = await inPlaceOf(row);
    if (wanted.confirm !== place.confirm)
      throw new AppError("conflict", `This replaces all that is in ${place.confirm}. Send its name as \`confirm\``, {
        extensions: { confirm: place.confirm, typed: true },
      });
    return startInPlace(row, place, { kind: "restore", actor });
  }
  const volume = addressFor(wanted.target.volume, row.sourceKey);
  if (await findVolume(volume))
    throw new AppError("conflict", `There is a volume ${volume.name} already: say another name, or restore in place`);
  const subject = volumeId(volume);
  const paths = "paths" in wanted ? wanted.paths : null;
  const job = { kind: paths ? ("files" as const) : ("restore" as const), subject, title: volume.name, actor };
  return startJob({ ...job, locks: [`backup ${id}`, `source ${subject}`] }, (handle) =>
    restoreAside(handle, row, { volume, paths }),
  );
}

/** Throws AppError `conflict` where it cannot be done. */
export async function startInPlace(
  row: BackupRow,
  place: InPlace,
  { kind, actor }: { kind: "restore" | "undo"; actor: string },
): Promise<Job> {
  if (place.refusal !== null) throw new AppError("conflict", place.refusal);
  const live = new Set(liveJobs().map(({ job }) => job.id));
  await refuseUnsettled(place, (job) => live.has(job));
  const { title } = extraOf(row);
  const locks = [`backup ${row.id}`, ...locksOf({ ...place.resolved, users: usersToStop(place) })];
  return startJob({ kind, subject: row.sourceKey, title, actor, locks }, (job) => replaceInPlace(job, row.id));
}
