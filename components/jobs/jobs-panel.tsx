"use client";

import { Check, CircleSlash, LoaderCircle, X } from "lucide-react";
import Link from "next/link";
import { memo } from "react";
import { cn } from "#lib/format/cn.ts";
import { visible } from "#lib/format/visible.ts";
import type { Job } from "#lib/jobs/job.ts";
import { Panel } from "@/components/ui/panel.tsx";
import { Progress } from "@/components/ui/progress.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { CancelJob, useMayCancel } from "./cancel-job.tsx";
import { JobSteps } from "./job-steps.tsx";
import { isOver, KIND_WORDS, localTimes, outcomeWords, progressWords, shareOf } from "./job-words.ts";
import { useJobs } from "./jobs-store.tsx";

const RECENT = 6;

/** What is under way, with its steps, and what ended a short while ago. */
export function JobsPanel() {
  const { jobs } = useJobs();
  const open = jobs.filter((job) => !isOver(job)).reverse();
  const over = jobs.filter(isOver).slice(0, RECENT);
  const running = open.filter(({ state }) => state === "running").length;
  return (
    <Panel aria-label="Jobs" className="flex-none overflow-hidden">
      <header className="flex h-[38px] items-center gap-2 px-3.5">
        <h2 className="font-semibold">Jobs</h2>
        <span className="text-12 text-muted-foreground">
          {open.length === 0
            ? "none running"
            : [`${running} running`, open.length > running ? `${open.length - running} waiting` : null]
                .filter(Boolean)
                .join(", ")}
        </span>
        <Link
          href="/backups/jobs"
          className="textlink ml-auto text-12 max-sm:inline-flex max-sm:h-11 max-sm:items-center"
        >
          All jobs
        </Link>
      </header>
      {open.map((job) => (
        <RunningJob key={job.id} job={job} />
      ))}
      {over.length > 0 ? (
        <ul aria-label="Ended jobs" className="border-t border-hairline py-1">
          {over.map((job) => (
            <EndedJob key={job.id} job={job} />
          ))}
        </ul>
      ) : null}
      {jobs.length === 0 ? (
        <p className="border-t border-hairline px-3.5 py-3 text-12 text-muted-foreground">
          Backups, drills and restores show here while they run, and how they ended.
        </p>
      ) : null}
    </Panel>
  );
}

export const RunningJob = memo(function RunningJob({ job }: { job: Job }) {
  const cancels = useMayCancel(job);
  const { verb, doing } = KIND_WORDS[job.kind];
  return (
    <div className="border-t border-hairline px-3.5 pt-2.5 pb-3">
      <div className="flex min-h-7 flex-wrap items-center gap-x-2">
        <LoaderCircle
          aria-hidden="true"
          className={cn(
            "icon text-muted-foreground",
            job.state === "running" && "animate-spin motion-reduce:animate-none",
          )}
        />
        <b className="min-w-0 font-medium [overflow-wrap:anywhere]">
          {verb} <span className="font-mono">{visible(job.title)}</span>
        </b>
        <span className="min-w-0 truncate text-muted-foreground max-sm:w-full max-sm:pl-6 max-sm:text-12">
          {visible(localTimes(job.message))}
        </span>
        <span className="num ml-auto text-12 text-muted-foreground max-sm:ml-6">{progressWords(job)}</span>
        {cancels ? <CancelJob job={job} variant="ghost" size="sm" className="max-sm:h-11" /> : null}
      </div>
      <Progress
        large
        label={`${doing} ${job.title}`}
        share={job.state === "queued" ? 0 : shareOf(job)}
        className="mt-1.5"
      />
      <JobSteps job={job} />
      {cancels ? <p className="mt-1.5 text-12 text-subtle-foreground">Cancel: {visible(job.cancel ?? "")}</p> : null}
    </div>
  );
});

const END = {
  succeeded: { icon: Check, tone: "text-ok", word: "Done" },
  failed: { icon: X, tone: "text-fail", word: "Failed" },
  cancelled: { icon: CircleSlash, tone: "text-subtle-foreground", word: "Cancelled" },
};

export const EndedJob = memo(function EndedJob({ job }: { job: Job }) {
  if (job.state === "queued" || job.state === "running") return null;
  const { icon: Icon, tone, word } = END[job.state];
  const outcome = visible(outcomeWords(job));
  return (
    <li className="grid min-h-[30px] grid-cols-[16px_200px_minmax(0,1fr)_auto] items-center gap-2 px-3.5 text-12 max-sm:grid-cols-[16px_minmax(0,1fr)_auto] max-sm:py-1.5">
      <span className="inline-flex">
        <Icon aria-hidden="true" className={cn("size-3.5 stroke-2", tone)} />
        <span className="sr-only">{word}:</span>
      </span>
      <span className="truncate">
        {KIND_WORDS[job.kind].verb} <span className="font-mono">{visible(job.title)}</span>
      </span>
      <span
        title={outcome}
        className="truncate text-muted-foreground max-sm:col-span-2 max-sm:col-start-2 max-sm:row-start-2 max-sm:whitespace-normal max-sm:[overflow-wrap:anywhere]"
      >
        {outcome}
      </span>
      <TimeAgo time={job.finishedAt ?? job.createdAt} ago className="text-subtle-foreground" />
    </li>
  );
});
