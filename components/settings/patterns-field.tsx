"use client";

import { FormField } from "@/components/ui/form-field.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import { TextArea } from "@/components/ui/text-field.tsx";
import { patternsProblem } from "./scope.ts";

interface PatternsFieldProps {
  label: string;
  /** as typed; null: every service */
  value: string | null;
  /** after a try to send it */
  complain: boolean;
  /** every service is not a choice */
  needed?: boolean;
  /** what the server says is wrong with them */
  refused?: string | null;
  onChange: (value: string | null) => void;
}

/** Every service, or those that some patterns name. */
export function PatternsField({
  label,
  value,
  complain,
  needed = false,
  refused = null,
  onChange,
}: PatternsFieldProps) {
  return (
    <div className="grid gap-1.5">
      <span className="font-medium">{label}</span>
      {needed ? null : (
        <Segmented
          label={label}
          value={value === null ? "all" : "some"}
          options={[
            { value: "all", label: "Every service" },
            { value: "some", label: "Only some" },
          ]}
          onChange={(next) => onChange(next === "all" ? null : (value ?? ""))}
          className="justify-self-start max-sm:h-11"
        />
      )}
      {value === null && !needed ? null : (
        <FormField
          label={<span className="sr-only">Services, one pattern a line</span>}
          hint="One a line: host, scope and name, as in local/docker/wa-*. A star stands for any signs of a part."
          error={(complain ? patternsProblem(value ?? "") : null) ?? refused}
        >
          {(attributes) => (
            <TextArea
              {...attributes}
              value={value ?? ""}
              rows={3}
              placeholder="local/docker/wa-*"
              onChange={(event) => onChange(event.target.value)}
            />
          )}
        </FormField>
      )}
    </div>
  );
}
