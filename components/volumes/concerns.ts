import type { Job } from "#lib/jobs/job.ts";
import type { Volume } from "#lib/volumes/shapes.ts";

/** Is the job about this volume? A restore's subject is the backup: the volume then names the job, or they share a name. */
export function concerns(job: Job, volume: Volume): boolean {
  if (job.id === volume.job) return true;
  return job.subject === volume.id || job.subject.endsWith(` ${volume.id}`) || job.subject === `volume:${volume.id}`;
}
