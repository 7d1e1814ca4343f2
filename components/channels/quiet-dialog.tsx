"use client";

import { useState } from "react";
import type { Mute, NewMute, Rule } from "#lib/alerts/shapes.ts";
import { formatDay } from "#lib/format/exact-time.ts";
import { useSubmit } from "@/components/auth/use-submit.ts";
import { type CronChoice, choiceOf, cronOf, USUAL_CHOICE } from "@/components/backups/cron-choice.ts";
import { CronField } from "@/components/backups/cron-field.tsx";
import { DurationField } from "@/components/forms/duration-field.tsx";
import { FormProblem } from "@/components/forms/form-problem.tsx";
import { FormDialog } from "@/components/settings/form-dialog.tsx";
import { PatternsField } from "@/components/settings/patterns-field.tsx";
import { parsePatterns, patternsProblem } from "@/components/settings/scope.ts";
import { call } from "@/components/shell/api-client.ts";
import { useMe } from "@/components/shell/me.tsx";
import { say } from "@/components/shell/toast.tsx";
import { useNow } from "@/components/ui/clock.ts";
import { FormField } from "@/components/ui/form-field.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import { Select } from "@/components/ui/select.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import { localInput } from "./local-input.ts";

interface QuietDialogProps {
  kind: Mute["kind"];
  /** the one to be changed; null: another one is made */
  known: Mute | null;
  rules: readonly Rule[];
  onClose: () => void;
  onSaved: () => void;
}

/** Nobody is told of some services, or by some rule: from now on for a while, or in hours that are planned. */
export function QuietDialog({ kind, known, rules, onClose, onSaved }: QuietDialogProps) {
  const me = useMe();
  const now = useNow();
  const [services, setServices] = useState(() => patternsOf(known?.services ?? me.services));
  const [rule, setRule] = useState(known?.rule ?? "");
  const [lasts, setLasts] = useState(() => lengthOf(kind, known));
  const [repeats, setRepeats] = useState(known !== null && known.cron !== null);
  const [from, setFrom] = useState(() => localInput(known ? Date.parse(known.from) : now));
  const [choice, setChoice] = useState<CronChoice>(() =>
    known?.cron ? choiceOf(known.cron) : { ...USUAL_CHOICE, rhythm: "weekly" },
  );
  const [timezone, setTimezone] = useState(() => known?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [reason, setReason] = useState(known?.reason ?? "");
  const [tried, setTried] = useState(false);
  const isPlanned = kind === "maintenance";
  const { busy, problem, onSubmit } = useSubmit(async () => {
    setTried(true);
    if (patternsProblem(services) !== null) return;
    const start = isPlanned && !repeats ? new Date(from).getTime() : known ? Date.parse(known.from) : now;
    const once = {
      ...{ cron: null, timezone: null, lasts: null },
      ...(isPlanned ? { from: new Date(start).toISOString() } : {}),
      until: lasts === null ? null : new Date(start + lasts * 1000).toISOString(),
    };
    const body: Partial<NewMute> = {
      services: parsePatterns(services ?? "").patterns,
      rule: rule || null,
      ...(isPlanned && repeats ? { cron: cronOf(choice), timezone, lasts, until: null } : once),
      reason,
    };
    if (known) await call("PATCH", `/alerts/mutes/${encodeURIComponent(known.id)}`, body);
    else await call("POST", "/alerts/mutes", { kind, ...body });
    say({ tone: "ok", title: known ? "Changed" : isPlanned ? "The maintenance is planned" : "Muted" });
    onSaved();
  });
  return (
    <FormDialog
      width="wide"
      title={titleOf(kind, known)}
      text={
        isPlanned
          ? "Trouble is expected then, and nobody is told of it. What is still open afterwards is told."
          : `From ${known ? formatDay(known.from) : "now"} on. Alerts are still listed, and nobody is told of them.`
      }
      verb={known ? "Save" : isPlanned ? "Plan it" : "Mute"}
      busy={busy}
      onSubmit={onSubmit}
      onClose={onClose}
    >
      <FormProblem
        problem={problem}
        title={known ? "Nothing was changed" : isPlanned ? "The maintenance was not planned" : "Nothing was muted"}
        placed={["lasts"]}
      />
      {isPlanned ? (
        <Segmented
          label="How often"
          value={repeats ? "cron" : "once"}
          options={[
            { value: "once", label: "Once" },
            { value: "cron", label: "Again and again" },
          ]}
          onChange={(next) => setRepeats(next === "cron")}
          className="justify-self-start max-sm:h-11"
        />
      ) : null}
      {isPlanned && repeats ? (
        <CronField
          label="Begins"
          value={choice}
          timezone={timezone}
          onChange={(change) => setChoice((before) => ({ ...before, ...change }))}
          onTimezone={setTimezone}
        />
      ) : null}
      <div className="grid grid-cols-2 items-start gap-3.5 max-sm:grid-cols-1">
        {isPlanned && !repeats ? (
          <FormField label="From">
            {(attributes) => (
              <TextField
                {...attributes}
                type="datetime-local"
                required
                value={from}
                onChange={({ target }) => setFrom(target.value)}
                className="w-full max-sm:h-11"
              />
            )}
          </FormField>
        ) : null}
        <DurationField
          label="Lasts"
          hint={isPlanned ? undefined : "Empty: until somebody ends it."}
          value={lasts}
          error={problem?.about("lasts", "It") ?? problem?.about("until", "It")}
          onChange={setLasts}
        />
      </div>
      <PatternsField label="Services" value={services} complain={tried} onChange={setServices} />
      <FormField label="Rule">
        {(attributes) => (
          <Select
            {...attributes}
            value={rule}
            options={[{ value: "", label: "Every rule" }, ...rules.map(({ id, name }) => ({ value: id, label: name }))]}
            onChange={setRule}
            className="w-full"
          />
        )}
      </FormField>
      <FormField label="Why" hint="Others see it beside the mute.">
        {(attributes) => (
          <TextField
            {...attributes}
            value={reason}
            maxLength={500}
            onChange={({ target }) => setReason(target.value)}
            className="w-full max-sm:h-11"
          />
        )}
      </FormField>
    </FormDialog>
  );
}

function titleOf(kind: Mute["kind"], known: Mute | null): string {
  if (kind === "mute") return known ? "Edit mute" : "Mute";
  return known ? "Edit maintenance" : "Plan maintenance";
}

/** What the field for patterns begins with; null: everything. */
function patternsOf(services: readonly string[] | null): string | null {
  return services === null || services.length === 0 ? null : services.join("\n");
}

/** Seconds; null: until somebody ends it. */
function lengthOf(kind: Mute["kind"], known: Mute | null): number | null {
  if (known === null) return (kind === "mute" ? 8 : 2) * 3600;
  if (known.cron !== null) return known.lasts;
  return known.until === null ? null : Math.round((Date.parse(known.until) - Date.parse(known.from)) / 1000);
}
