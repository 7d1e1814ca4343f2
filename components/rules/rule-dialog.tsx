"use client";

import { useState } from "react";
import type { Channel } from "#lib/alerts/channels/shapes.ts";
import type { Rule, RuleKind, Severity } from "#lib/alerts/shapes.ts";
import { useSubmit } from "@/components/auth/use-submit.ts";
import { DurationField } from "@/components/forms/duration-field.tsx";
import { configOf, type FieldValues, valuesOf } from "@/components/forms/fields.ts";
import { FormProblem } from "@/components/forms/form-problem.tsx";
import { KindAndName } from "@/components/forms/kind-and-name.tsx";
import { KindFields } from "@/components/forms/kind-fields.tsx";
import { FormDialog } from "@/components/settings/form-dialog.tsx";
import { PatternsField } from "@/components/settings/patterns-field.tsx";
import { parsePatterns, patternsProblem } from "@/components/settings/scope.ts";
import { call } from "@/components/shell/api-client.ts";
import { say } from "@/components/shell/toast.tsx";
import { attempt } from "@/components/shell/use-reading.ts";
import { Checkbox } from "@/components/ui/checkbox.tsx";
import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import { FormField } from "@/components/ui/form-field.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import { Select } from "@/components/ui/select.tsx";
import { fieldsOf, isOfServices, RULE_KIND_OPTIONS, SEVERITY_OPTIONS, saysOf } from "./rule-kinds.ts";

interface RuleDialogProps {
  /** what is changed; null: a new one */
  known: Rule | null;
  channels: readonly Channel[];
  onClose: () => void;
  onSaved: () => void;
}

interface Draft {
  kind: RuleKind;
  name: string;
  /** as typed; null: every service */
  services: string | null;
  severity: Severity;
  lasts: number | null;
  /** ids; null: those that take everything */
  channels: readonly string[] | null;
  values: FieldValues;
}

/** Makes a rule, or changes one. */
export function RuleDialog({ known, channels, onClose, onSaved }: RuleDialogProps) {
  const [draft, setDraft] = useState<Draft>(() => (known ? draftOf(known) : newDraft("state")));
  const [tried, setTried] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const { kind, name, services, severity, lasts, values } = draft;
  const fields = fieldsOf(kind, values);
  const ofServices = isOfServices(kind, values);
  // lines are read of those that are named alone
  const named = kind === "log";
  const change = (part: Partial<Draft>) => setDraft((now) => ({ ...now, ...part }));
  const { busy, problem, onSubmit } = useSubmit(async () => {
    setTried(true);
    if (ofServices && patternsProblem(named ? (services ?? "") : services) !== null) return;
    const body = {
      name,
      services: ofServices ? parsePatterns(services ?? "").patterns : [],
      severity,
      lasts: lasts ?? 0,
      channels: draft.channels,
      config: configOf(fields, values),
    };
    if (known) await call("PATCH", `/alerts/rules/${encodeURIComponent(known.id)}`, body);
    else await call("POST", "/alerts/rules", { kind, ...body });
    say({ tone: "ok", title: known ? `${name} is changed` : `${name} is watched for from now on` });
    onSaved();
  });
  const remove = async () => {
    setDeleting(false);
    const path = `/alerts/rules/${encodeURIComponent(known?.id ?? "")}`;
    if (await attempt(`${known?.name} stays`, () => call("DELETE", path))) onSaved();
  };
  return (
    <FormDialog
      width="wide"
      title={known ? `Edit ${known.name}` : "New rule"}
      text={saysOf(kind)}
      verb={known ? "Save" : "Create rule"}
      busy={busy}
      note={
        known && !known.builtIn ? (
          <button type="button" className="textlink max-sm:h-11" onClick={() => setDeleting(true)}>
            Delete rule…
          </button>
        ) : null
      }
      onSubmit={onSubmit}
      onClose={onClose}
    >
      <FormProblem
        problem={problem}
        title={`The rule was not ${known ? "changed" : "made"}`}
        placed={["name", "lasts", "services", ...fields.map((field) => `config.${field.name}`)]}
      />
      <KindAndName
        kind={kind}
        options={RULE_KIND_OPTIONS}
        onKind={known ? null : (next: RuleKind) => change({ kind: next, values: newDraft(next).values })}
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
      {ofServices ? (
        <PatternsField
          label="Services"
          value={services}
          complain={tried}
          needed={named}
          refused={problem?.about("services", "It") ?? null}
          onChange={(next) => change({ services: next })}
        />
      ) : null}
      <div className="grid grid-cols-2 items-start gap-3.5 max-sm:grid-cols-1">
        <FormField label="Severity">
          {(attributes) => (
            <Select
              {...attributes}
              value={severity}
              options={SEVERITY_OPTIONS}
              onChange={(next) => change({ severity: next })}
              className="w-full"
            />
          )}
        </FormField>
        <DurationField
          label="Has to last"
          hint="Shorter trouble is not told."
          value={lasts}
          placeholder="0"
          error={problem?.about("lasts", "It")}
          onChange={(next) => change({ lasts: next })}
        />
      </div>
      <ChannelsField value={draft.channels} channels={channels} onChange={(next) => change({ channels: next })} />
      <ConfirmDialog
        open={deleting}
        onClose={() => setDeleting(false)}
        title={`Delete ${known?.name}?`}
        text="Nobody is told by it any more, and what it holds open ends."
        verb="Delete rule"
        keep="Keep it"
        onConfirm={() => void remove()}
      />
    </FormDialog>
  );
}

