"use client";

import { useId, useState } from "react";
import type { NewSchedule, Schedule, Source } from "#lib/backups/shapes.ts";
import { useSubmit } from "@/components/auth/use-submit.ts";
import { call } from "@/components/shell/api-client.ts";
import { say } from "@/components/shell/toast.tsx";
import { attempt, useReading } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { Checkbox } from "@/components/ui/checkbox.tsx";
import { ConfirmDialog, Dialog } from "@/components/ui/dialog.tsx";
import { Note } from "@/components/ui/note.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { choiceOf, cronOf, USUAL_CHOICE } from "./cron-choice.ts";
import { CronField } from "./cron-field.tsx";
import { DrillField } from "./drill-field.tsx";
import { KeepFields, USUAL_KEEP } from "./keep-fields.tsx";
import { linesOf, type RunChoice, RunFields, USUAL_RUN } from "./run-fields.tsx";
import { type SourceKind, SourcePicker, sourceOf } from "./source-picker.tsx";

interface ScheduleDialogProps {
  /** what is backed up; to be chosen when left out */
  source?: Source;
  title?: string;
  /** the schedule that is changed; null: a new one */
  id: string | null;
  onClose: () => void;
  onSaved: () => void;
}

/** Makes a plan, or changes one. */
export function ScheduleDialog({ id, ...props }: ScheduleDialogProps) {
  return id === null ? <ScheduleForm {...props} known={null} /> : <KnownSchedule id={id} {...props} />;
}

function KnownSchedule({ id, ...props }: ScheduleDialogProps & { id: string }) {
  const { data, problem } = useReading<{ items: Schedule[] }>("/schedules");
  const known = data?.items.find((schedule) => schedule.id === id);
  if (known) return <ScheduleForm {...props} known={known} />;
  return (
    <Dialog open onClose={props.onClose} width="wide" title={`Schedule of ${props.title ?? "this source"}`}>
      {problem || data ? (
        <Note tone="fail" alert title="The schedule could not be read">
          {problem?.words ?? "It has been deleted meanwhile."}
        </Note>
      ) : (
        <Skeleton className="h-64 w-full" />
      )}
    </Dialog>
  );
}

interface ScheduleFormProps extends Omit<ScheduleDialogProps, "id"> {
  known: Schedule | null;
}

function ScheduleForm({ source, title, known, onClose, onSaved }: ScheduleFormProps) {
  const form = useId();
  const [picked, setPicked] = useState<{ kind: SourceKind; value: string }>({ kind: "volume", value: "" });
  const [choice, setChoice] = useState(() => (known ? choiceOf(known.cron) : USUAL_CHOICE));
  const [timezone, setTimezone] = useState(() => known?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [keep, setKeep] = useState(known?.keep ?? USUAL_KEEP);
  const [run, setRun] = useState<RunChoice>(() => (known ? runOf(known) : USUAL_RUN));
  const [drill, setDrill] = useState<string | null>(known ? known.drillCron : "30 4 * * 0");
  const [enabled, setEnabled] = useState(known?.enabled ?? true);
  const [deleting, setDeleting] = useState(false);
  const chosen = source ?? known?.source ?? sourceOf(picked.kind, picked.value);
  const name = title ?? known?.title;
  const { busy, problem, onSubmit } = useSubmit(async () => {
    if (!chosen) return;
    const body: Omit<NewSchedule, "engine" | "source"> = {
      cron: cronOf(choice),
      timezone,
      keep,
      consistency: run.consistency,
      enabled,
      include: linesOf(run.include),
      exclude: linesOf(run.exclude),
      destinations: [...run.destinations],
      encryption: run.encryption || null,
      drillCron: drill?.trim() || null,
    };
    if (known) await call("PATCH", `/schedules/${encodeURIComponent(known.id)}`, body);
    else await call("POST", "/schedules", { source: chosen, ...body });
    say({ tone: "ok", title: known ? "The schedule is changed" : `${name ?? "It"} is backed up by schedule now` });
    onSaved();
  });
  const remove = async () => {
    setDeleting(false);
    if (!known) return;
    if (!(await attempt("The schedule stays", () => call("DELETE", `/schedules/${encodeURIComponent(known.id)}`))))
      return;
    say({ tone: "ok", title: "The schedule is deleted", text: "Its backups stay until you delete them." });
    onSaved();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      width="wide"
      title={known ? `Schedule of ${name}` : name ? `Schedule for ${name}` : "New plan"}
      text="Each run is verified. A run that was missed is made up for once, and the newest good backup always stays."
      note={
        known ? (
          <button type="button" className="textlink max-sm:h-11" onClick={() => setDeleting(true)}>
            Delete schedule…
          </button>
        ) : null
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="filled" disabled={busy || !chosen}>
            {known ? "Save" : "Create schedule"}
          </Button>
        </>
      }
    >
      <form id={form} method="post" onSubmit={onSubmit} className="grid min-w-0 gap-3.5">
        {problem ? (
          <Note tone="fail" alert title="The schedule was not saved">
            {problem.about("cron", "The cron line") ?? problem.about("timezone", "The time zone") ?? problem.words}
          </Note>
        ) : null}
        {source || known ? null : <SourcePicker {...picked} onChange={(kind, value) => setPicked({ kind, value })} />}
        <CronField
          value={choice}
          timezone={timezone}
          onChange={(change) => setChoice((now) => ({ ...now, ...change }))}
          onTimezone={setTimezone}
        />
        <KeepFields value={keep} onChange={(change) => setKeep((now) => ({ ...now, ...change }))} />
        <RunFields value={run} onChange={(change) => setRun((now) => ({ ...now, ...change }))} />
        <DrillField value={drill} onChange={setDrill} />
        {known ? (
          <Checkbox checked={enabled} onChange={(event) => setEnabled(event.target.checked)}>
            It runs
          </Checkbox>
        ) : null}
      </form>
      <ConfirmDialog
        open={deleting}
        onClose={() => setDeleting(false)}
        title={`Delete the schedule of ${name}?`}
        text="Nothing is backed up by it any more. The backups it made stay, and can be deleted one by one."
        verb="Delete schedule"
        keep="Keep it"
        onConfirm={() => void remove()}
      />
    </Dialog>
  );
}

function runOf({ consistency, include, exclude, destinations, encryption }: Schedule): RunChoice {
  return {
    consistency,
    include: include.join("\n"),
    exclude: exclude.join("\n"),
    destinations,
    encryption: encryption ?? "",
  };
}
