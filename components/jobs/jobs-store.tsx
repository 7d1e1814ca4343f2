"use client";

/** The jobs that a page shows: those the server rendered with, kept current by the tab's one stream. */
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Job } from "#lib/jobs/job.ts";
import { ApiProblem, call } from "@/components/shell/api-client.ts";
import { useLiveEvent } from "@/components/shell/live.ts";
import { isOver } from "./job-words.ts";

interface Jobs {
  /** newest first */
  jobs: readonly Job[];
  /** takes in one that was just started, before the stream tells of it */
  put: (job: Job) => void;
}

const JobsContext = createContext<Jobs | null>(null);

/** How many are kept: what is older stands in the history. */
const KEPT = 100;

export function JobsProvider({ first, children }: { first: readonly Job[]; children: ReactNode }) {
  const [jobs, setJobs] = useState(first);
  const put = useCallback((job: Job) => setJobs((now) => withJob(now, job)), []);
  useLiveEvent<Job>("job", put);
  const reread = useCallback(async () => {
    try {
      const { items } = await call<{ items: Job[] }>("GET", "/jobs?limit=50");
      setJobs((now) => items.reduce(withJob, now));
    } catch (error) {
      // the stream says that the server is gone, and tells of it again when it is back
      if (!(error instanceof ApiProblem)) throw error;
    }
  }, []);
  useLiveEvent("snapshot", reread);
  const value = useMemo(() => ({ jobs, put }), [jobs, put]);
  return <JobsContext value={value}>{children}</JobsContext>;
}

export function useJobs(): Jobs {
  const jobs = use(JobsContext);
  if (!jobs) throw new Error("useJobs is used outside of JobsProvider");
  return jobs;
}

/** Calls `hear` a moment after any job came, went on to another state, or the stream began anew. */
export function useJobTurns(hear: () => void): void {
  const { jobs } = useJobs();
  const turns = useMemo(() => jobs.map(({ id, state }) => `${id} ${state}`).join("\n"), [jobs]);
  const known = useRef(turns);
  const latest = useRef(hear);
  useEffect(() => {
    latest.current = hear;
  });
  useEffect(() => {
    if (known.current === turns) return;
    known.current = turns;
    // several of them turn together: a backup ends and its verification begins
    const timer = setTimeout(() => latest.current(), SETTLE);
    return () => clearTimeout(timer);
  }, [turns]);
}

const SETTLE = 250;

/** The one that is under way or waits, of those that fit. */
export function runningOf(jobs: readonly Job[], fits: (job: Job) => boolean): Job | null {
  const open = jobs.filter((job) => !isOver(job) && fits(job));
  return open.find(({ state }) => state === "running") ?? open[0] ?? null;
}

function withJob(now: readonly Job[], job: Job): readonly Job[] {
  const known = now.findIndex(({ id }) => id === job.id);
  if (known < 0) return [job, ...now].sort((a, b) => b.createdAt.localeCompare(a.createdAt)).slice(0, KEPT);
  // an answer that was asked for earlier must not bring an ended job back to life
  if (isOver(now[known]!) && !isOver(job)) return now;
  return now.map((other, index) => (index === known ? job : other));
}
