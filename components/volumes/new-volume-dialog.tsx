"use client";

import { useState } from "react";
import type { Job } from "#lib/jobs/job.ts";
import type { Volume } from "#lib/volumes/shapes.ts";
import { useSubmit } from "@/components/auth/use-submit.ts";
import { copyName, stampOf } from "@/components/backups/backup-words.ts";
import { useJobs } from "@/components/jobs/jobs-store.tsx";
import { FormDialog } from "@/components/settings/form-dialog.tsx";
import { call } from "@/components/shell/api-client.ts";
import { say } from "@/components/shell/toast.tsx";
import { FormField } from "@/components/ui/form-field.tsx";
import { Note } from "@/components/ui/note.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import { nameProblem } from "./volume-words.ts";

interface NewVolumeDialogProps {
  /** what is copied into it; empty when left out */
  of?: Volume;
  taken: ReadonlySet<string>;
  onClose: () => void;
  onMade: () => void;
}

/** A new volume, empty or a copy of another. */
export function NewVolumeDialog({ of, taken, onClose, onMade }: NewVolumeDialogProps) {
  const [name, setName] = useState(() => (of ? copyName(of.name, `copy-${stampOf(Date.now())}`, taken) : ""));
  const [tried, setTried] = useState(false);
  const { put } = useJobs();
  const wrong = nameProblem(name, taken);
  const { busy, problem, onSubmit } = useSubmit(async () => {
    setTried(true);
    if (wrong) return;
    if (of) put(await call<Job>("POST", `/volumes/${of.id}/clone`, { name }));
    else {
      await call("POST", "/volumes", { name });
      say({ tone: "ok", title: `${name} is made`, text: "It is empty until a container mounts it." });
    }
    onMade();
  });
  return (
    <FormDialog
      title={of ? `Clone ${of.name}` : "Create a volume"}
      text={
        of
          ? "Its contents are read as for a backup and written into a new volume. Services that use it pause while it is read."
          : "Docker makes it with its local driver."
      }
      verb={of ? "Clone" : "Create volume"}
      busy={busy}
      onSubmit={onSubmit}
      onClose={onClose}
    >
      {problem ? (
        <Note tone="fail" alert title={of ? "The clone did not begin" : "The volume was not made"}>
          {problem.words}
        </Note>
      ) : null}
      <FormField label="Name" error={tried || (name !== "" && wrong !== null) ? wrong : null}>
        {(attributes) => (
          <TextField
            {...attributes}
            mono
            autoCapitalize="none"
            value={name}
            onChange={(event) => setName(event.target.value)}
            className="w-full max-sm:h-11"
          />
        )}
      </FormField>
    </FormDialog>
  );
}
