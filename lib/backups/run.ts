/** Starts a backup: what is asked for is looked at while the caller waits, the work is a job. */

import { formatBytes } from "#lib/format/bytes.ts";
import { plural } from "#lib/format/plural.ts";
import type { Job } from "#lib/jobs/job.ts";
import { startJob } from "#lib/jobs/run.ts";
import { lostWords } from "./archive/lost.ts";
import { makeBackup } from "./make.ts";
import { checkPlaces } from "./plans/check-places.ts";
import type { NewBackup } from "./shapes.ts";
import { type ResolvedSource, resolveSource } from "./sources.ts";
import { type BackupRow, extraOf } from "./store.ts";

export interface BackupOrder {
  actor: string;
  /** id of the plan that asks for it */
  schedule?: string;
  /** made before something that cannot be undone without it */
  safety?: { for: "restore" | "delete"; until: Date | null };
}

/** Throws AppError `not_found`, `validation` or `conflict` where this cannot be backed up; the job otherwise. */
export async function startBackup(wanted: NewBackup, by: BackupOrder): Promise<Job> {
  const { destinations = [], encryption = null, engine = "archive" } = wanted;
  await checkPlaces({ destinations, encryption, engine });
  const resolved = await resolveSource(wanted.source);
  const subject = resolved.key;
  // while its repository is tidied nothing can go in, and nobody shall be held still for that
  const own = engine === "restic" ? ["restic"] : [];
  return startJob(
    { kind: "backup", subject, title: resolved.title, actor: by.actor, locks: [...locksOf(resolved), ...own] },
    async (job) => {
      const { row, problems } = await makeBackup(job, wanted, by);
      job.concludes(summaryOf(row, problems));
      return { backup: row.id, problems };
    },
  );
}

/** What a job about this source holds: the source, its volumes, and the services that it would hold still. */
export function locksOf({ key, users, volumes }: Pick<ResolvedSource, "key" | "users" | "volumes">): string[] {
  const sources = [...new Set([key, ...volumes])].map((id) => `source ${id}`);
  return [...sources, ...users.filter(({ readOnly }) => !readOnly).map(({ service }) => `service ${service}`)];
}

function summaryOf(row: BackupRow, problems: readonly string[]): string {
  const what = `${plural(row.files, "file")}, ${formatBytes(Number(row.size))}${row.verifiedAt ? ", verified" : ""}`;
  const lost = lostWords(extraOf(row).lost);
  return [what, ...(lost === null ? [] : [lost]), ...problems].join(". ");
}
