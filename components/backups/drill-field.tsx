"use client";

import { FormField } from "@/components/ui/form-field.tsx";
import { Select } from "@/components/ui/select.tsx";
import { TextField } from "@/components/ui/text-field.tsx";

const WEEKLY = "30 4 * * 0";
const MONTHLY = "30 4 1 * *";

interface DrillFieldProps {
  /** a cron line; null: never by itself */
  value: string | null;
  onChange: (cron: string | null) => void;
}

/** How often the newest backup is restored for the sake of proof. */
export function DrillField({ value, onChange }: DrillFieldProps) {
  const known = value === null ? "never" : value === WEEKLY ? "weekly" : value === MONTHLY ? "monthly" : "cron";
  const lines = { never: null, weekly: WEEKLY, monthly: MONTHLY, cron: value ?? WEEKLY };
  return (
    <div className="grid grid-cols-2 items-start gap-3 max-sm:grid-cols-1">
      <FormField
        label="Restore drill"
        hint="Restores the newest one into a scratch volume, compares every file, removes the volume."
      >
        {(attributes) => (
          <Select
            {...attributes}
            value={known}
            options={[
              { value: "never", label: "Only by hand" },
              { value: "weekly", label: "Every Sunday at 04:30" },
              { value: "monthly", label: "On the first of the month at 04:30" },
              { value: "cron", label: "By a cron line" },
            ]}
            onChange={(next) => onChange(next === "cron" ? `${value ?? WEEKLY} ` : lines[next])}
            className="w-full"
          />
        )}
      </FormField>
      {known === "cron" ? (
        <FormField label="Cron line of the drill">
          {(attributes) => (
            <TextField
              {...attributes}
              mono
              value={(value ?? "").trim()}
              onChange={(event) => onChange(event.target.value === "" ? " " : event.target.value)}
              className="w-full max-sm:h-11"
            />
          )}
        </FormField>
      ) : null}
    </div>
  );
}
