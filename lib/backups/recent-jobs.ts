/** Jobs as a page shows them at first. */
import type { Access } from "#lib/auth/access.ts";
import type { Job } from "#lib/jobs/job.ts";
import { readJobs } from "#lib/jobs/read.ts";
import { viewJob } from "#lib/jobs/view.ts";

const SHOWN = 50;

/** Those under way and the newest that ended, as this caller may have them. */
export async function recentJobs(access: Access): Promise<Job[]> {
  const { items } = await readJobs({}, { limit: SHOWN, cursor: null });
  return items.flatMap((job) => viewJob(job, access) ?? []);
}
