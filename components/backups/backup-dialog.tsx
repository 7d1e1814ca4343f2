"use client";

import { useState } from "react";
import type { NewBackup, Source } from "#lib/backups/shapes.ts";
import type { Job } from "#lib/jobs/job.ts";
import { useSubmit } from "@/components/auth/use-submit.ts";
import { useJobs } from "@/components/jobs/jobs-store.tsx";
import { FormDialog } from "@/components/settings/form-dialog.tsx";
import { call } from "@/components/shell/api-client.ts";
import { FormField } from "@/components/ui/form-field.tsx";
import { Note } from "@/components/ui/note.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import { linesOf, type RunChoice, RunFields, USUAL_RUN } from "./run-fields.tsx";
import { type SourceKind, SourcePicker, sourceOf } from "./source-picker.tsx";

interface BackupDialogProps {
  /** what is backed up; to be chosen when left out */
  source?: Source;
  title?: string;
  onClose: () => void;
  onStarted: () => void;
}

/** One backup by hand, with all that can be said of it. */
export function BackupDialog({ source, title, onClose, onStarted }: BackupDialogProps) {
  const [picked, setPicked] = useState<{ kind: SourceKind; value: string }>({ kind: "volume", value: "" });
  const [run, setRun] = useState<RunChoice>(USUAL_RUN);
  const { put } = useJobs();
  const chosen = source ?? sourceOf(picked.kind, picked.value);
  const { busy, problem, onSubmit } = useSubmit(async ({ note }) => {
    if (!chosen) return;
    const body: NewBackup = {
      source: chosen,
      consistency: run.consistency,
      ...(note ? { note } : {}),
      ...(run.include ? { include: linesOf(run.include) } : {}),
      ...(run.exclude ? { exclude: linesOf(run.exclude) } : {}),
      ...(run.destinations.length > 0 ? { destinations: [...run.destinations] } : {}),
      ...(run.encryption ? { encryption: run.encryption } : {}),
    };
    put(await call<Job>("POST", "/backups", body));
    onStarted();
  });
  return (
    <FormDialog
      width="wide"
      title={title ? `Back up ${title}` : "Back up"}
      text="It is written beside the others, read again and verified. Services go on as soon as they have been read."
      verb="Back up"
      busy={busy || !chosen}
      onSubmit={onSubmit}
      onClose={onClose}
    >
      {problem ? (
        <Note tone="fail" alert title="The backup did not begin">
          {problem.words}
        </Note>
      ) : null}
      {source ? null : <SourcePicker {...picked} onChange={(kind, value) => setPicked({ kind, value })} />}
      <RunFields value={run} onChange={(change) => setRun((now) => ({ ...now, ...change }))} />
      <FormField label="Note" hint="Why, for whoever looks for it later. It can be left empty.">
        {(attributes) => <TextField {...attributes} name="note" maxLength={500} className="w-full max-sm:h-11" />}
      </FormField>
    </FormDialog>
  );
}
