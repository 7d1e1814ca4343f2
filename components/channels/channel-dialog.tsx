"use client";

import { useState } from "react";
import type { Channel, ChannelKind } from "#lib/alerts/channels/shapes.ts";
import type { Severity } from "#lib/alerts/shapes.ts";
import { useSubmit } from "@/components/auth/use-submit.ts";
import { configOf, type Field, type FieldValues, valuesOf } from "@/components/forms/fields.ts";
import { FormProblem } from "@/components/forms/form-problem.tsx";
import { KindAndName } from "@/components/forms/kind-and-name.tsx";
import { KindFields } from "@/components/forms/kind-fields.tsx";
import { FormDialog } from "@/components/settings/form-dialog.tsx";
import { call } from "@/components/shell/api-client.ts";
import { say } from "@/components/shell/toast.tsx";
import { Checkbox } from "@/components/ui/checkbox.tsx";
import { FormField } from "@/components/ui/form-field.tsx";
import { Select } from "@/components/ui/select.tsx";
import { CHANNEL_KIND_OPTIONS, CHANNELS } from "./channel-kinds.ts";
import { type Quiet, QuietFields, usualQuiet } from "./quiet-fields.tsx";

interface ChannelDialogProps {
  /** what is changed; null: a new one */
  known: Channel | null;
  onClose: () => void;
  onSaved: () => void;
}

const LEAST: readonly { value: Severity; label: string }[] = [
  { value: "info", label: "Everything" },
  { value: "warning", label: "Warnings and critical ones" },
  { value: "critical", label: "Critical ones alone" },
];

/** Makes a channel, or changes one. What is secret is kept sealed, and never shown again. */
export function ChannelDialog({ known, onClose, onSaved }: ChannelDialogProps) {
  const [kind, setKind] = useState<ChannelKind>(known?.kind ?? "mail");
  const [name, setName] = useState(known?.name ?? "");
  const [config, setConfig] = useState(() => valuesOf(CHANNELS[kind].config, known?.config ?? null));
  const [secrets, setSecrets] = useState(() => valuesOf(CHANNELS[kind].secrets, null));
  const [severity, setSeverity] = useState<Severity>(known?.severity ?? "info");
  const [takesAll, setTakesAll] = useState(known?.takesAll ?? true);
  const [quiet, setQuiet] = useState<Quiet | null>(known?.quiet ?? null);
  const { says, ...fields } = CHANNELS[kind];
  const secretFields = fields.secrets.map((field) => asKept(field, known));
  const { busy, problem, onSubmit } = useSubmit(async () => {
    const given = givenOf(configOf(fields.secrets, secrets));
    const common = { name, severity, takesAll, quiet, config: configOf(fields.config, config) };
    if (known) {
      const body = { ...common, ...(Object.keys(given).length > 0 ? { secrets: given } : {}) };
      await call("PATCH", `/channels/${encodeURIComponent(known.id)}`, body);
    } else await call("POST", "/channels", { kind, ...common, secrets: given });
    say({
      tone: "ok",
      title: `${name} is ${known ? "changed" : "added"}`,
      ...(known ? {} : { text: "A test tells whether it works." }),
    });
    onSaved();
  });
  const choose = (next: ChannelKind) => {
    setKind(next);
    setConfig(valuesOf(CHANNELS[next].config, null));
    setSecrets(valuesOf(CHANNELS[next].secrets, null));
  };
  return (
    <FormDialog
      width="wide"
      title={known ? `Edit ${known.name}` : "Add a channel"}
      text={says}
      verb={known ? "Save" : "Add channel"}
      busy={busy}
      onSubmit={onSubmit}
      onClose={onClose}
    >
      <FormProblem
        problem={problem}
        title={`The channel was not ${known ? "changed" : "added"}`}
        placed={[
          "name",
          ...fields.config.map((field) => `config.${field.name}`),
          ...fields.secrets.map((field) => `secrets.${field.name}`),
        ]}
      />
      <KindAndName
        kind={kind}
        options={CHANNEL_KIND_OPTIONS}
        onKind={known ? null : choose}
        name={name}
        onName={setName}
        problem={problem}
      />
      {partsOf(fields.config, secretFields).map(({ at, fields: some }) => (
        <KindFields
          key={`${kind} ${some[0]?.name}`}
          fields={some}
          values={at === "secrets" ? secrets : config}
          problem={problem}
          at={at}
          onChange={(field, value) =>
            (at === "secrets" ? setSecrets : setConfig)((now) => ({ ...now, [field]: value }))
          }
        />
      ))}
      <FormField label="Takes">
        {(attributes) => (
          <Select {...attributes} value={severity} options={LEAST} onChange={setSeverity} className="w-full" />
        )}
      </FormField>
      <Checkbox
        checked={takesAll}
        hint="Else only what a rule sends to it by name."
        onChange={({ target }) => setTakesAll(target.checked)}
      >
        It takes what no rule sends elsewhere
      </Checkbox>
      <Checkbox
        checked={quiet !== null}
        hint="What comes then waits until they are over."
        onChange={({ target }) => setQuiet(target.checked ? usualQuiet() : null)}
      >
        Quiet hours
      </Checkbox>
      {quiet ? (
        <QuietFields
          value={quiet}
          problem={problem?.errors.find(({ path }) => path.startsWith("quiet"))?.message ?? null}
          onChange={(change) => setQuiet((now) => now && { ...now, ...change })}
        />
      ) : null}
    </FormDialog>
  );
}

interface Part {
  at: "config" | "secrets";
  fields: readonly Field[];
}

/** In the order in which they are asked for: where it goes to, what opens that, and where that may be. */
function partsOf(config: readonly Field[], secrets: readonly Field[]): Part[] {
  const [flags, places] = [config.filter(({ type }) => type === "flag"), config.filter(({ type }) => type !== "flag")];
  const parts: Part[] = [
    { at: "config", fields: places },
    { at: "secrets", fields: secrets },
    { at: "config", fields: flags },
  ];
  return parts.filter(({ fields }) => fields.length > 0);
}

/** A secret that it has already may be left out. */
function asKept(field: Field, known: Channel | null): Field {
  if (!known?.secrets.includes(field.name)) return field;
  return { ...field, required: false, hint: "Left empty, it stays as it is." };
}

/** Secrets that were typed: an empty list of headers is none. */
function givenOf(secrets: FieldValues | Record<string, unknown>): Record<string, unknown> {
  const isEmpty = (value: unknown) => typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return Object.fromEntries(Object.entries(secrets).filter(([, value]) => !isEmpty(value)));
}
