"use client";

import { type ReactNode, useState } from "react";
import type { Job } from "#lib/jobs/job.ts";
import { call } from "@/components/shell/api-client.ts";
import { useMay } from "@/components/shell/me.tsx";
import { attempt } from "@/components/shell/use-reading.ts";
import { Button, type ButtonProps } from "@/components/ui/button.tsx";
import { useJobs } from "./jobs-store.tsx";

interface CancelJobProps extends Pick<ButtonProps, "variant" | "size" | "icon" | "className"> {
  job: Job;
  children?: ReactNode;
}

/** Who may start such a job may end it, as long as ending it has a way back. */
export function useMayCancel(job: Job): boolean {
  const backs = useMay("backup");
  const restores = useMay("restore");
  const deletes = useMay("delete");
  if (job.cancel === null) return false;
  if (job.kind === "delete") return deletes;
  return job.kind === "restore" || job.kind === "undo" || job.kind === "files" ? restores : backs;
}

export function CancelJob({ job, children = "Cancel", ...look }: CancelJobProps) {
  const { put } = useJobs();
  const [asked, setAsked] = useState(false);
  const may = useMayCancel(job);
  if (!may) return null;
  const cancel = async () => {
    setAsked(true);
    const done = await attempt(`${job.title} goes on`, async () => {
      const answer = await call<Job | undefined>("POST", `/jobs/${encodeURIComponent(job.id)}/cancel`);
      if (answer) put(answer);
    });
    if (!done) setAsked(false);
  };
  return (
    <Button {...look} disabled={asked} title={job.cancel ?? undefined} onClick={() => void cancel()}>
      {asked ? "Cancelling" : children}
    </Button>
  );
}
