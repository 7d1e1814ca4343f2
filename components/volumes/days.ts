/** The last two weeks of backups, day by day. */
import type { Backup } from "#lib/backups/shapes.ts";
import type { Job } from "#lib/jobs/job.ts";

export const DAYS = 14;

export interface Day {
  /** its first moment by the reader's clock, milliseconds */
  from: number;
  /** of the largest backup of that day */
  size: number;
  state: "good" | "bad" | "none";
}

/** Oldest first, today last. A day is bad when its only backups are damaged, or when a run failed and none came after. */
export function daysOf(
  backups: readonly Pick<Backup, "createdAt" | "size" | "damage">[],
  jobs: readonly Pick<Job, "kind" | "state" | "createdAt">[],
  now: number,
): Day[] {
  return Array.from({ length: DAYS }, (_, index) => {
    const from = startOfDay(now, index + 1 - DAYS);
    const to = startOfDay(now, index + 2 - DAYS);
    const within = ({ createdAt }: { createdAt: string }) => {
      const at = Date.parse(createdAt);
      return at >= from && at < to;
    };
    const made = backups.filter(within);
    const good = made.filter(({ damage }) => damage === null);
    const failed = jobs.some((job) => job.kind === "backup" && job.state === "failed" && within(job));
    const state = good.length > 0 ? "good" : made.length > 0 || failed ? "bad" : "none";
    return { from, size: Math.max(0, ...made.map(({ size }) => size)), state };
  });
}

/** `14 of 14 good`: of the days since there are backups. */
export function daysWords(days: readonly Day[]): string {
  const first = days.findIndex(({ state }) => state !== "none");
  if (first < 0) return "none";
  const since = days.slice(first);
  // today's run may be still to come
  const counted = since.at(-1)?.state === "none" ? since.slice(0, -1) : since;
  return `${counted.filter(({ state }) => state === "good").length} of ${counted.length} good`;
}

function startOfDay(now: number, shift: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + shift).getTime();
}
