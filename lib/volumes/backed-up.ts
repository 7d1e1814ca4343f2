/** What backups and plans say of sources, by their keys: read once for all of them. */

import { nextAfter } from "#lib/backups/plans/cron.ts";
import { listPlans, type PlanRow } from "#lib/backups/plans/store.ts";
import { wordsOf } from "#lib/backups/plans/words.ts";
import { keepWords } from "#lib/format/keep-words.ts";
import { jobAbout } from "#lib/jobs/read.ts";
import { timestamp } from "#lib/platform/clock.ts";
import type { Volume } from "./shapes.ts";
import {
  type BackupInShort,
  readDestinationNames,
  readFailedBackups,
  readNewestBackups,
  readNewestDrills,
} from "./store.ts";

export interface BackupFacts {
  lastBackup: Volume["lastBackup"];
  lastDrill: Volume["lastDrill"];
  schedule: Volume["schedule"];
  overdue: boolean;
  job: string | null;
}

/** milliseconds that a run may be late: longer than any takes to begin */
const LATE = 3_600_000;

/** Answers for one key after another. */
export async function readBackupFacts(): Promise<(sourceKey: string) => BackupFacts> {
  const [newest, drills, failures, plans, names] = await Promise.all([
    readNewestBackups(),
    readNewestDrills(),
    readFailedBackups(),
    listPlans(),
    readDestinationNames(),
  ]);
  const byKey = new Map<string, PlanRow>();
  // of several plans of one source the one that runs next speaks for it, and one that is off for nothing but itself
  for (const plan of plans) {
    const known = byKey.get(plan.sourceKey);
    if (!known || isSooner(plan, known)) byKey.set(plan.sourceKey, plan);
  }
  return (key) => {
    const last = newest.get(key) ?? null;
    const plan = byKey.get(key);
    const failed = (failures.get(key) ?? []).filter((at) => !last || at > last.createdAt).length;
    return {
      lastBackup: last && {
        id: last.id,
        createdAt: timestamp(last.createdAt),
        size: last.size,
        verifiedAt: last.verifiedAt && timestamp(last.verifiedAt),
        damage: null,
      },
      lastDrill: drills.get(key) ?? null,
      schedule: plan ? scheduleOf(plan, failed, names) : null,
      overdue: plan !== undefined && isOverdue(plan, last),
      job: jobAbout(key)?.id ?? null,
    };
  };
}

function scheduleOf(plan: PlanRow, failed: number, names: ReadonlyMap<string, string>): Volume["schedule"] {
  const destinations = plan.destinations.map((id) => names.get(id) ?? id);
  return {
    id: plan.id,
    words: wordsOf(plan.cron),
    enabled: plan.enabled,
    nextRun: plan.enabled && plan.dueAt ? timestamp(plan.dueAt) : null,
    keeps: [keepWords(plan.keep), ...destinations].join(", "),
    destinations: plan.destinations,
    failed,
  };
}

/** A time of the plan has passed since the newest good one, and no good one came of it. */
function isOverdue(plan: PlanRow, last: BackupInShort | null): boolean {
  if (!plan.enabled) return false;
  const since = last && last.createdAt > plan.createdAt ? last.createdAt : plan.createdAt;
  const due = nextAfter(plan.cron, plan.timezone, since);
  return due !== null && Date.now() - due.getTime() > LATE;
}

function isSooner(one: PlanRow, other: PlanRow): boolean {
  if (one.enabled !== other.enabled) return one.enabled;
  return (one.dueAt?.getTime() ?? Number.POSITIVE_INFINITY) < (other.dueAt?.getTime() ?? Number.POSITIVE_INFINITY);
}
