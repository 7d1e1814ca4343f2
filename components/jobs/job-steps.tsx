import { Check, CircleMinus, LoaderCircle, X } from "lucide-react";
import { cn } from "#lib/format/cn.ts";
import { visible } from "#lib/format/visible.ts";
import type { Job, JobStep } from "#lib/jobs/job.ts";
import { formatSeconds, rateWords, stepFigure } from "./job-words.ts";

const TONE: Record<JobStep["state"], string> = {
  waiting: "text-subtle-foreground",
  running: "font-medium text-foreground",
  done: "text-muted-foreground",
  failed: "text-fail",
  skipped: "text-subtle-foreground",
};

const STATE_WORD: Record<JobStep["state"], string> = {
  waiting: "to come",
  running: "under way",
  done: "done",
  failed: "failed",
  skipped: "left out",
};

/** The steps of a job on one line. */
export function JobSteps({ job }: { job: Job }) {
  if (job.steps.length === 0) return null;
  return (
    <ol className="mt-[9px] flex flex-wrap gap-x-5 gap-y-1 text-12">
      {job.steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a plan's steps do not change places
        <li key={index} className={cn("flex items-center gap-[5px]", TONE[step.state])}>
          <StepIcon state={step.state} className="size-[13px]" />
          {visible(step.name)}
          <span className="sr-only">, {STATE_WORD[step.state]}</span>
          <span className="num ml-0.5 font-normal text-subtle-foreground">{stepFigure(step, job.progress)}</span>
        </li>
      ))}
    </ol>
  );
}

/** The steps of a job below each other, with what each did and how long it took. */
export function JobStepList({ job }: { job: Job }) {
  return (
    <ol aria-live="polite" className="my-3.5">
      {job.steps.map((step, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: a plan's steps do not change places
          key={index}
          className="relative grid grid-cols-[20px_minmax(0,1fr)_auto] gap-2.5 pb-3 text-12 leading-[18px] text-subtle-foreground last:pb-0 not-last:before:absolute not-last:before:top-5 not-last:before:bottom-0 not-last:before:left-[9.5px] not-last:before:w-px not-last:before:bg-border-strong"
        >
          <span
            className={cn(
              "inline-flex size-5 items-center justify-center rounded-full border bg-card",
              step.state === "running" ? "border-foreground text-foreground" : "border-border-strong",
            )}
          >
            <StepIcon state={step.state} className="size-3 stroke-[2.25]" />
          </span>
          <div className="min-w-0">
            <b
              className={cn(
                "block text-13 font-medium [overflow-wrap:anywhere]",
                step.state === "waiting" || step.state === "skipped" ? "text-muted-foreground" : "text-foreground",
              )}
            >
              {visible(step.name)}
              <span className="sr-only">, {STATE_WORD[step.state]}</span>
            </b>
            <span className="block [overflow-wrap:anywhere]">{noteOf(step, job)}</span>
          </div>
          <span className="num leading-5">{step.seconds === null ? null : formatSeconds(step.seconds)}</span>
        </li>
      ))}
    </ol>
  );
}

function noteOf(step: JobStep, job: Job): string {
  const rate = step.state === "running" ? rateWords(job.progress) : null;
  return [step.note === null ? null : visible(step.note), rate].filter(Boolean).join(", ");
}

function StepIcon({ state, className }: { state: JobStep["state"]; className?: string }) {
  if (state === "done") return <Check aria-hidden="true" className={cn("flex-none text-ok", className)} />;
  if (state === "failed") return <X aria-hidden="true" className={cn("flex-none text-fail", className)} />;
  if (state === "skipped") return <CircleMinus aria-hidden="true" className={cn("flex-none", className)} />;
  if (state === "running")
    return (
      <LoaderCircle aria-hidden="true" className={cn("flex-none animate-spin motion-reduce:animate-none", className)} />
    );
  return null;
}
