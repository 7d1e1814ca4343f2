/** A job while it is under way: what it says of itself, told to whoever watches and kept on disk. */
import { bus } from "#lib/events/bus.ts";
import { monotonic, timestamp } from "#lib/platform/clock.ts";
import { logger } from "#lib/platform/logger.ts";
import type { Job, JobStep, JobWithLog } from "./job.ts";
import { Pace } from "./pace.ts";
import { type LogLine, saveJob } from "./store.ts";

/** milliseconds between two events of one job, and between two writes of what only moves its bar */
const TOLD = 250;
const KEPT = 3000;
const LINES = 500;

export class LiveJob {
  readonly stopping = new AbortController();
  #job: Job;
  #log: LogLine[] = [];
  #pace = new Pace();
  #begun = new Map<string, number>();
  #tellDue: NodeJS.Timeout | null = null;
  #isWorthKeeping = false;
  #keepDue: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(job: Job) {
    this.#job = job;
  }

  /** As it is now, with the time that its running step has taken. */
  get job(): Job {
    const now = monotonic();
    const steps = this.#job.steps.map((step) =>
      step.state === "running" ? { ...step, seconds: seconds(now - (this.#begun.get(step.name) ?? now)) } : step,
    );
    return { ...this.#job, steps };
  }

  get withLog(): JobWithLog {
    return { ...this.job, log: [...this.#log] };
  }

  /** Changes it, tells so, and writes it at once where it is more than a bar that moved. */
  change(part: Partial<Job>, { keep = true } = {}): void {
    this.#job = { ...this.#job, ...part };
    this.#isWorthKeeping ||= keep;
    this.#tellDue ??= setTimeout(() => this.#tell(), TOLD).unref();
    if (keep) this.#write();
    else this.#keepDue ??= setTimeout(() => this.#write(), KEPT).unref();
  }

  /** Steps that are known beforehand, in their order; what is there already stays as it is. */
  plan(names: readonly string[]): void {
    const known = new Map(this.#job.steps.map((step) => [step.name, step]));
    const rest = this.#job.steps.filter((step) => step.state !== "waiting" && !names.includes(step.name));
    this.change({ steps: [...rest, ...names.map((name) => known.get(name) ?? waiting(name))] });
  }

  beginStep(name: string): void {
    this.#begun.set(name, monotonic());
    const step: JobStep = { name, state: "running", startedAt: timestamp(), seconds: 0, note: null };
    const at = this.#job.steps.findIndex((one) => one.name === name);
    this.change({ steps: at === -1 ? [...this.#job.steps, step] : this.#job.steps.with(at, step), message: name });
  }

  note(name: string, note: string): void {
    this.change({ steps: this.#job.steps.map((one) => (one.name === name ? { ...one, note } : one)) }, { keep: false });
  }

  endStep(name: string, state: "done" | "failed"): void {
    const took = seconds(monotonic() - (this.#begun.get(name) ?? monotonic()));
    this.change({ steps: this.#job.steps.map((one) => (one.name === name ? { ...one, state, seconds: took } : one)) });
  }

  progress({ done, total, unit }: { done: number; total: number | null; unit: "bytes" | "files" | "steps" }): void {
    const pace = this.#pace.read(done, total, monotonic());
    this.change({ progress: { done, total, unit, ...pace } }, { keep: false });
  }

  say(text: string): void {
    this.#log.push({ time: timestamp(), text: text.slice(0, 2000) });
    if (this.#log.length > LINES) this.#log.splice(0, this.#log.length - LINES);
    this.#keepDue ??= setTimeout(() => this.#write(), KEPT).unref();
  }

  /** The last word: told at once, and on disk when this resolves. */
  async end(part: Partial<Job>): Promise<void> {
    const steps = this.#job.steps.map((step): JobStep => {
      if (step.state === "waiting") return { ...step, state: "skipped" };
      return step.state === "running" ? { ...step, state: "failed" } : step;
    });
    this.#job = { ...this.#job, steps, quiesced: [], cancel: null, ...part, finishedAt: timestamp() };
    this.#write();
    await this.#writing;
    this.#isWorthKeeping = true;
    this.#tell();
  }

  #write(): void {
    if (this.#keepDue) clearTimeout(this.#keepDue);
    this.#keepDue = null;
    this.#writing = this.#writing
      .then(() => saveJob(this.job, this.#log))
      .catch((err: unknown) => logger("jobs").error({ err, job: this.#job.id }, "a job's row could not be written"));
  }

  #tell(): void {
    if (this.#tellDue) clearTimeout(this.#tellDue);
    this.#tellDue = null;
    bus().publish("job", this.job, { keep: this.#isWorthKeeping });
    this.#isWorthKeeping = false;
  }
}

const waiting = (name: string): JobStep => ({ name, state: "waiting", startedAt: null, seconds: null, note: null });
const seconds = (milliseconds: number) => Math.round(milliseconds / 100) / 10;
