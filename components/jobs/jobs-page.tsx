"use client";

import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { formatDuration } from "#lib/format/duration.ts";
import { formatExact } from "#lib/format/exact-time.ts";
import { visible } from "#lib/format/visible.ts";
import type { Job, JobState } from "#lib/jobs/job.ts";
import { EmptyBox } from "@/components/settings/empty-box.tsx";
import { PageHead } from "@/components/settings/section.tsx";
import { ApiProblem, call } from "@/components/shell/api-client.ts";
import { say } from "@/components/shell/toast.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { Select } from "@/components/ui/select.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { JobLog } from "./job-log.tsx";
import { JobStepList } from "./job-steps.tsx";
import { isOver, KIND_WORDS, outcomeWords } from "./job-words.ts";
import { RunningJob } from "./jobs-panel.tsx";
import { useJobs } from "./jobs-store.tsx";

const STATE_WORD: Record<JobState, string> = {
  queued: "Waiting",
  running: "Running",
  succeeded: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
};
const ENDED = ["succeeded", "failed", "cancelled"] as const satisfies readonly JobState[];
const TONE: Partial<Record<JobState, string>> = { failed: "text-fail", cancelled: "text-warn" };

/** All long work: what runs now, and the history with what each did. */
export function JobsPage() {
  const { jobs } = useJobs();
  const [show, setShow] = useState<JobState | "all">("all");
  const [older, setOlder] = useState<readonly Job[]>([]);
  const [more, setMore] = useState(true);
  const known = new Set(jobs.map(({ id }) => id));
  const all = [...jobs, ...older.filter(({ id }) => !known.has(id))];
  const open = jobs.filter((job) => !isOver(job));
  const over = all.filter((job) => isOver(job) && (show === "all" || job.state === show));
  const readOlder = async () => {
    const last = all.at(-1);
    try {
      const query = last ? `?limit=50&cursor=${encodeURIComponent(last.id)}` : "?limit=50";
      const page = await call<{ items: Job[]; nextCursor?: string }>("GET", `/jobs${query}`);
      setOlder((now) => [...now, ...page.items]);
      setMore(page.nextCursor !== undefined);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      say({ tone: "fail", title: "Older jobs could not be read", text: error.words });
    }
  };
  return (
    <>
      <PageHead
        title="Jobs"
        text="Backups, drills, restores and all else that takes long: under way, and how each ended."
      />
      {open.length > 0 ? (
        <Panel aria-label="Under way" className="overflow-hidden [&>div:first-child]:border-t-0">
          {open.map((job) => (
            <RunningJob key={job.id} job={job} />
          ))}
        </Panel>
      ) : null}
      <Select
        label="Which jobs"
        value={show}
        options={[
          { value: "all" as const, label: "All that ended" },
          ...ENDED.map((state) => ({ value: state, label: STATE_WORD[state] })),
        ]}
        onChange={setShow}
        className="w-48"
      />
      {over.length === 0 ? (
        <EmptyBox title={show === "all" ? "No job has ended yet" : `No job here is ${STATE_WORD[show].toLowerCase()}`}>
          {all.length > 0 ? `Looked at ${all.length}.` : "They appear here by themselves."}
        </EmptyBox>
      ) : (
        <Panel aria-label="History" className="overflow-hidden">
          <ul>
            {over.map((job) => (
              <HistoryRow key={job.id} job={job} />
            ))}
          </ul>
        </Panel>
      )}
      {more ? (
        <Button onClick={() => void readOlder()} className="justify-self-start max-sm:h-11">
          Show older
        </Button>
      ) : null}
    </>
  );
}

function HistoryRow({ job }: { job: Job }) {
  const [open, setOpen] = useState(false);
  const outcome = visible(outcomeWords(job));
  return (
    <li className="border-hairline not-first:border-t">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="grid min-h-9 w-full grid-cols-[14px_64px_minmax(0,0.8fr)_minmax(0,1.4fr)_auto] items-center gap-x-3 px-3 py-1.5 text-left text-12 hover:bg-muted max-sm:min-h-16 max-sm:grid-cols-[14px_minmax(0,1fr)_auto]"
      >
        <ChevronRight
          aria-hidden="true"
          className={`size-3.5 stroke-[1.75] text-subtle-foreground ${open ? "rotate-90" : ""}`}
        />
        <span className={`max-sm:col-start-3 max-sm:row-start-1 ${TONE[job.state] ?? "text-muted-foreground"}`}>
          {STATE_WORD[job.state]}
        </span>
        <span className="truncate max-sm:col-start-2 max-sm:row-start-1">
          {KIND_WORDS[job.kind].verb} <span className="font-mono">{visible(job.title)}</span>
        </span>
        <span className="truncate text-muted-foreground max-sm:col-start-2" title={outcome}>
          {outcome}
        </span>
        <TimeAgo time={job.finishedAt ?? job.createdAt} ago whole className="text-subtle-foreground" />
      </button>
      {open ? <JobDetail job={job} /> : null}
    </li>
  );
}

function JobDetail({ job }: { job: Job }) {
  const took = job.startedAt && job.finishedAt ? (Date.parse(job.finishedAt) - Date.parse(job.startedAt)) / 1000 : null;
  return (
    <div className="border-t border-hairline bg-muted pb-3">
      <p className="px-5 pt-3 text-12 text-pretty text-muted-foreground [overflow-wrap:anywhere]">
        {visible(outcomeWords(job))} Asked by {visible(job.actor)}, {formatExact(job.createdAt)}
        {took === null ? "" : `; it took ${formatDuration(took)}`}.
      </p>
      {job.steps.length > 0 ? (
        <div className="px-5">
          <JobStepList job={job} />
        </div>
      ) : null}
      <JobLog job={job} />
    </div>
  );
}
