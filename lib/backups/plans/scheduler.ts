/**
 * Runs plans when they are due. A due time is taken in the database before its run begins, so that a crash at any moment
 * neither repeats nor loses it: taken without a job, it is made up at the next start; missed while the server was off, once
 * for all that were missed; cut off by a restart, once more, and not again if that is cut off too.
 */
import { logger } from "#lib/platform/logger.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { nextAfter } from "./cron.ts";
import { claimDrill, claimRun, listPlans, type PlanRow, plannedJobs, updatePlan } from "./store.ts";

/** Whom the trail and the jobs name. */
export const SCHEDULER = "schedule";

/** The clock of the wall can jump while a timer sleeps by another: it is looked at this often, in milliseconds. */
const MOST_SLEEP = 30_000;
const DAY = 86_400_000;

export interface PlanWork {
  /** Begins a backup; its job's id. Throws where none could be begun. */
  backup(plan: PlanRow): Promise<string>;
  /** True where what could not be begun can be a moment later: the engines may still be starting. */
  isWorthWaiting(error: unknown): boolean;
  /** Writes a job that has failed, so that a plan whose source is gone says so; its id. */
  failed(plan: PlanRow, error: unknown): Promise<string>;
  /** True while this job waits or runs. */
  isLive(job: string): boolean;
  /** Tries the newest good backup; null where there is none. */
  drill(plan: PlanRow): Promise<string | null>;
  /** What is due beside plans: called once a look. */
  tidy(now: Date): Promise<void>;
}

/** Looks at all plans for as long as the server lives. */
export async function watchPlans(signal: AbortSignal, work: PlanWork): Promise<void> {
  const log = logger("plans");
  await settle(new Date(), work).catch((err: unknown) => log.error({ err }, "runs that were cut off are not made up"));
  while (!signal.aborted) {
    let next: Date | null = null;
    try {
      next = await look(new Date(), work);
    } catch (err) {
      log.error({ err }, "plans could not be looked at");
    }
    await awake(next, signal);
  }
}

/** Something about plans has changed: the next due time may be sooner than the timer's. */
export function wakePlans(): void {
  const waker = sleeper();
  waker.isWoken = true;
  waker.wake();
}

// woken while it looks, it looks again
const sleeper = () =>
  singleton<{ isWoken: boolean; wake: () => void }>("plans-sleeper", () => ({ isWoken: false, wake: () => undefined }));

/** Begins what is due now; when the next is due. */
export async function look(now: Date, work: PlanWork): Promise<Date | null> {
  let soonest = Number.POSITIVE_INFINITY;
  for (const plan of await listPlans({ enabled: true })) {
    try {
      for (const due of [await runIfDue(plan, now, work), await drillIfDue(plan, now, work)])
        if (due) soonest = Math.min(soonest, due.getTime());
    } catch (err) {
      logger("plans").error({ err, plan: plan.id }, "a plan could not be run");
    }
  }
  await work.tidy(now);
  return Number.isFinite(soonest) ? new Date(soonest) : null;
}

/** At start: what was begun and has no job, or was cut off once, is due again. */
export async function settle(now: Date, work: PlanWork): Promise<void> {
  for (const plan of await listPlans({ enabled: true })) {
    if (plan.lastRunAt === null || (plan.lastJob !== null && work.isLive(plan.lastJob))) continue;
    const jobs = await plannedJobs(plan.sourceKey, SCHEDULER, 2);
    if (plan.lastJob === null) {
      const begun = jobs.find(({ createdAt }) => createdAt >= plan.lastRunAt!);
      await updatePlan(plan.id, begun ? { lastJob: begun.id } : { dueAt: now });
      if (!begun || !isCutOffOnce(jobs, begun.id)) continue;
    }
    if (plan.lastJob !== null && !isCutOffOnce(jobs, plan.lastJob)) continue;
    await updatePlan(plan.id, { dueAt: now });
  }
}

function isCutOffOnce(jobs: readonly { id: string; interrupted: boolean }[], last: string): boolean {
  return jobs[0]?.id === last && jobs[0].interrupted && !jobs[1]?.interrupted;
}

async function runIfDue(plan: PlanRow, now: Date, work: PlanWork): Promise<Date | null> {
  const due = dueNow(plan.dueAt, plan.lastRunAt, { cron: plan.cron, timezone: plan.timezone, now });
  if (due.at?.getTime() !== plan.dueAt?.getTime()) await updatePlan(plan.id, { dueAt: due.at });
  if (!due.is) return due.at;
  const next = nextAfter(plan.cron, plan.timezone, now);
  if (plan.lastJob !== null && work.isLive(plan.lastJob)) {
    logger("plans").warn({ plan: plan.id, job: plan.lastJob }, "the last run is still under way: this one is left out");
    await updatePlan(plan.id, { dueAt: next });
    return next;
  }
  if (!(await claimRun({ ...plan, dueAt: due.at }, { at: now, next }))) return null;
  try {
    await updatePlan(plan.id, { lastJob: await work.backup(plan) });
  } catch (error) {
    if (!work.isWorthWaiting(error)) {
      await updatePlan(plan.id, { lastJob: await work.failed(plan, error) });
      return next;
    }
    const again = new Date(now.getTime() + MOST_SLEEP);
    await updatePlan(plan.id, { dueAt: again, lastRunAt: plan.lastRunAt, lastJob: plan.lastJob });
    return again;
  }
  return next;
}

async function drillIfDue(plan: PlanRow, now: Date, work: PlanWork): Promise<Date | null> {
  if (plan.drillCron === null) return null;
  const due = dueNow(plan.drillDueAt, plan.lastDrillAt, { cron: plan.drillCron, timezone: plan.timezone, now });
  if (due.at?.getTime() !== plan.drillDueAt?.getTime()) await updatePlan(plan.id, { drillDueAt: due.at });
  if (!due.is) return due.at;
  const next = nextAfter(plan.drillCron, plan.timezone, now);
  if (!(await claimDrill({ ...plan, drillDueAt: due.at }, { at: now, next }))) return null;
  if ((await work.drill(plan)) === null) logger("plans").warn({ plan: plan.id }, "there is no good backup to try");
  return next;
}

/**
 * When it is due, and whether that is now. A due time that lies further ahead than the next there is was reckoned by a clock
 * that has been set back since: it comes forward, but not to a time that was run shortly before.
 */
function dueNow(
  dueAt: Date | null,
  lastAt: Date | null,
  { cron, timezone, now }: { cron: string; timezone: string; now: Date },
): { at: Date | null; is: boolean } {
  if (dueAt !== null && dueAt <= now) return { at: dueAt, is: true };
  const isJustRun = lastAt !== null && lastAt > now && lastAt.getTime() - now.getTime() < DAY;
  const next = nextAfter(cron, timezone, isJustRun ? lastAt : now);
  return { at: dueAt !== null && next !== null && dueAt <= next ? dueAt : next, is: false };
}

/** Until then, until something changes, or until the clock is looked at again. */
function awake(next: Date | null, signal: AbortSignal): Promise<void> {
  const sleep = Math.min(MOST_SLEEP, Math.max(0, (next?.getTime() ?? Number.POSITIVE_INFINITY) - Date.now()));
  const waker = sleeper();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      waker.isWoken = false;
      waker.wake = () => undefined;
      resolve();
    };
    const timer = setTimeout(done, sleep);
    signal.addEventListener("abort", done, { once: true });
    waker.wake = done;
    if (signal.aborted || waker.isWoken) done();
  });
}
