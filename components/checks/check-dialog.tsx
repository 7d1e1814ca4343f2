"use client";

import { useState } from "react";
import type { Check, CheckKind } from "#lib/checks/shapes.ts";
import { useSubmit } from "@/components/auth/use-submit.ts";
import { choiceOf, cronOf, USUAL_CHOICE } from "@/components/backups/cron-choice.ts";
import { CronField } from "@/components/backups/cron-field.tsx";
import { DurationField } from "@/components/forms/duration-field.tsx";
import { configOf, type FieldValues, valuesOf } from "@/components/forms/fields.ts";
import { FormProblem } from "@/components/forms/form-problem.tsx";
import { KindAndName } from "@/components/forms/kind-and-name.tsx";
import { KindFields } from "@/components/forms/kind-fields.tsx";
import { ServiceField } from "@/components/services/service-field.tsx";
import { FormDialog } from "@/components/settings/form-dialog.tsx";
import { call } from "@/components/shell/api-client.ts";
import { say } from "@/components/shell/toast.tsx";
import { FormField } from "@/components/ui/form-field.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import { CHECK_KIND_OPTIONS, CHECKS, needsService } from "./check-kinds.ts";

interface CheckDialogProps {
  /** what is changed; null: a new one */
  known: Check | null;
  /** id of the service that a new one is about at first */
  service?: string | null;
  onClose: () => void;
  /** what it is now: of a heartbeat the address that its job calls */
  onSaved: (check: Check) => void;
}

interface Draft {
  kind: CheckKind;
  name: string;
  service: string;
  every: number | null;
  /** of a heartbeat its grace */
  timeout: number | null;
  tolerates: string;
  values: FieldValues;
}

/** Makes a check, or changes one. */
export function CheckDialog({ known, service: about = null, onClose, onSaved }: CheckDialogProps) {
  const [draft, setDraft] = useState<Draft>(() =>
    known ? draftOf(known) : { ...newDraft("http"), service: about ?? "" },
  );
  const [cron, setCron] = useState(() => cronOfCheck(known));
  const { kind, name, service, every, timeout, tolerates, values } = draft;
  const change = (part: Partial<Draft>) => setDraft((now) => ({ ...now, ...part }));
  const { fields, says } = CHECKS[kind];
  const isHeartbeat = kind === "heartbeat";
  const { busy, problem, onSubmit } = useSubmit(async () => {
    const config = isHeartbeat
      ? { cron: cron.on ? cronOf(cron.choice) : null, timezone: cron.timezone }
      : configOf(fields, values);
    const body = {
      name,
      service: service || null,
      ...(every === null ? {} : { every }),
      ...(timeout === null ? {} : { timeout }),
      ...(isHeartbeat || tolerates === "" ? {} : { tolerates: Number(tolerates) }),
      config,
    };
    const saved = known
      ? await call<Check>("PATCH", `/checks/${encodeURIComponent(known.id)}`, body)
      : await call<Check>("POST", "/checks", { kind, ...body });
    say({ tone: "ok", title: known ? `${name} is changed` : `${name} is checked from now on` });
    onSaved(saved);
  });
  return (
    <FormDialog
      width="wide"
      title={known ? `Edit ${known.name}` : "New check"}
      text={says}
      verb={known ? "Save" : "Create check"}
      busy={busy}
      onSubmit={onSubmit}
      onClose={onClose}
    >
      <FormProblem
        problem={problem}
        title={`The check was not ${known ? "changed" : "made"}`}
        placed={["name", "service", "every", "timeout", ...fields.map((field) => `config.${field.name}`)]}
      />
      <KindAndName
        kind={kind}
        options={CHECK_KIND_OPTIONS}
        onKind={
          known
            ? null
            : (next: CheckKind) => setDraft((now) => ({ ...newDraft(next), name: now.name, service: now.service }))
        }
        name={name}
        onName={(next) => change({ name: next })}
        problem={problem}
      />
      <KindFields
        key={kind}
        fields={fields}
        values={values}
        problem={problem}
        at="config"
        onChange={(field, value) => setDraft((now) => ({ ...now, values: { ...now.values, [field]: value } }))}
      />
      {isHeartbeat ? (
        <Segmented
          label="When it is called"
          value={cron.on ? "cron" : "every"}
          options={[
            { value: "every", label: "At least every so often" },
            { value: "cron", label: "By a calendar" },
          ]}
          onChange={(next) => setCron((now) => ({ ...now, on: next === "cron" }))}
          className="justify-self-start max-sm:h-11"
        />
      ) : null}
      {isHeartbeat && cron.on ? (
        <CronField
          label="Is called"
          value={cron.choice}
          timezone={cron.timezone}
          onChange={(part) => setCron((now) => ({ ...now, choice: { ...now.choice, ...part } }))}
          onTimezone={(timezone) => setCron((now) => ({ ...now, timezone }))}
        />
      ) : null}
      <ServiceField
        label="Service"
        hint={needsService(kind) ? "What it prints is followed." : "The check tells its health."}
        error={problem?.about("service", "The service") ?? null}
        value={service}
        {...(needsService(kind) ? {} : { none: "None: it stands alone" })}
        onChange={(next) => change({ service: next })}
      />
      <div key={`pace ${kind}`} className="grid grid-cols-2 items-start gap-3.5 max-sm:grid-cols-1">
        {isHeartbeat && cron.on ? null : (
          <DurationField
            label={isHeartbeat ? "At least every" : "Every"}
            value={every}
            error={problem?.about("every", "It")}
            onChange={(next) => change({ every: next })}
          />
        )}
        {needsService(kind) ? null : (
          <DurationField
            label={isHeartbeat ? "Grace" : "Waits for"}
            hint={isHeartbeat ? "So much later is still in time." : "Then it has failed."}
            value={timeout}
            error={problem?.about("timeout", "It")}
            onChange={(next) => change({ timeout: next })}
          />
        )}
        {isHeartbeat ? null : (
          <FormField label="Failures borne" hint="In a row, before it is down.">
            {(attributes) => (
              <TextField
                {...attributes}
                type="number"
                min={0}
                max={100}
                value={tolerates}
                onChange={({ target }) => change({ tolerates: target.value })}
                className="w-full max-sm:h-11"
              />
            )}
          </FormField>
        )}
      </div>
    </FormDialog>
  );
}

function newDraft(kind: CheckKind): Draft {
  const [every, timeout] = kind === "heartbeat" ? [86_400, 300] : [60, 10];
  return { kind, name: "", service: "", every, timeout, tolerates: "0", values: valuesOf(CHECKS[kind].fields, null) };
}

function draftOf({ kind, name, service, every, timeout, tolerates, config }: Check): Draft {
  const values = valuesOf(CHECKS[kind].fields, config);
  return { kind, name, service: service ?? "", every, timeout, tolerates: String(tolerates), values };
}

function cronOfCheck(known: Check | null) {
  const text = (name: string) => (typeof known?.config[name] === "string" ? (known.config[name] as string) : null);
  const line = text("cron");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    on: line !== null,
    choice: line === null ? USUAL_CHOICE : choiceOf(line),
    // the usual zone of one that has no calendar yet says nothing
    timezone: line === null ? own : (text("timezone") ?? own),
  };
}
