import type { Job } from "#lib/jobs/job.ts";

const SEVEN_DAYS = 7 * 24 * 3_600_000;

/** Until when a restore in place can be undone; null where it cannot. */
export function undoUntil({ kind, state, result, finishedAt }: Job): string | null {
  if (kind !== "restore" || state !== "succeeded" || !result || finishedAt === null) return null;
  if (typeof result.undoUntil === "string") return result.undoUntil;
  return result.inPlace === true || typeof result.safety === "string"
    ? new Date(Date.parse(finishedAt) + SEVEN_DAYS).toISOString()
    : null;
}
