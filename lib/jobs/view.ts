import { type Access, reaches } from "#lib/auth/access.ts";
import type { Job } from "./job.ts";

/** A job as this caller may have it; null when it is about something that is none of theirs. */
export function viewJob<J extends Job>(job: J, access: Access): J | null {
  if (!access.verbs.has("read")) return null;
  if (access.services === null) return job;
  if (!reaches(access, job.subject)) return null;
  // what a step says of itself names services that may be others'
  const steps = job.steps.map((step) => ({ ...step, note: null }));
  const plain = { ...job, steps, quiesced: job.quiesced.filter((id) => reaches(access, id)) };
  return "log" in plain ? { ...plain, log: [] } : plain;
}
