"use client";

/** How a backup is made: alike for one by hand and for a plan. */
import type { Consistency, Destination, Encryption } from "#lib/backups/shapes.ts";
import { visible } from "#lib/format/visible.ts";
import { useMay } from "@/components/shell/me.tsx";
import { useReading } from "@/components/shell/use-reading.ts";
import { Checkbox } from "@/components/ui/checkbox.tsx";
import { FormField } from "@/components/ui/form-field.tsx";
import { Select } from "@/components/ui/select.tsx";

export interface RunChoice {
  consistency: Consistency;
  /** one pattern a line */
  include: string;
  exclude: string;
  destinations: readonly string[];
  /** "": not encrypted */
  encryption: string;
}

export const USUAL_RUN: RunChoice = {
  consistency: "pause",
  include: "",
  exclude: "",
  destinations: [],
  encryption: "",
};

const CONSISTENCIES: readonly { value: Consistency; label: string }[] = [
  { value: "pause", label: "Pause services while it is read" },
  { value: "stop", label: "Stop services while it is read" },
  { value: "live", label: "Live: services go on" },
];

const CONSISTENCY_HINT: Record<Consistency, string> = {
  pause: "They stand still for the reading alone and lose no connection state.",
  stop: "They end and start again: for databases that keep much in memory.",
  live: "SQLite databases are taken whole; other files as they are at that moment.",
};

interface RunFieldsProps {
  value: RunChoice;
  onChange: (change: Partial<RunChoice>) => void;
}

export function RunFields({ value, onChange }: RunFieldsProps) {
  const backs = useMay("backup");
  const destinations = useReading<{ items: Destination[] }>(backs ? "/destinations" : null).data?.items ?? [];
  const encryptions = useReading<{ items: Encryption[] }>(backs ? "/encryptions" : null).data?.items ?? [];
  const away = destinations.filter(({ kind }) => kind !== "local");
  return (
    <>
      <FormField label="Services that use it" hint={CONSISTENCY_HINT[value.consistency]}>
        {(attributes) => (
          <Select
            {...attributes}
            value={value.consistency}
            options={CONSISTENCIES}
            onChange={(consistency) => onChange({ consistency })}
            className="w-full"
          />
        )}
      </FormField>
      {away.length > 0 ? (
        <fieldset className="grid gap-1">
          <legend className="mb-1 font-medium">Copies go to</legend>
          {away.map(({ id, name, problem }) => (
            <Checkbox
              key={id}
              checked={value.destinations.includes(id)}
              hint={problem === null ? undefined : `unreachable: ${visible(problem)}`}
              onChange={(event) =>
                onChange({
                  destinations: event.target.checked
                    ? [...value.destinations, id]
                    : value.destinations.filter((one) => one !== id),
                })
              }
            >
              {visible(name)}
            </Checkbox>
          ))}
        </fieldset>
      ) : null}
      {encryptions.length > 0 ? (
        <FormField label="Encryption">
          {(attributes) => (
            <Select
              {...attributes}
              value={value.encryption}
              options={[
                { value: "", label: "Not encrypted" },
                ...encryptions.map(({ id, name, readable }) => ({
                  value: id,
                  label: `${visible(name)}${readable ? "" : " (only its owner can open it)"}`,
                })),
              ]}
              onChange={(encryption) => onChange({ encryption })}
              className="w-full"
            />
          )}
        </FormField>
      ) : null}
      <details>
        <summary className="cursor-pointer text-12 text-muted-foreground max-sm:py-3">What is left out</summary>
        <div className="grid grid-cols-2 gap-3 pt-2 max-sm:grid-cols-1">
          <Patterns
            label="Only these"
            value={value.include}
            placeholder="*.sqlite"
            onChange={(include) => onChange({ include })}
          />
          <Patterns
            label="All but these"
            value={value.exclude}
            placeholder={"cache/\n*.tmp"}
            onChange={(exclude) => onChange({ exclude })}
          />
        </div>
      </details>
    </>
  );
}

interface PatternsProps {
  label: string;
  value: string;
  placeholder: string;
  onChange: (value: string) => void;
}

function Patterns({ label, value, placeholder, onChange }: PatternsProps) {
  return (
    <FormField label={label} hint="A pattern a line, as in .gitignore.">
      {(attributes) => (
        <textarea
          {...attributes}
          rows={3}
          spellCheck={false}
          placeholder={placeholder}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className="w-full rounded-control border border-input bg-card px-2.5 py-1.5 font-mono text-12 placeholder:text-subtle-foreground max-sm:text-16"
        />
      )}
    </FormField>
  );
}

/** The lines of a text that say something. */
export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}
