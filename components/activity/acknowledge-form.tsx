"use client";

import { Check } from "lucide-react";
import { type FormEvent, useState } from "react";
import type { Alert } from "#lib/alerts/shapes.ts";
import { Button } from "@/components/ui/button.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import { acknowledge } from "./alert-acts.ts";

/** Takes an alert on, with a word to the others if one likes. */
export function AcknowledgeForm({ alert, onDone }: { alert: Alert; onDone: (alert: Alert) => void }) {
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const taken = await acknowledge(alert, note.trim());
    setBusy(false);
    if (taken) onDone(taken);
  };
  return (
    <form method="post" onSubmit={submit} className="flex flex-wrap gap-1.5">
      <TextField
        label="Note for the others"
        placeholder="Note for the others, if you like"
        value={note}
        maxLength={500}
        onChange={(event) => setNote(event.target.value)}
        className="w-[340px] max-sm:h-11 max-sm:w-full"
      />
      <Button
        type="submit"
        variant="filled"
        icon={<Check aria-hidden="true" />}
        disabled={busy}
        className="max-sm:h-11 max-sm:flex-1"
      >
        Acknowledge
      </Button>
    </form>
  );
}
