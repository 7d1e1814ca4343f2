/** Plans as people make, see and change them. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type Access, reaches } from "#lib/auth/access.ts";
import { readJob } from "#lib/jobs/read.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { AppError } from "#lib/platform/errors.ts";
import { type NewSchedule, newScheduleSchema, type Schedule } from "../shapes.ts";
import { resolveSource } from "../sources.ts";
import { checkPlaces, others } from "./check-places.ts";
import { checkCron, nextAfter, nextTimes } from "./cron.ts";
import { wakePlans } from "./scheduler.ts";
import { deletePlan, findPlan, insertPlan, listPlans, type PlanRow, updatePlan } from "./store.ts";
import { titleOf } from "./subject.ts";
import { wordsOf } from "./words.ts";

const { source: _, keep, ...rest } = newScheduleSchema.shape;

/** What of a plan can be changed; what is left out stays, in `keep` too. */
export const scheduleChangeSchema = z.strictObject({
  cron: rest.cron.optional(),
  timezone: rest.timezone.optional(),
  keep: z
    .strictObject({
      last: keep.shape.last.unwrap().optional(),
      daily: keep.shape.daily.unwrap().optional(),
      weekly: keep.shape.weekly.unwrap().optional(),
      monthly: keep.shape.monthly.unwrap().optional(),
    })
    .optional(),
  consistency: rest.consistency.unwrap().optional(),
  enabled: rest.enabled.unwrap().optional(),
  include: rest.include.unwrap().optional(),
  exclude: rest.exclude.unwrap().optional(),
  destinations: rest.destinations.unwrap().optional(),
  encryption: rest.encryption.unwrap().optional(),
  engine: rest.engine.unwrap().optional(),
  drillCron: rest.drillCron.unwrap().optional(),
});

type ScheduleChange = z.infer<typeof scheduleChangeSchema>;

/** Plans of sources that this caller may know of, in the order of their making. */
export async function listSchedules(access: Access): Promise<Schedule[]> {
  const plans = (await listPlans()).filter(({ sourceKey }) => reaches(access, sourceKey));
  return Promise.all(plans.map((plan) => shown(plan)));
}

/** Throws AppError `not_found`, also for one that this caller may not know of. */
export async function requirePlan(id: string, access: Access): Promise<PlanRow> {
  const plan = await findPlan(id);
  if (!plan || !reaches(access, plan.sourceKey))
    throw new AppError("not_found", `There is no plan ${id}. GET /api/v1/schedules lists them`);
  return plan;
}

/** Throws AppError `validation` for times, places or keys that there are not, `not_found` for a source that there is not. */
export async function createSchedule(wanted: NewSchedule): Promise<Schedule> {
  await checkPlan(wanted);
  const { key } = await resolveSource(wanted.source);
  const plan: PlanRow = {
    ...wanted,
    destinations: others(wanted.destinations),
    ...{ id: randomUUID(), sourceKey: key, createdAt: new Date() },
    ...{ lastRunAt: null, lastJob: null, lastDrillAt: null },
    ...dueTimes(wanted, new Date()),
  };
  await insertPlan(plan);
  wakePlans();
  return shown(plan);
}

/** Throws as `createSchedule`. What was missed while it was off or ran at other times is not made up. */
export async function changeSchedule(plan: PlanRow, { keep: numbers, ...change }: ScheduleChange): Promise<Schedule> {
  const after = { ...plan, ...present(change), keep: { ...plan.keep, ...present(numbers ?? {}) } };
  await checkPlan(after);
  const isMoved = (["cron", "timezone", "enabled", "drillCron"] as const).some((name) => after[name] !== plan[name]);
  const { id, source: _, sourceKey: __, createdAt: ___, ...columns } = after;
  const { lastRunAt: _a, lastJob: _b, lastDrillAt: _c, dueAt: _d, drillDueAt: _e, ...wanted } = columns;
  await updatePlan(id, {
    ...wanted,
    destinations: others(wanted.destinations),
    ...(isMoved ? dueTimes(after, new Date()) : {}),
  });
  wakePlans();
  return shown((await findPlan(id))!);
}

/** What it has made stays. */
export async function deleteSchedule(plan: PlanRow): Promise<void> {
  await deletePlan(plan.id);
  wakePlans();
}

/** What an expression means, before a plan is made of it. Throws AppError `validation`. */
export function previewCron(cron: string, timezone: string): { words: string; nextRuns: string[] } {
  checkCron(cron, timezone);
  return { words: wordsOf(cron), nextRuns: upcoming(cron, timezone) };
}

/** A plan as the API tells it. */
export async function shown(plan: PlanRow): Promise<Schedule> {
  const { sourceKey: _, createdAt: __, lastRunAt, lastJob, lastDrillAt: _a, dueAt, drillDueAt, ...rest } = plan;
  const { cron, timezone, enabled, drillCron } = plan;
  const job = lastJob === null ? null : await readJob(lastJob);
  const next = enabled ? (dueAt ?? nextAfter(cron, timezone, new Date())) : null;
  return {
    ...rest,
    title: titleOf(plan.source),
    words: wordsOf(cron),
    nextRun: next && timestamp(next),
    nextRuns: next
      ? [timestamp(next), ...upcoming(cron, timezone, new Date(Math.max(next.getTime(), Date.now())))].slice(0, 3)
      : [],
    lastRun:
      lastRunAt && lastJob !== null
        ? { at: timestamp(lastRunAt), job: lastJob, state: job?.state ?? "unknown", message: job?.message ?? "" }
        : null,
    drillWords: drillCron === null ? null : wordsOf(drillCron),
    nextDrill: enabled && drillDueAt ? timestamp(drillDueAt) : null,
  };
}

function upcoming(cron: string, timezone: string, after = new Date()): string[] {
  return nextTimes(cron, timezone, { after, count: 3 }).map((time) => timestamp(time));
}

function dueTimes(
  { cron, timezone, enabled, drillCron }: NewSchedule,
  now: Date,
): Pick<PlanRow, "dueAt" | "drillDueAt"> {
  if (!enabled) return { dueAt: null, drillDueAt: null };
  return {
    dueAt: nextAfter(cron, timezone, now),
    drillDueAt: drillCron === null ? null : nextAfter(drillCron, timezone, now),
  };
}

async function checkPlan(wanted: NewSchedule): Promise<void> {
  checkCron(wanted.cron, wanted.timezone);
  if (wanted.drillCron !== null) checkCron(wanted.drillCron, wanted.timezone, "drillCron");
  await checkPlaces(wanted);
}

function present<T extends object>(change: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
