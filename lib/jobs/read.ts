/** Jobs as they are: those under way from memory, the rest from disk. */
import type { Job, JobWithLog } from "./job.ts";
import { liveJobs } from "./run.ts";
import { loadJob, loadJobs } from "./store.ts";

/** Newest first. `nextCursor` where there are more. */
export async function readJobs(
  filter: Parameters<typeof loadJobs>[0],
  { limit, cursor }: { limit: number; cursor: string | null },
): Promise<{ items: Job[]; nextCursor?: string }> {
  const live = new Map(liveJobs().map(({ job }) => [job.id, job]));
  const found = await loadJobs(filter, { limit: limit + 1, before: cursor });
  const items = found.slice(0, limit).map((job) => live.get(job.id) ?? job);
  const last = items.at(-1);
  return found.length > limit && last ? { items, nextCursor: last.id } : { items };
}

/** One job with its log; null when there is none by this id. */
export async function readJob(id: string): Promise<JobWithLog | null> {
  return liveJobs().find(({ job }) => job.id === id)?.withLog ?? (await loadJob(id));
}

/** The job under way that is about this, the one that runs before those that wait. @public */
export function jobAbout(subject: string): Job | null {
  const about = liveJobs().flatMap(({ job }) => (job.subject === subject ? [job] : []));
  return about.find(({ state }) => state === "running") ?? about[0] ?? null;
}
