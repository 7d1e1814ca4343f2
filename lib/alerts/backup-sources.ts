/** What there is to be backed up, as rules about backups look at it. */
import { accessOf } from "#lib/auth/access.ts";
import { listPlans } from "#lib/backups/plans/store.ts";
import { titleOf } from "#lib/backups/plans/subject.ts";
import { sourceKeyOf } from "#lib/backups/source-key.ts";
import { readBackupFacts } from "#lib/volumes/backed-up.ts";
import { readCoverage } from "#lib/volumes/coverage.ts";
import type { Source } from "./watch-backups.ts";

const EVERYTHING = accessOf({ role: "admin", verbs: null, services: null });

/**
 * Sources that have a plan; with `all` those too that have none, and the services that use each. The latter asks every
 * supervisor: only where a rule needs it.
 */
export async function backupSources({ all }: { all: boolean }): Promise<Source[]> {
  const [facts, plans] = await Promise.all([readBackupFacts(), listPlans({ enabled: true })]);
  const planned = new Map(
    plans.map(({ sourceKey: key, source, createdAt }): [string, Source] => {
      const { lastBackup, overdue } = facts(key);
      const plan = { isLate: overdue, since: createdAt.getTime() };
      return [key, { key, title: titleOf(source), services: [], lastBackup: timeOf(lastBackup?.createdAt), plan }];
    }),
  );
  if (!all && ![...planned.values()].some(({ plan }) => plan?.isLate)) return [...planned.values()];
  for (const { source, title, services, lastBackup } of await readCoverage(EVERYTHING)) {
    const key = sourceKeyOf(source as Parameters<typeof sourceKeyOf>[0]);
    const known = planned.get(key);
    if (known) planned.set(key, { ...known, services });
    else if (all) planned.set(key, { key, title, services, lastBackup: timeOf(lastBackup), plan: null });
  }
  return [...planned.values()];
}

function timeOf(time: string | null | undefined): number | null {
  return time == null ? null : Date.parse(time);
}
