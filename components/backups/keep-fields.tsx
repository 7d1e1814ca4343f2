import type { Keep } from "#lib/backups/shapes.ts";
import { FormField } from "@/components/ui/form-field.tsx";
import { TextField } from "@/components/ui/text-field.tsx";

export const USUAL_KEEP: Keep = { last: 3, daily: 14, weekly: 4, monthly: 6 };

const PARTS: readonly { name: keyof Keep; label: string }[] = [
  { name: "last", label: "Last" },
  { name: "daily", label: "Daily" },
  { name: "weekly", label: "Weekly" },
  { name: "monthly", label: "Monthly" },
];

/** How many are kept of each kind; the rest is cleared after a good run. */
export function KeepFields({ value, onChange }: { value: Keep; onChange: (change: Partial<Keep>) => void }) {
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">Keeps</legend>
      <div className="grid grid-cols-4 gap-3 max-sm:grid-cols-2">
        {PARTS.map(({ name, label }) => (
          <FormField key={name} label={<span className="text-12 font-normal text-muted-foreground">{label}</span>}>
            {(attributes) => (
              <TextField
                {...attributes}
                type="number"
                inputMode="numeric"
                min={0}
                max={10_000}
                value={value[name]}
                onChange={(event) =>
                  onChange({ [name]: Math.min(10_000, Math.max(0, Math.trunc(event.target.valueAsNumber || 0))) })
                }
                className="w-full max-sm:h-11"
              />
            )}
          </FormField>
        ))}
      </div>
      <p className="mt-1.5 text-12 text-muted-foreground">
        {Object.values(value).every((count) => count === 0)
          ? "All of them, until the disk's reserve is reached."
          : "What none of these asks for is cleared after a good run, but never the newest good one, nor what you keep."}
      </p>
    </fieldset>
  );
}
