"use client";

import { useEffect, useState } from "react";
import { formatDay } from "#lib/format/exact-time.ts";
import { visible } from "#lib/format/visible.ts";
import { ApiProblem, call } from "@/components/shell/api-client.ts";
import { FormField } from "@/components/ui/form-field.tsx";
import { Select } from "@/components/ui/select.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import { type CronChoice, cronOf, type Rhythm } from "./cron-choice.ts";

const RHYTHM_WORDS: readonly { value: Rhythm; label: string }[] = [
  { value: "hourly", label: "Every hour" },
  { value: "6h", label: "Every 6 hours" },
  { value: "12h", label: "Every 12 hours" },
  { value: "daily", label: "Every day" },
  { value: "weekly", label: "Every week" },
  { value: "monthly", label: "Every month" },
  { value: "cron", label: "By a cron line" },
];

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"].map((label, index) => ({
  value: String(index),
  label,
}));

interface CronFieldProps {
  /** `Runs` when left out */
  label?: string;
  value: CronChoice;
  timezone: string;
  onChange: (change: Partial<CronChoice>) => void;
  onTimezone: (timezone: string) => void;
}

/** When a plan runs: a rhythm and a time, in a zone, and in words with the next runs below. */
export function CronField({ label = "Runs", value, timezone, onChange, onTimezone }: CronFieldProps) {
  const { rhythm } = value;
  const timed = rhythm === "daily" || rhythm === "weekly" || rhythm === "monthly";
  return (
    <div className="grid gap-2">
      <div className="grid grid-cols-2 items-start gap-3 max-sm:grid-cols-1">
        <FormField label={label}>
          {(attributes) => (
            <Select
              {...attributes}
              value={rhythm}
              options={RHYTHM_WORDS}
              onChange={(next) => onChange(next === "cron" ? { rhythm: next, line: cronOf(value) } : { rhythm: next })}
              className="w-full"
            />
          )}
        </FormField>
        <div className="grid grid-flow-col items-start gap-3">
          {rhythm === "weekly" ? (
            <FormField label="On">
              {(attributes) => (
                <Select
                  {...attributes}
                  value={String(value.weekday)}
                  options={WEEKDAYS}
                  onChange={(weekday) => onChange({ weekday: Number(weekday) })}
                  className="w-full"
                />
              )}
            </FormField>
          ) : null}
          {rhythm === "monthly" ? (
            <FormField label="On day">
              {(attributes) => (
                <TextField
                  {...attributes}
                  type="number"
                  min={1}
                  max={31}
                  value={value.day}
                  onChange={(event) => onChange({ day: Math.min(31, Math.max(1, event.target.valueAsNumber || 1)) })}
                  className="w-full max-sm:h-11"
                />
              )}
            </FormField>
          ) : null}
          {timed ? (
            <FormField label="At">
              {(attributes) => (
                <TextField
                  {...attributes}
                  type="time"
                  value={value.time}
                  onChange={(event) => onChange({ time: event.target.value })}
                  className="w-full max-sm:h-11"
                />
              )}
            </FormField>
          ) : null}
          {rhythm === "cron" ? (
            <FormField label="Cron line">
              {(attributes) => (
                <TextField
                  {...attributes}
                  mono
                  value={value.line}
                  onChange={(event) => onChange({ line: event.target.value })}
                  className="w-full max-sm:h-11"
                />
              )}
            </FormField>
          ) : null}
        </div>
      </div>
      <TimeZoneField value={timezone} onChange={onTimezone} />
      <Preview cron={cronOf(value)} timezone={timezone} />
    </div>
  );
}

/** A time zone by its name. */
export function TimeZoneField({ value, onChange }: { value: string; onChange: (timezone: string) => void }) {
  return (
    <FormField label="Time zone">
      {(attributes) => (
        <>
          <TextField
            {...attributes}
            list="time-zones"
            value={value}
            onChange={(event) => onChange(event.target.value)}
            className="w-full max-sm:h-11"
          />
          <datalist id="time-zones">
            {Intl.supportedValuesOf("timeZone").map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </>
      )}
    </FormField>
  );
}

interface Previewed {
  words: string;
  nextRuns: string[];
}

function Preview({ cron, timezone }: { cron: string; timezone: string }) {
  const [shown, setShown] = useState<Previewed | { problem: string } | null>(null);
  useEffect(() => {
    let left = false;
    const timer = setTimeout(async () => {
      try {
        const query = new URLSearchParams({ cron, timezone });
        const next = await call<Previewed>("GET", `/schedules/preview?${query}`);
        if (!left) setShown(next);
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        const about = error.about("cron", "The cron line") ?? error.about("timezone", "The time zone");
        if (!left) setShown({ problem: about ?? error.words });
      }
    }, 250);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [cron, timezone]);
  if (shown === null) return <p className="h-8" />;
  if ("problem" in shown) {
    return (
      <p role="alert" className="min-h-8 text-12 text-fail">
        {shown.problem}
      </p>
    );
  }
  return (
    <p aria-live="polite" className="min-h-8 text-12 text-muted-foreground">
      <span className="text-foreground">{visible(shown.words)}.</span>{" "}
      {shown.nextRuns.length > 0
        ? `Next: ${shown.nextRuns
            .slice(0, 3)
            .map((time) => formatDay(time))
            .join("; ")}.`
        : "It never runs."}
    </p>
  );
}
