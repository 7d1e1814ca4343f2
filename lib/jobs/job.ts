/** A job as the API tells it: one lifecycle for every piece of long work. Times are RFC 3339. */
import { z } from "zod";

export const JOB_STATES = ["queued", "running", "succeeded", "failed", "cancelled"] as const;
export const JOB_KINDS = [
  "backup",
  "verify",
  "drill",
  "restore",
  "undo",
  "files",
  "import",
  "clone",
  "delete",
  "prune",
] as const;
export const STEP_STATES = ["waiting", "running", "done", "failed", "skipped"] as const;

export const jobStepSchema = z.object({
  /** `Stop 2 services`, `Replace contents`: in the words of the page */
  name: z.string(),
  state: z.enum(STEP_STATES),
  startedAt: z.string().nullable(),
  /** how long it took, or has taken */
  seconds: z.number().nullable(),
  /** what it did or does: `wa-scheduler-api, wa-scheduler-worker`, `239 of 412 MB` */
  note: z.string().nullable(),
});

export const jobSchema = z.object({
  id: z.string(),
  kind: z.enum(JOB_KINDS),
  /** a volume's or backup's id, or a source's key */
  subject: z.string(),
  /** what it is about in a few words: `wa-db` */
  title: z.string(),
  actor: z.string(),
  state: z.enum(JOB_STATES),
  progress: z
    .object({
      done: z.number(),
      total: z.number().nullable(),
      unit: z.enum(["bytes", "files", "steps"]),
      /** a second, over the last few seconds; null while it is not known */
      rate: z.number().nullable(),
      /** seconds; null while it cannot be told */
      left: z.number().nullable(),
    })
    .nullable(),
  /** one sentence on what it does now, or how it ended */
  message: z.string(),
  steps: z.array(jobStepSchema),
  /** service ids that are paused or stopped because of it, right now */
  quiesced: z.array(z.string()),
  /** what cancelling does now: `Puts the safety copy back`; null: it cannot be cancelled any more */
  cancel: z.string().nullable(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  result: z.record(z.string(), z.unknown()).nullable(),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
});

/** `GET /jobs/{id}` tells its log too: what was done, line by line. */
export const jobWithLogSchema = jobSchema.extend({
  log: z.array(z.object({ time: z.string(), text: z.string() })),
});

export type JobState = (typeof JOB_STATES)[number];
export type JobKind = (typeof JOB_KINDS)[number];
export type JobStep = z.infer<typeof jobStepSchema>;
export type Job = z.infer<typeof jobSchema>;
export type JobWithLog = z.infer<typeof jobWithLogSchema>;
