"use client";

import { useState } from "react";
import { formatBytes } from "#lib/format/bytes.ts";
import type { Job } from "#lib/jobs/job.ts";
import type { Volume } from "#lib/volumes/shapes.ts";
import { useJobs } from "@/components/jobs/jobs-store.tsx";
import { ApiProblem, readProblem } from "@/components/shell/api-client.ts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { FormField } from "@/components/ui/form-field.tsx";
import { Note } from "@/components/ui/note.tsx";
import { Progress } from "@/components/ui/progress.tsx";
import { TextField } from "@/components/ui/text-field.tsx";

interface ImportDialogProps {
  /** whose backup it becomes; null: one of its own */
  volume: Volume | null;
  onClose: () => void;
  onStarted: () => void;
}

/** Takes in an archive made elsewhere. It is sent as it is, and checked before anything is kept. */
export function ImportDialog({ volume, onClose, onStarted }: ImportDialogProps) {
  const [file, setFile] = useState<File | null>(null);
  const [title, setTitle] = useState(volume?.name ?? "");
  const [sent, setSent] = useState<number | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const { put } = useJobs();
  const send = async () => {
    if (!file) return;
    setProblem(null);
    setSent(0);
    try {
      const query = new URLSearchParams({ title: title || file.name, ...(volume ? { volume: volume.id } : {}) });
      const job = await upload(`/api/v1/backups/import?${query}`, file, setSent);
      if (job) put(job);
      onStarted();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
      setSent(null);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={volume ? `Import a backup of ${volume.name}` : "Import a backup"}
      text="A .tar, .tar.gz or .tar.zst made elsewhere. It becomes a backup like any other; no volume is touched."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="filled" disabled={!file || sent !== null} onClick={() => void send()}>
            Import
          </Button>
        </>
      }
    >
      {problem ? (
        <Note tone="fail" alert title="The archive was not imported">
          {problem.words}
        </Note>
      ) : null}
      <FormField label="Archive" hint={file ? `${formatBytes(file.size)}` : undefined}>
        {(attributes) => (
          <input
            {...attributes}
            type="file"
            accept=".tar,.gz,.tgz,.zst"
            onChange={(event) => {
              const chosen = event.target.files?.[0] ?? null;
              setFile(chosen);
              if (chosen && title === "") setTitle(chosen.name.replace(/(\.tar)?(\.gz|\.zst|\.tgz|\.tar)$/i, ""));
            }}
            className="w-full min-w-0 text-13 file:mr-3 file:h-8 file:rounded-control file:border file:border-solid file:border-border-strong file:bg-card file:px-3 file:text-13 file:font-medium file:text-foreground max-sm:file:h-11"
          />
        )}
      </FormField>
      <FormField label="Name" hint="What it is of, as it shall stand in the list.">
        {(attributes) => (
          <TextField
            {...attributes}
            value={title}
            onChange={(event) => setTitle(event.target.value)}
            className="w-full max-sm:h-11"
          />
        )}
      </FormField>
      {sent === null || !file ? null : (
        <div className="grid gap-1.5 text-12 text-muted-foreground">
          <Progress large label={`Sending ${file.name}`} share={file.size > 0 ? sent / file.size : 1} />
          <span className="num">
            {formatBytes(sent)} of {formatBytes(file.size)} sent
          </span>
        </div>
      )}
    </Dialog>
  );
}

/** By the older interface: it alone tells how much of a body has left. */
function upload(url: string, file: File, onSent: (bytes: number) => void): Promise<Job | null> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = ({ loaded }) => onSent(loaded);
    request.onerror = () =>
      reject(new ApiProblem(0, { code: "network", title: "The connection broke before the archive was sent" }));
    request.onload = () => {
      if (request.status < 300) resolve(request.responseText === "" ? null : (JSON.parse(request.responseText) as Job));
      else readProblem(new Response(request.responseText, { status: request.status })).then(reject, reject);
    };
    request.send(file);
  });
}
