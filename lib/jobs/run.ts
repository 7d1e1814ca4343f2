/**
 * One lifecycle for all long work: its row is on disk before it begins, it waits for those before it that hold what it
 * needs, it can be cancelled at any step, and a run of the server that was cut off leaves it failed, never running.
 */
import { randomUUID } from "node:crypto";
import { timestamp } from "#lib/platform/clock.ts";
import { AppError, isAbort, messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { endingSignal } from "#lib/platform/shutdown.ts";
import { singleton } from "#lib/platform/singleton.ts";
import type { Job, JobKind } from "./job.ts";
import { LiveJob } from "./live-job.ts";
import { Locks } from "./locks.ts";
import { Slots } from "./slots.ts";
import { createJob, forgetOld, loadJob } from "./store.ts";

/** jobs that have ended and are kept */
const HISTORY = 2000;
/** kinds that take all of the machine and that nobody stands waiting for; so many of them go on at once */
const HEAVY: ReadonlySet<JobKind> = new Set(["backup", "verify", "drill", "import", "clone"]);
const AT_ONCE = 2;

export interface NewJob {
  kind: JobKind;
  /** what it is about and who may see it: the key of a source where there is one */
  subject: string;
  title: string;
  actor: string;
  /** names; jobs that share one wait their turn */
  locks: readonly string[];
}

export interface JobHandle {
  readonly id: string;
  readonly actor: string;
  /** aborts when it is cancelled or the server ends */
  readonly signal: AbortSignal;
  /** The names of the steps to come, in order. */
  plan(names: string[]): void;
  /** Does one step; `say` sets what the step says of itself. */
  step<T>(name: string, work: (say: (note: string) => void) => Promise<T>): Promise<T>;
  progress(done: { done: number; total: number | null; unit: "bytes" | "files" | "steps" }): void;
  /** Adds a line to its log. */
  say(line: string): void;
  /** Which services are paused or stopped because of it, right now. */
  quiesced(ids: readonly string[]): void;
  /** What cancelling does now; null: it cannot be cancelled any more. */
  cancelDoes(words: string | null): void;
  /** The sentence on how it ended, where it ends well. */
  concludes(words: string): void;
  /** What its result is from now on, also where it fails or is cut off later. */
  keeps(result: Record<string, unknown>): void;
  /** What is left of it waits for others more than it works: the next heavy one may begin. */
  lightens(): void;
}

interface Running {
  live: LiveJob;
  names: readonly string[];
  done: Promise<void>;
}

const running = () => singleton("jobs", () => new Map<string, Running>());
const locks = () => singleton("job-locks", () => new Locks());
const slots = () => singleton("job-slots", () => new Slots(AT_ONCE));

/** Writes its row, then lets the work run outside of the caller's request; the job as it is now. */
export async function startJob(
  { locks: names, ...wanted }: NewJob,
  work: (job: JobHandle) => Promise<Record<string, unknown> | null>,
): Promise<Job> {
  if (endingSignal().aborted) throw new AppError("supervisor_unavailable", "Trihelm is ending: no job can begin now");
  const job: Job = {
    ...wanted,
    id: randomUUID(),
    state: "queued",
    progress: null,
    message: "Waits for its turn",
    steps: [],
    quiesced: [],
    cancel: "Nothing has been done yet",
    createdAt: timestamp(),
    startedAt: null,
    finishedAt: null,
    result: null,
    error: null,
  };
  await createJob(job);
  const live = new LiveJob(job);
  running().set(job.id, { live, names, done: carryOut(live, names, work) });
  return live.job;
}

/** Asks a job to end; it puts back what it has changed first. Throws `not_found`, or `conflict` where it cannot be cancelled. */
export async function cancelJob(id: string): Promise<Job> {
  const found = running().get(id);
  if (!found) {
    const job = await loadJob(id);
    if (!job) throw new AppError("not_found", `There is no job ${id}`);
    throw new AppError("conflict", `This job has ended already: ${job.state}`);
  }
  const { live } = found;
  if (live.job.cancel === null)
    throw new AppError("conflict", "This job cannot be cancelled any more: it ends by itself in a moment");
  if (!live.stopping.signal.aborted) {
    live.say("cancelled");
    live.change({ message: "Being cancelled" });
    live.stopping.abort(new DOMException("cancelled", "AbortError"));
  }
  return live.job;
}

/** Holds names as a job would, for work that is none: what a crash has left. Resolves to what lets go. */
export function holdNames(names: readonly string[], signal: AbortSignal): Promise<() => void> {
  return locks().take(names, signal);
}

/** True while a job holds this name or waits for it. @public */
export function isNameTaken(name: string): boolean {
  return locks().isTaken(name);
}

/** The names that a job holds or waits for; none of one that has ended. */
export function namesOf(id: string): readonly string[] {
  return running().get(id)?.names ?? [];
}

/** Jobs under way, as they are now. */
export function liveJobs(): LiveJob[] {
  return [...running().values()].map(({ live }) => live);
}

/** Resolves when the job has ended, whichever way. */
export async function ended(id: string): Promise<void> {
  await running().get(id)?.done;
}

/** Cancels all that run and waits until they have put back what they changed: the server ends. */
export async function endJobs(): Promise<void> {
  const all = [...running().values()];
  for (const { live } of all) live.stopping.abort(endingSignal().reason ?? new DOMException("ending", "AbortError"));
  await Promise.all(all.map(({ done }) => done));
}

async function carryOut(
  live: LiveJob,
  names: readonly string[],
  work: (job: JobHandle) => Promise<Record<string, unknown> | null>,
): Promise<void> {
  const { signal } = live.stopping;
  let release: () => void = () => undefined;
  let lighten: () => void = () => undefined;
  let words: string | null = null;
  try {
    release = await locks().take(names, signal);
    // last, so that what waits for its names keeps no turn from others
    if (HEAVY.has(live.job.kind)) lighten = await slots().take(signal);
    signal.throwIfAborted();
    live.change({ state: "running", startedAt: timestamp(), message: "Begins", cancel: "Ends it here" });
    const result = await work(handleOf(live, { conclude: (told) => (words = told), lighten }));
    await live.end({ state: "succeeded", result, message: words ?? "Done" });
  } catch (error) {
    await live.end(failureOf(error, signal));
  } finally {
    lighten();
    release();
    running().delete(live.job.id);
    await forgetOld(HISTORY).catch((err: unknown) => logger("jobs").warn({ err }, "old jobs stay"));
  }
}

/** Only an abort that was asked for is a cancellation; what fails while it is cancelled has failed. */
function failureOf(error: unknown, signal: AbortSignal): Partial<Job> {
  const isAsked = signal.aborted && (error === signal.reason || isAbort(error));
  if (isAsked && endingSignal().aborted) {
    const detail = "Trihelm ended while this was under way. What it had changed was put back";
    return { state: "failed", message: detail, error: { code: "interrupted", detail } };
  }
  if (isAsked) return { state: "cancelled", message: "Cancelled" };
  const known = error instanceof AppError;
  if (!known) logger("jobs").error({ err: error }, "a job failed");
  const detail = messageOf(error);
  return { state: "failed", message: detail, error: { code: known ? error.code : "internal", detail } };
}

function handleOf(
  live: LiveJob,
  { conclude, lighten }: { conclude: (words: string) => void; lighten: () => void },
): JobHandle {
  return {
    id: live.job.id,
    actor: live.job.actor,
    signal: live.stopping.signal,
    plan: (names) => live.plan(names),
    async step(name, work) {
      live.beginStep(name);
      try {
        const result = await work((note) => live.note(name, note));
        live.endStep(name, "done");
        return result;
      } catch (error) {
        live.endStep(name, "failed");
        throw error;
      }
    },
    progress: (progress) => live.progress(progress),
    say: (line) => live.say(line),
    quiesced: (ids) => live.change({ quiesced: [...ids] }),
    cancelDoes: (cancel) => live.change({ cancel }),
    concludes: conclude,
    keeps: (result) => live.change({ result }),
    lightens: lighten,
  };
}
