import { db } from "#lib/db/client.ts";
import type { Job as Row } from "#lib/db/generated/client.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { JOB_STATES, type Job, type JobState, type JobWithLog, jobSchema } from "./job.ts";

export type LogLine = JobWithLog["log"][number];

/** Adds the row of a job that has not begun. Throws when it cannot be written: then there is no job. */
export async function createJob(job: Job): Promise<void> {
  await db().job.create({ data: { id: job.id, createdAt: new Date(job.createdAt), ...columnsOf(job, []) } });
}

/** Writes what became of it. */
export async function saveJob(job: Job, log: readonly LogLine[]): Promise<void> {
  await db().job.updateMany({ where: { id: job.id }, data: columnsOf(job, log) });
}

/** One job with its log; null when there is none by this id. */
export async function loadJob(id: string): Promise<JobWithLog | null> {
  const row = await db().job.findUnique({ where: { id } });
  return row && { ...jobOf(row), log: JSON.parse(row.log) as LogLine[] };
}

/** Newest first: those before `before`, an id, where it is told. */
export async function loadJobs(
  filter: {
    state?: JobState | undefined;
    subject?: string | undefined;
    /** made at this time or before */
    until?: Date | undefined;
  },
  { limit, before }: { limit: number; before: string | null },
): Promise<Job[]> {
  const rows = await db().job.findMany({
    where: {
      ...(filter.state ? { state: filter.state } : {}),
      ...(filter.subject ? { subject: filter.subject } : {}),
      ...(filter.until ? { createdAt: { lte: filter.until } } : {}),
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: limit,
    ...(before === null ? {} : { cursor: { id: before }, skip: 1 }),
    omit: { log: true },
  });
  return rows.map((row) => jobOf({ ...row, log: "[]" }));
}

/** Jobs that a run of the server before this one has left under way. */
export async function loadUnfinished(): Promise<JobWithLog[]> {
  const rows = await db().job.findMany({ where: { state: { in: ["queued", "running"] } } });
  return rows.map((row) => ({ ...jobOf(row), log: JSON.parse(row.log) as LogLine[] }));
}

/** Forgets all but the newest `keep` jobs that have ended, and those that can still be undone. */
export async function forgetOld(keep: number): Promise<void> {
  const oldest = await db().job.findMany({
    where: { finishedAt: { not: null } },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    skip: keep,
    take: 500,
    select: { id: true, result: true },
  });
  const over = oldest.filter(({ result }) => !isUndoable(result)).map(({ id }) => id);
  if (over.length > 0) await db().job.deleteMany({ where: { id: { in: over } } });
}

function isUndoable(result: string | null): boolean {
  const until: unknown = result === null ? null : JSON.parse(result)?.undoUntil;
  return typeof until === "string" && Date.parse(until) > Date.now();
}

function columnsOf(job: Job, log: readonly LogLine[]) {
  const date = (time: string | null) => time && new Date(time);
  const { kind, subject, title, actor, state, message } = job;
  return {
    ...{ kind, subject, title, actor, state, message },
    steps: JSON.stringify(job.steps),
    log: JSON.stringify(log),
    progress: job.progress && JSON.stringify(job.progress),
    result: job.result && JSON.stringify(job.result),
    error: job.error && JSON.stringify(job.error),
    startedAt: date(job.startedAt),
    finishedAt: date(job.finishedAt),
  };
}

function jobOf(row: Row): Job {
  const time = (at: Date | null) => at && timestamp(at);
  const parsed = (text: string | null) => (text === null ? null : JSON.parse(text));
  const { id, kind, subject, title, actor, message } = row;
  return jobSchema.parse({
    ...{ id, kind, subject, title, actor, message },
    state: JOB_STATES.find((state) => state === row.state) ?? "failed",
    steps: JSON.parse(row.steps),
    quiesced: [],
    progress: parsed(row.progress),
    cancel: null,
    result: parsed(row.result),
    error: parsed(row.error),
    createdAt: timestamp(row.createdAt),
    startedAt: time(row.startedAt),
    finishedAt: time(row.finishedAt),
  });
}
