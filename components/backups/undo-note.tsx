"use client";

import { History } from "lucide-react";
import { useState } from "react";
import { formatDay } from "#lib/format/exact-time.ts";
import { visible } from "#lib/format/visible.ts";
import type { Job } from "#lib/jobs/job.ts";
import { useJobs } from "@/components/jobs/jobs-store.tsx";
import { call } from "@/components/shell/api-client.ts";
import { useMay } from "@/components/shell/me.tsx";
import { attempt } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { useNow } from "@/components/ui/clock.ts";
import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import { Note } from "@/components/ui/note.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { undoUntil } from "./undo.ts";

/** After a restore: how it ended, and for seven days the way back. */
export function UndoNote({ job, className }: { job: Job; className?: string }) {
  const [asked, setAsked] = useState(false);
  const mayRestore = useMay("restore");
  const { jobs, put } = useJobs();
  const now = useNow();
  const until = undoUntil(job);
  if (job.state === "failed") return <FailedRestore job={job} now={now} className={className} />;
  const undone = jobs.some(
    (other) =>
      other.kind === "undo" &&
      other.state === "succeeded" &&
      other.createdAt > job.createdAt &&
      other.subject === job.subject,
  );
  if (until === null || Date.parse(until) < now || undone) return null;
  const undo = async () => {
    setAsked(false);
    await attempt(`${job.title} stays as it was restored`, async () => {
      put(await call<Job>("POST", `/jobs/${encodeURIComponent(job.id)}/undo`));
    });
  };
  return (
    <Note
      icon={History}
      className={className}
      title={
        <>
          Restored in place <TimeAgo time={job.finishedAt ?? job.createdAt} ago />
        </>
      }
    >
      <p>What it replaced is kept until {formatDay(until)}.</p>
      {mayRestore ? (
        <Button size="sm" className="mt-2 max-sm:h-11" onClick={() => setAsked(true)}>
          Undo…
        </Button>
      ) : null}
      <ConfirmDialog
        open={asked}
        onClose={() => setAsked(false)}
        title={`Put back what was in ${visible(job.title)}?`}
        text="The services that use it stop, the contents from before the restore come back, and they start again. What is in it now is kept as a backup."
        verb="Put back"
        keep="Leave restored"
        onConfirm={() => void undo()}
      />
    </Note>
  );
}

const DAY = 24 * 3_600_000;

/** Lasting trouble says itself where somebody looks next, not in a message that leaves. */
function FailedRestore({ job, now, className }: { job: Job; now: number; className?: string | undefined }) {
  if (now - Date.parse(job.finishedAt ?? job.createdAt) > DAY) return null;
  return (
    <Note tone="fail" className={className} title={`The restore of ${visible(job.title)} did not work`}>
      {visible(job.error?.detail ?? job.message)}
    </Note>
  );
}
