"use client";

import { useState } from "react";
import { FormField } from "@/components/ui/form-field.tsx";
import { Select } from "@/components/ui/select.tsx";
import { TextField } from "@/components/ui/text-field.tsx";

interface DurationFieldProps {
  label: string;
  hint?: string | undefined;
  error?: string | null;
  /** seconds; null: nothing */
  value: number | null;
  /** what nothing means, where it may be left empty */
  placeholder?: string | undefined;
  onChange: (seconds: number | null) => void;
}

const UNITS = [
  { value: "1", label: "seconds" },
  { value: "60", label: "minutes" },
  { value: "3600", label: "hours" },
  { value: "86400", label: "days" },
] as const;
type Unit = (typeof UNITS)[number]["value"];

/** A length of time: a number and its unit. */
export function DurationField({ label, hint, error, value, placeholder, onChange }: DurationFieldProps) {
  const [unit, setUnit] = useState<Unit>(() => unitOf(value));
  const amount = value === null ? "" : String(Math.round((value / Number(unit)) * 100) / 100);
  return (
    <FormField label={label} hint={hint} error={error ?? null}>
      {(attributes) => (
        <div className="flex gap-1.5">
          <TextField
            {...attributes}
            type="number"
            min={0}
            step="any"
            value={amount}
            placeholder={placeholder}
            onChange={({ target }) => onChange(target.value === "" ? null : seconds(target.valueAsNumber, unit))}
            className="w-20 flex-1 max-sm:h-11"
          />
          <Select
            label={`Unit of ${label.toLowerCase()}`}
            value={unit}
            options={UNITS}
            onChange={(next) => {
              setUnit(next);
              if (value !== null) onChange(seconds(value / Number(unit), next));
            }}
            className="w-28 flex-none"
          />
        </div>
      )}
    </FormField>
  );
}

function seconds(amount: number, unit: Unit): number | null {
  return Number.isFinite(amount) ? Math.round(amount * Number(unit)) : null;
}

/** The largest unit that leaves no rest. */
function unitOf(value: number | null): Unit {
  if (value === null) return "60";
  return (
    [...UNITS].reverse().find((unit) => value >= Number(unit.value) && value % Number(unit.value) === 0)?.value ?? "1"
  );
}
