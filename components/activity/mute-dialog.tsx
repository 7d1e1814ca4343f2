"use client";

import { type FormEvent, useState } from "react";
import type { Alert, NewMute } from "#lib/alerts/shapes.ts";
import { FormDialog } from "@/components/settings/form-dialog.tsx";
import { call } from "@/components/shell/api-client.ts";
import { say } from "@/components/shell/toast.tsx";
import { attempt } from "@/components/shell/use-reading.ts";
import { useNow } from "@/components/ui/clock.ts";
import { FormField } from "@/components/ui/form-field.tsx";
import { Select } from "@/components/ui/select.tsx";
import { TextField } from "@/components/ui/text-field.tsx";

const HOUR = 3_600_000;
const SPANS = [
  { value: "1", label: "1 hour" },
  { value: "8", label: "8 hours" },
  { value: "24", label: "24 hours" },
  { value: "168", label: "7 days" },
  { value: "", label: "Until somebody ends it" },
] as const;
type Hours = (typeof SPANS)[number]["value"];
type About = "both" | "service" | "rule";

interface MuteDialogProps {
  alert: Alert;
  onClose: () => void;
}

/** Alerts like this one go on being seen here, and nobody is told of them for a while. */
export function MuteDialog({ alert, onClose }: MuteDialogProps) {
  const [hours, setHours] = useState<Hours>("8");
  const [about, setAbout] = useState<About>(alert.service === null ? "rule" : "both");
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const now = useNow();
  const choices: { value: About; label: string }[] = [
    ...(alert.service === null
      ? []
      : [
          { value: "both" as const, label: `This rule for ${alert.subject}` },
          { value: "service" as const, label: `Everything about ${alert.subject}` },
        ]),
    { value: "rule", label: "This rule, for everything" },
  ];
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const mute: Partial<NewMute> = {
      kind: "mute",
      services: about === "rule" || alert.service === null ? [] : [alert.service],
      rule: about === "service" ? null : alert.rule,
      until: hours === "" ? null : new Date(now + Number(hours) * HOUR).toISOString(),
      reason,
    };
    const done = await attempt("The mute was not made", () => call("POST", "/alerts/mutes", mute));
    setBusy(false);
    if (!done) return;
    const length = SPANS.find(({ value }) => value === hours)!.label;
    say({ tone: "ok", title: "Muted", text: hours === "" ? `${length}.` : `For ${length}.` });
    onClose();
  };
  return (
    <FormDialog
      title={`Mute alerts like “${alert.title}”`}
      text="They are still listed here. Nobody is told of them meanwhile."
      verb="Mute"
      busy={busy}
      onSubmit={submit}
      onClose={onClose}
    >
      <FormField label="What">
        {(field) => <Select {...field} value={about} options={choices} onChange={setAbout} className="w-full" />}
      </FormField>
      <FormField label="How long">
        {(field) => <Select {...field} value={hours} options={SPANS} onChange={setHours} className="w-full" />}
      </FormField>
      <FormField label="Why" hint="Others see it beside the mute.">
        {(field) => (
          <TextField
            {...field}
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.target.value)}
            className="max-sm:h-11"
          />
        )}
      </FormField>
    </FormDialog>
  );
}
