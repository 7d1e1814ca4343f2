"use client";

import { useEffect } from "react";
import { formatClock } from "#lib/format/exact-time.ts";
import { visible } from "#lib/format/visible.ts";
import type { Job, JobWithLog } from "#lib/jobs/job.ts";
import { useReading } from "@/components/shell/use-reading.ts";
import { isOver } from "./job-words.ts";

const EVERY = 2000;

/** What a job did, line by line; read again when a step of it has ended. */
export function JobLog({ job, className }: { job: Job; className?: string }) {
  const { data, problem, reload } = useReading<JobWithLog>(`/jobs/${encodeURIComponent(job.id)}`);
  const turn = `${job.state} ${job.steps.map(({ state }) => state).join()} ${job.message}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn of the job is a reason to read again
  useEffect(() => {
    // turns that come close together are read once
    const timer = setTimeout(reload, isOver(job) ? 100 : EVERY / 4);
    return () => clearTimeout(timer);
  }, [turn]);
  const lines = data?.log ?? [];
  return (
    <section aria-label="Job log" className={className}>
      <h3 className="px-5 pb-1 font-semibold">Job log</h3>
      {problem && lines.length === 0 ? (
        <p className="px-5 py-1 text-12 text-muted-foreground">The log could not be read: {problem.words}</p>
      ) : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard */}
      <ol tabIndex={0} aria-label="Lines" className="max-h-64 overflow-auto px-5 py-1 font-mono text-11 leading-[18px]">
        {lines.map(({ time, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are only added
          <li key={index} className="whitespace-pre-wrap text-muted-foreground [overflow-wrap:anywhere]">
            <time dateTime={time} className="mr-2.5 cursor-default text-subtle-foreground">
              {formatClock(time)}
            </time>
            {visible(text)}
          </li>
        ))}
      </ol>
    </section>
  );
}
