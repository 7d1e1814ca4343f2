import { timestamp } from "#lib/platform/clock.ts";
import type { JobStep } from "./job.ts";
import { loadJob, loadUnfinished, saveJob } from "./store.ts";

/**
 * Marks what an earlier run of the server has left under way as failed. Called at start, when nothing of this run has
 * begun. `words`: what became of what a job had changed, by its id. How many there were.
 */
export async function failInterrupted(words: (job: string) => string | null = () => null): Promise<number> {
  const left = await loadUnfinished();
  for (const { log, ...job } of left) {
    const detail = `Trihelm ended while this was under way. ${words(job.id) ?? "Nothing is left half done"}`;
    const steps = job.steps.map(
      (step): JobStep =>
        step.state === "running"
          ? { ...step, state: "failed" }
          : step.state === "waiting"
            ? { ...step, state: "skipped" }
            : step,
    );
    const error = { code: "interrupted", detail };
    const end = { state: "failed" as const, message: detail, error, quiesced: [], finishedAt: timestamp() };
    await saveJob({ ...job, ...end, steps }, [...log, { time: timestamp(), text: detail }]);
  }
  return left.length;
}

/** Tells what became of what an interrupted job had changed, once that is known. */
export async function amendInterrupted(id: string, words: string): Promise<void> {
  const found = await loadJob(id);
  if (!found) return;
  const { log, ...job } = found;
  const detail = `Trihelm ended while this was under way. ${words}`;
  await saveJob({ ...job, message: detail, error: { code: "interrupted", detail } }, [
    ...log,
    { time: timestamp(), text: detail },
  ]);
}
