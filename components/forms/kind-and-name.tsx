"use client";

import type { ApiProblem } from "@/components/shell/api-client.ts";
import { FormField } from "@/components/ui/form-field.tsx";
import { Select } from "@/components/ui/select.tsx";
import { TextField } from "@/components/ui/text-field.tsx";

interface KindAndNameProps<Kind extends string> {
  kind: Kind;
  options: readonly { value: Kind; label: string }[];
  /** null: what there is stays of its kind */
  onKind: ((kind: Kind) => void) | null;
  name: string;
  onName: (name: string) => void;
  problem: ApiProblem | null;
}

/** How each form of something that has kinds begins. */
export function KindAndName<Kind extends string>(props: KindAndNameProps<Kind>) {
  const { kind, options, onKind, name, onName, problem } = props;
  return (
    <div className="grid grid-cols-2 items-start gap-3.5 max-sm:grid-cols-1">
      {onKind ? (
        <FormField label="Kind">
          {(attributes) => (
            <Select {...attributes} value={kind} options={options} onChange={onKind} className="w-full" />
          )}
        </FormField>
      ) : null}
      <FormField
        label="Name"
        error={problem?.about("name", "The name") ?? null}
        className={onKind ? "" : "sm:col-span-2"}
      >
        {(attributes) => (
          <TextField
            {...attributes}
            value={name}
            required
            maxLength={100}
            onChange={({ target }) => onName(target.value)}
            className="w-full max-sm:h-11"
          />
        )}
      </FormField>
    </div>
  );
}