interface ChannelsFieldProps {
  value: readonly string[] | null;
  channels: readonly Channel[];
  onChange: (value: readonly string[] | null) => void;
}

/** Who is told: whoever takes everything, or these alone. */
function ChannelsField({ value, channels, onChange }: ChannelsFieldProps) {
  const all = channels.filter(({ takesAll, enabled }) => takesAll && enabled).map(({ name }) => name);
  return (
    <div className="grid gap-1.5">
      <span className="font-medium">Told by</span>
      <Segmented
        label="Told by"
        value={value === null ? "all" : "some"}
        options={[
          { value: "all", label: "Channels that take everything" },
          { value: "some", label: "Only some" },
        ]}
        onChange={(next) => onChange(next === "all" ? null : (value ?? []))}
        className="justify-self-start max-sm:h-11"
      />
      {value === null ? (
        <p className="text-12 text-muted-foreground">
          {all.length === 0 ? "There is none yet: alerts are listed here, and nobody is told." : `${all.join(", ")}.`}
        </p>
      ) : (
        <fieldset className="mt-1 grid grid-cols-2 gap-x-4 gap-y-2 max-sm:grid-cols-1 max-sm:gap-y-0">
          <legend className="sr-only">Which channels</legend>
          {channels.map(({ id, name, enabled }) => (
            <Checkbox
              key={id}
              checked={value.includes(id)}
              onChange={({ target }) =>
                onChange(target.checked ? [...value, id] : value.filter((known) => known !== id))
              }
            >
              <span className="[overflow-wrap:anywhere]">
                {name}
                {enabled ? "" : " (off)"}
              </span>
            </Checkbox>
          ))}
          {value.length === 0 ? (
            <p className="text-12 text-muted-foreground sm:col-span-2">None: it is listed here, and nobody is told.</p>
          ) : null}
        </fieldset>
      )}
    </div>
  );
}

function newDraft(kind: RuleKind): Draft {
  const first = valuesOf(fieldsOf(kind, {}), null);
  const values = valuesOf(fieldsOf(kind, first), null);
  return { kind, name: "", services: null, severity: "warning", lasts: 0, channels: null, values };
}

function draftOf({ kind, name, services, severity, lasts, channels, config }: Rule): Draft {
  const values = valuesOf(fieldsOf(kind, config), config);
  return {
    kind,
    name,
    services: services.length === 0 ? null : services.join("\n"),
    severity,
    lasts,
    channels,
    values,
  };
}
