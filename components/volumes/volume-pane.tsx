"use client";

import { X } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Job } from "#lib/jobs/job.ts";
import type { Volume } from "#lib/volumes/shapes.ts";
import { BackupList } from "@/components/backups/backup-list.tsx";
import { LabelConsents } from "@/components/backups/label-consent.tsx";
import { RestoreJob } from "@/components/backups/restore-job.tsx";
import { UndoNote } from "@/components/backups/undo-note.tsx";
import type { Backups } from "@/components/backups/use-backups.ts";
import { JobLog } from "@/components/jobs/job-log.tsx";
import { useMay } from "@/components/shell/me.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { ProtectedPill } from "@/components/ui/pill.tsx";
import { concerns } from "./concerns.ts";
import { DaysStrip } from "./days-strip.tsx";
import { VolumeActions } from "./volume-actions.tsx";
import type { Asked } from "./volume-dialogs.tsx";
import { VolumeFacts } from "./volume-facts.tsx";
import { nameWords } from "./volume-words.ts";

interface VolumePaneProps {
  volume: Volume;
  backups: Backups;
  /** the one that is about it now */
  job: Job | null;
  jobs: readonly Job[];
  onAsk: (asked: Asked) => void;
  onChanged: () => void;
  onClose: () => void;
}

/** One volume: what can be done with it, its facts, its backups; while it is restored, how far that is. */
export function VolumePane({ volume, backups, job, jobs, onAsk, onChanged, onClose }: VolumePaneProps) {
  const configures = useMay("configure");
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // where it covers the list, what was chosen there is out of sight
    if (title.current && window.matchMedia("(max-width: 899px)").matches) title.current.focus();
  }, []);
  const restoring = job && (job.kind === "restore" || job.kind === "undo") ? job : null;
  const last = jobs.find((one) => one.kind === "restore" && one.state !== "queued" && concerns(one, volume)) ?? null;
  return (
    <aside
      aria-label={`Volume ${volume.name}`}
      className="flex min-h-0 min-w-0 flex-col overflow-y-auto border-l border-border bg-card md:max-xl:fixed md:max-xl:top-12 md:max-xl:right-0 md:max-xl:bottom-7 md:max-xl:z-10 md:max-xl:w-[448px] md:max-xl:shadow-pop max-md:border-l-0"
    >
      <header className="flex-none border-b border-hairline pt-3.5 pr-4 pb-3.5 pl-5 max-sm:pl-4">
        <div className="flex min-h-7 items-center gap-2.5">
          <h2
            ref={title}
            tabIndex={-1}
            className="min-w-0 font-mono text-16 font-semibold outline-none [overflow-wrap:anywhere]"
          >
            {nameWords(volume.name)}
          </h2>
          {volume.protected ? <ProtectedPill /> : null}
          <IconButton label="Close" className="ml-auto max-sm:size-11" onClick={onClose}>
            <X aria-hidden="true" />
          </IconButton>
        </div>
        {restoring ? null : (
          <VolumeActions volume={volume} backups={backups.items} busy={job} onAsk={onAsk} onChanged={onChanged} />
        )}
      </header>
      {restoring ? (
        <>
          <RestoreJob job={restoring} />
          <JobLog job={restoring} className="pt-3" />
        </>
      ) : (
        <>
          {last ? <UndoNote job={last} className="mx-5 mt-3 max-sm:mx-4" /> : null}
          <VolumeFacts volume={volume} backups={backups.items} onAsk={onAsk} />
          <DaysStrip volume={volume} backups={backups.items} jobs={jobs.filter((one) => concerns(one, volume))} />
          {configures ? <LabelConsents services={volume.usedBy} /> : null}
          <BackupList
            backups={backups}
            onRestore={(backup) => onAsk({ kind: "restore", volume, backup })}
            onChanged={backups.reload}
            empty={
              volume.actions.includes("backup")
                ? "Nothing of it is kept yet. Back it up now, or add a schedule."
                : "Nothing of it is kept yet."
            }
          />
        </>
      )}
    </aside>
  );
}
