/** Plans and what they set going, put together for the life of the server. */
import { audited } from "#lib/audit/audited.ts";
import type { Job } from "#lib/jobs/job.ts";
import { liveJobs, startJob } from "#lib/jobs/run.ts";
import { startedAt } from "#lib/platform/clock.ts";
import { AppError } from "#lib/platform/errors.ts";
import { startDrill } from "../drill.ts";
import { newestGood } from "../read.ts";
import { hasRestic } from "../restic/probe.ts";
import { hasRepository } from "../restic/repository.ts";
import { tidyRepository } from "../restic/restic.ts";
import { startBackup } from "../run.ts";
import type { NewBackup } from "../shapes.ts";
import { applyRetention } from "./prune.ts";
import { type PlanWork, SCHEDULER, watchPlans } from "./scheduler.ts";
import { type PlanRow, sourcesToPrune, updatePlan } from "./store.ts";
import { titleOf } from "./subject.ts";

/** How often what nobody needs any more is looked for, in milliseconds. */
const TIDY = 24 * 3_600_000;
/** After a reboot the engines come up with this server, or a little later, in milliseconds. */
const STARTING = 3 * 60_000;

/** Runs plans until the signal aborts. What a crash has left half done has to be put right before. */
export function runSchedules(signal: AbortSignal): Promise<void> {
  return watchPlans(signal, work());
}

/** Runs a plan now, beside its times. Throws as `startBackup`. */
export async function runPlan(plan: PlanRow, actor: string): Promise<Job> {
  const at = new Date();
  const job = await startBackup(orderOf(plan), { actor, schedule: plan.id });
  await updatePlan(plan.id, { lastRunAt: at, lastJob: job.id });
  return job;
}

function orderOf(plan: PlanRow): NewBackup {
  const { source, consistency, include, exclude, destinations, encryption, engine } = plan;
  return {
    ...{ source, consistency, include, exclude, destinations, engine },
    ...(encryption === null ? {} : { encryption }),
  };
}

function work(): PlanWork {
  let tidied = Number.NEGATIVE_INFINITY;
  return {
    async backup(plan) {
      const intent = { schedule: plan.id, cron: plan.cron };
      const asked = { actor: SCHEDULER, address: "", action: "backup.create", subject: plan.sourceKey, intent };
      const by = { actor: SCHEDULER, schedule: plan.id };
      return (await audited(asked, () => startBackup(orderOf(plan), by))).id;
    },
    isWorthWaiting: (error) => error instanceof AppError && Date.now() - startedAt().getTime() < STARTING,
    async failed(plan, error) {
      const { id } = await startJob(jobOf("backup", plan), () => Promise.reject(error));
      return id;
    },
    isLive: (id) => liveJobs().some(({ job }) => job.id === id),
    async drill(plan) {
      const good = await newestGood(plan.sourceKey, plan.id);
      if (!good) return null;
      const intent = { schedule: plan.id, cron: plan.drillCron };
      const asked = { actor: SCHEDULER, address: "", action: "backup.drill", subject: good.id, intent };
      return (await audited(asked, () => startDrill(good.id, SCHEDULER))).id;
    },
    async tidy(now) {
      if (performance.now() - tidied < TIDY) return;
      tidied = performance.now();
      for (const key of await sourcesToPrune(now))
        await startJob({ ...jobOf("prune", { sourceKey: key }), locks: [`source ${key}`] }, async (job) => ({
          removed: await applyRetention(key, job),
        }));
      if ((await hasRestic()) && (await hasRepository()))
        await startJob({ ...jobOf("prune", { sourceKey: "restic" }), locks: ["restic"] }, async ({ signal }) => {
          await tidyRepository(signal);
          return null;
        });
    },
  };
}

function jobOf(kind: "backup" | "prune", plan: Pick<PlanRow, "sourceKey"> & Partial<Pick<PlanRow, "source">>) {
  const { sourceKey: subject, source } = plan;
  const title = source ? titleOf(source) : subject.slice(subject.lastIndexOf("/") + 1);
  return { kind, subject, title, actor: SCHEDULER, locks: [] };
}
