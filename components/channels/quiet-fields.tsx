"use client";

import type { Channel } from "#lib/alerts/channels/shapes.ts";
import { TimeZoneField } from "@/components/backups/cron-field.tsx";
import { Checkbox } from "@/components/ui/checkbox.tsx";
import { FormField } from "@/components/ui/form-field.tsx";
import { TextField } from "@/components/ui/text-field.tsx";

export type Quiet = NonNullable<Channel["quiet"]>;

interface QuietFieldsProps {
  value: Quiet;
  problem: string | null;
  onChange: (change: Partial<Quiet>) => void;
}

export function usualQuiet(): Quiet {
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return { from: "22:00", to: "07:00", timezone, exceptCritical: true };
}

/** From when to when nobody is to be woken, in which zone, and whether what is critical wakes all the same. */
export function QuietFields({ value, problem, onChange }: QuietFieldsProps) {
  return (
    <fieldset className="grid gap-3 border-l-2 border-hairline pl-3.5">
      <legend className="sr-only">Quiet hours</legend>
      <div className="grid grid-cols-2 gap-3">
        {(["from", "to"] as const).map((end) => (
          <FormField key={end} label={end === "from" ? "From" : "To"}>
            {(attributes) => (
              <TextField
                {...attributes}
                type="time"
                required
                value={value[end]}
                onChange={({ target }) => onChange({ [end]: target.value })}
                className="w-full max-sm:h-11"
              />
            )}
          </FormField>
        ))}
      </div>
      <TimeZoneField value={value.timezone} onChange={(timezone) => onChange({ timezone })} />
      <Checkbox checked={value.exceptCritical} onChange={({ target }) => onChange({ exceptCritical: target.checked })}>
        Critical alerts are told all the same
      </Checkbox>
      {problem ? (
        <p role="alert" className="text-12 text-fail">
          {problem}
        </p>
      ) : null}
    </fieldset>
  );
}
