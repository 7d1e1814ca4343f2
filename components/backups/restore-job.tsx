"use client";

import { CirclePause, History } from "lucide-react";
import { formatDuration } from "#lib/format/duration.ts";
import { visible } from "#lib/format/visible.ts";
import type { Job } from "#lib/jobs/job.ts";
import { parseServiceId } from "#lib/services/id.ts";
import { CancelJob, useMayCancel } from "@/components/jobs/cancel-job.tsx";
import { JobStepList } from "@/components/jobs/job-steps.tsx";
import { leftWords, localTimes, quiescedWords, shareOf } from "@/components/jobs/job-words.ts";
import { useNow } from "@/components/ui/clock.ts";
import { Note } from "@/components/ui/note.tsx";
import { Progress } from "@/components/ui/progress.tsx";

/** A restore under way: its steps and times, what stands still meanwhile, and the way back. */
export function RestoreJob({ job }: { job: Job }) {
  const now = useNow("second");
  const cancels = useMayCancel(job);
  const stopped = quiescedWords(job);
  const took = job.startedAt === null ? null : formatDuration((now - Date.parse(job.startedAt)) / 1000);
  const doing = job.kind === "undo" ? "Putting back" : "Restoring";
  return (
    <section aria-label={`${doing} ${job.title}`} className="flex-none border-b border-hairline px-5 py-4 max-sm:px-4">
      <div className="mb-2 flex justify-between gap-3">
        <h3 className="font-semibold">{job.kind === "undo" ? "Putting back what was there" : "Restoring in place"}</h3>
        <span className="num text-12 leading-5 text-muted-foreground">
          {job.state === "queued" ? "waits its turn" : [took, leftWords(job.progress?.left)].filter(Boolean).join(", ")}
        </span>
      </div>
      <Progress large label={`${doing} ${job.title}`} share={job.state === "queued" ? 0 : shareOf(job)} />
      <p className="mt-2 text-12 text-muted-foreground [overflow-wrap:anywhere]">{visible(localTimes(job.message))}</p>
      <JobStepList job={job} />
      {stopped ? (
        <Note tone="warn" icon={CirclePause} title={stopped}>
          {job.quiesced.map((id) => visible(parseServiceId(id)?.name ?? id)).join(", ")}{" "}
          {job.quiesced.length === 1 ? "does" : "do"} nothing until this ends.
        </Note>
      ) : null}
      {cancels ? (
        <div className="mt-3 flex flex-wrap items-center gap-2.5 text-12">
          <CancelJob job={job} icon={<History aria-hidden="true" />} className="max-sm:h-11">
            {stopped ? "Cancel and put back" : "Cancel"}
          </CancelJob>
          <span className="min-w-0 text-muted-foreground [overflow-wrap:anywhere]">{visible(job.cancel ?? "")}</span>
        </div>
      ) : null}
    </section>
  );
}
