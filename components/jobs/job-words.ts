/** What a job is, how far it is and how it ended, in words. */
import { amount, formatBytes, ofLimit } from "#lib/format/bytes.ts";
import { formatDuration } from "#lib/format/duration.ts";
import { formatDay } from "#lib/format/exact-time.ts";
import { plural } from "#lib/format/plural.ts";
import type { Job, JobKind, JobStep } from "#lib/jobs/job.ts";

interface KindWords {
  /** `Back up wa-db` */
  verb: string;
  /** `Backing up wa-db` */
  doing: string;
  /** `wa-db was not …` */
  failed: string;
}

export const KIND_WORDS: Record<JobKind, KindWords> = {
  backup: { verb: "Back up", doing: "Backing up", failed: "backed up" },
  verify: { verb: "Verify", doing: "Verifying", failed: "verified" },
  drill: { verb: "Drill", doing: "Drilling", failed: "drilled" },
  restore: { verb: "Restore", doing: "Restoring", failed: "restored" },
  undo: { verb: "Undo restore of", doing: "Putting back", failed: "put back" },
  files: { verb: "Restore files of", doing: "Restoring files", failed: "restored" },
  import: { verb: "Import", doing: "Importing", failed: "imported" },
  clone: { verb: "Clone", doing: "Cloning", failed: "cloned" },
  delete: { verb: "Delete", doing: "Deleting", failed: "deleted" },
  prune: { verb: "Clear old backups of", doing: "Clearing old backups", failed: "cleared" },
};

export function isOver({ state }: Pick<Job, "state">): boolean {
  return state === "succeeded" || state === "failed" || state === "cancelled";
}

/** 0 to 1 of what it does now; null while it cannot be told. */
export function shareOf({ progress }: Pick<Job, "progress">): number | null {
  if (!progress?.total) return null;
  return Math.min(1, progress.done / progress.total);
}

/** `62 %, 24 of 38 MB, about 4 s left`. */
export function progressWords(job: Pick<Job, "progress" | "state">): string {
  if (job.state === "queued") return "waits its turn";
  if (!job.progress) return "";
  const share = shareOf(job);
  return [share === null ? null : `${Math.floor(share * 100)} %`, doneWords(job.progress), leftWords(job.progress.left)]
    .filter(Boolean)
    .join(", ");
}

/** `about 4 s left`; null while it cannot be told. */
export function leftWords(left: number | null | undefined): string | null {
  return left === null || left === undefined ? null : `about ${formatDuration(Math.max(1, Math.round(left)))} left`;
}

/** `48 MB/s`, `1200 files/s`; null while it is not known. */
export function rateWords(progress: Job["progress"]): string | null {
  if (!progress || progress.rate === null || progress.unit === "steps") return null;
  if (progress.unit === "bytes") return `${formatBytes(progress.rate)}/s`;
  return `${Math.round(progress.rate)} files/s`;
}

/** How long a step took: `0.2 s`, `42 s`, `3 min`. */
export function formatSeconds(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(1)} s` : formatDuration(seconds);
}

/** What stands behind a step on one line: the rate of the one that runs, the time of the one that ran. */
export function stepFigure(step: JobStep, progress: Job["progress"]): string | null {
  if (step.state === "running") return rateWords(progress);
  return step.seconds === null || step.state === "waiting" ? null : formatSeconds(step.seconds);
}

/** How it ended, or what it does now, in a sentence. */
export function outcomeWords(job: Job): string {
  if (job.state === "failed") return localTimes(job.error?.detail || job.message || "It failed, and left no reason.");
  if (job.state === "cancelled") return localTimes(job.message || "cancelled");
  return localTimes(job.message);
}

const MOMENT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** The server's moments by the reader's clock: `2025-11-14T03:00:12Z` becomes `Fri 14 Nov, 03:00`. */
export function localTimes(text: string): string {
  return text.replace(MOMENT, (moment) => formatDay(moment));
}

/** `2 services are stopped`; null when none is. */
export function quiescedWords({ quiesced }: Pick<Job, "quiesced">): string | null {
  if (quiesced.length === 0) return null;
  return `${plural(quiesced.length, "service")} ${quiesced.length === 1 ? "is" : "are"} stopped`;
}

function doneWords({ done, total, unit }: NonNullable<Job["progress"]>): string {
  if (unit === "bytes") {
    if (total === null) return formatBytes(done);
    const { used, limit } = ofLimit(amount(done), amount(total));
    return `${used} of ${limit}`;
  }
  const of = total === null ? "" : ` of ${total}`;
  return unit === "files" ? `${done}${of} files` : `step ${Math.min(done + 1, total ?? done + 1)}${of}`;
}
