"use client";

import { type RefObject, useId, useRef, useState } from "react";
import type { NewLogSource } from "#lib/logs/source-shapes.ts";
import { ApiProblem } from "@/components/shell/api-client.ts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { TextField } from "@/components/ui/text-field.tsx";

interface AttachDialogProps {
  open: boolean;
  onClose: () => void;
  attach: (source: NewLogSource) => Promise<void>;
  /** what a file may belong to */
  services: readonly { id: string; name: string }[];
}

/** Names a file, or a pattern of files, as a source of lines. */
export function AttachDialog({ open, ...parts }: AttachDialogProps) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <Dialog
      open={open}
      onClose={parts.onClose}
      title="Add a file or pattern"
      text="Its lines stand among the others, through rotation, and what matches later joins them."
      initialFocus={field}
    >
      {open ? <AttachForm field={field} {...parts} /> : null}
    </Dialog>
  );
}

interface AttachFormProps extends Omit<AttachDialogProps, "open"> {
  field: RefObject<HTMLInputElement | null>;
}

function AttachForm({ field, onClose, attach, services }: AttachFormProps) {
  const id = useId();
  const [pattern, setPattern] = useState("");
  const [title, setTitle] = useState("");
  const [service, setService] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const named = title.trim() === "" ? {} : { title: title.trim() };
      await attach({ pattern: pattern.trim(), service: service === "" ? null : service, ...named });
      onClose();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error.detail || error.message);
      setBusy(false);
    }
  };
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (pattern.trim() !== "" && !busy) void send();
      }}
    >
      <label htmlFor={`${id}-pattern`} className="grid gap-1 text-12 font-medium">
        Path or pattern
        <TextField
          ref={field}
          id={`${id}-pattern`}
          mono
          value={pattern}
          placeholder="~/.clawdis/sessions/*.jsonl"
          maxLength={1000}
          aria-invalid={problem !== null}
          aria-describedby={problem === null ? undefined : `${id}-problem`}
          onChange={(event) => setPattern(event.target.value)}
        />
      </label>
      <label htmlFor={`${id}-title`} className="grid gap-1 text-12 font-medium">
        Title
        <TextField
          id={`${id}-title`}
          value={title}
          placeholder="As the pattern, unless told"
          maxLength={200}
          onChange={(event) => setTitle(event.target.value)}
        />
      </label>
      <label htmlFor={`${id}-service`} className="grid gap-1 text-12 font-medium">
        Belongs to
        <select
          id={`${id}-service`}
          value={service}
          onChange={(event) => setService(event.target.value)}
          className="h-8 rounded-control border border-input bg-card px-2 text-13 font-normal max-sm:h-11 max-sm:text-16"
        >
          <option value="">Nothing, it stands alone</option>
          {services.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </select>
      </label>
      {problem === null ? null : (
        <p id={`${id}-problem`} role="alert" className="text-13 text-pretty text-fail [overflow-wrap:anywhere]">
          {problem}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="filled" disabled={busy || pattern.trim() === ""}>
          Add source
        </Button>
      </div>
    </form>
  );
}
