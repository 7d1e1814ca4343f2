"use client";

import { Check, CircleCheck, History } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import type { Backup, RestorePlan } from "#lib/backups/shapes.ts";
import { formatBytes } from "#lib/format/bytes.ts";
import { cn } from "#lib/format/cn.ts";
import { formatDuration } from "#lib/format/duration.ts";
import { formatDay } from "#lib/format/exact-time.ts";
import { visible } from "#lib/format/visible.ts";
import type { Job } from "#lib/jobs/job.ts";
import { useJobs } from "@/components/jobs/jobs-store.tsx";
import { ApiProblem, call } from "@/components/shell/api-client.ts";
import { Button } from "@/components/ui/button.tsx";
import { useNow } from "@/components/ui/clock.ts";
import { Dialog } from "@/components/ui/dialog.tsx";
import { Note } from "@/components/ui/note.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { nameProblem } from "@/components/volumes/volume-words.ts";
import { copyName, stampOf } from "./backup-words.ts";
import { useRestorePlan } from "./use-restore-plan.ts";

export interface RestoreDialogProps {
  backup: Backup;
  /** what a restore in place replaces and whose name is typed; null: there is no place any more */
  place: string | null;
  /** names of volumes that are taken */
  taken: ReadonlySet<string>;
  /** some of it only */
  paths?: readonly string[];
  onClose: () => void;
  onStarted: (job: Job) => void;
}

type Where = "new" | "place";

/** Restoring: where to, what will happen, how long it takes, how it is undone. In place, the name is typed. */
export function RestoreDialog({ backup, place, taken, paths, onClose, onStarted }: RestoreDialogProps) {
  const [where, setWhere] = useState<Where>("new");
  const [name, setName] = useState(() => copyName(backup.title, `restored-${stampOf(Date.now())}`, taken));
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const { put } = useJobs();
  const inPlace = where === "place" && place !== null;
  const wrong = inPlace ? null : nameProblem(name, taken);
  const { plan, problem: unplanned } = useRestorePlan(backup.id, inPlace, inPlace || wrong ? null : name);
  // what will happen is read before it is asked for, and the dialog grows with it
  const known = plan !== null || unplanned !== null;
  const ready = known && (inPlace ? typed === place : wrong === null);
  const run = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const body = inPlace
        ? { inPlace: true, confirm: typed }
        : { ...(paths ? { paths } : {}), target: { volume: name } };
      const job = await call<Job>("POST", `/backups/${encodeURIComponent(backup.id)}/restore`, body);
      put(job);
      onStarted(job);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (!error.cancelled) setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      width="wide"
      title={
        <>
          Restore <span className="font-mono">{visible(backup.title)}</span>
        </>
      }
      text={
        <span className="text-13">
          From {formatDay(backup.createdAt)} (<TimeAgo time={backup.createdAt} ago whole />
          ). {formatBytes(backup.size)} packed, {formatBytes(backup.originalSize)} unpacked.
        </span>
      }
      note={timeWords(plan, inPlace)}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant={inPlace ? "danger" : "filled"}
            disabled={!ready || busy || plan?.refusal != null}
            onClick={() => void run()}
            className="max-w-full"
          >
            <span className="truncate">{inPlace ? `Replace ${visible(place)}` : "Restore to new volume"}</span>
          </Button>
        </>
      }
    >
      {problem ? (
        <Note tone="fail" alert title="The restore did not begin">
          {problem.words}
        </Note>
      ) : null}
      {place === null || paths ? null : (
        <div role="radiogroup" aria-label="Where to restore" className="grid grid-cols-2 gap-2 max-sm:grid-cols-1">
          <Choice chosen={where === "new"} onChoose={() => setWhere("new")} title="Into a new volume">
            Leaves {visible(place)} alone. Look at the copy, or point a service at it.
          </Choice>
          <Choice chosen={where === "place"} onChoose={() => setWhere("place")} title="In place">
            Replaces what is in {visible(place)}. Makes a safety copy first.
          </Choice>
        </div>
      )}
      {inPlace ? null : <NewName name={name} wrong={wrong} plan={plan} onName={setName} />}
      <PlanSteps plan={plan} problem={unplanned} inPlace={inPlace} waiting={!inPlace && wrong !== null} />
      {plan?.refusal ? (
        <Note tone="fail" alert title="This cannot be done now">
          {visible(plan.refusal)}
        </Note>
      ) : null}
      {inPlace ? (
        <>
          <Leaving backup={backup} place={place} />
          <TypedName name={place} typed={typed} onTyped={setTyped} />
        </>
      ) : null}
    </Dialog>
  );
}

function timeWords(plan: RestorePlan | null, inPlace: boolean): string {
  if (!plan || plan.steps.some(({ seconds }) => seconds === null)) return "";
  const seconds = Math.max(1, Math.round(plan.steps.reduce((sum, step) => sum + (step.seconds ?? 0), 0)));
  return `About ${formatDuration(seconds)}${inPlace && plan.stops.length > 0 ? " with services stopped" : ""}`;
}

interface ChoiceProps {
  chosen: boolean;
  onChoose: () => void;
  title: string;
  children: ReactNode;
}

function Choice({ chosen, onChoose, title, children }: ChoiceProps) {
  return (
    <label
      className={cn(
        "flex cursor-pointer gap-2.5 rounded-control border border-input px-3 py-[11px] has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-offset-2 has-[:focus-visible]:outline-ring",
        chosen && "border-foreground shadow-[0_0_0_1px_var(--foreground)]",
      )}
    >
      <input type="radio" name="where" checked={chosen} onChange={onChoose} className="sr-only" />
      <span
        aria-hidden="true"
        className={cn(
          "mt-0.5 size-4 flex-none rounded-full border-[1.5px] border-subtle-foreground",
          chosen && "border-[5px] border-foreground",
        )}
      />
      <span className="min-w-0">
        <b className="block font-medium">{title}</b>
        <span className="mt-0.5 block text-12 leading-[17px] text-muted-foreground [overflow-wrap:anywhere]">
          {children}
        </span>
      </span>
    </label>
  );
}

interface NewNameProps {
  name: string;
  wrong: string | null;
  plan: RestorePlan | null;
  onName: (name: string) => void;
}

function NewName({ name, wrong, plan, onName }: NewNameProps) {
  const id = useId();
  const left = plan?.free == null ? null : plan.free - plan.needed;
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="font-medium">
        New volume
      </label>
      <TextField
        id={id}
        mono
        value={name}
        aria-invalid={wrong ? true : undefined}
        aria-describedby={`${id}-says`}
        onChange={(event) => onName(event.target.value)}
        className="w-full max-sm:h-11"
      />
      <p id={`${id}-says`} className={cn("text-12", wrong ? "text-fail" : "text-muted-foreground")}>
        {wrong ? (
          wrong
        ) : (
          <span className="flex items-center gap-1.5">
            <Check aria-hidden="true" className="size-3.5 flex-none stroke-2 text-ok" />
            Name is free.{left === null || left < 0 ? "" : ` ${formatBytes(left)} of disk left after this.`}
          </span>
        )}
      </p>
    </div>
  );
}

interface PlanStepsProps {
  plan: RestorePlan | null;
  problem: ApiProblem | null;
  inPlace: boolean;
  /** no plan is asked for yet */
  waiting: boolean;
}

function PlanSteps({ plan, problem, inPlace, waiting }: PlanStepsProps) {
  const Sign = inPlace ? History : CircleCheck;
  return (
    <div>
      <h3 className="mb-1 text-12 font-semibold">What will happen</h3>
      {problem ? <p className="text-12 text-fail">{problem.words}</p> : null}
      {plan === null && !problem && !waiting ? (
        <Skeleton className={inPlace ? "h-[162px] w-full" : "h-[54px] w-full"} />
      ) : null}
      <ol>
        {plan?.steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a plan's steps do not change places
          <li key={index} className="flex min-h-[27px] items-center gap-2.5 border-t border-hairline py-1">
            <span aria-hidden="true" className="w-3 text-12 text-subtle-foreground">
              {index + 1}
            </span>
            <span className="min-w-0 [overflow-wrap:anywhere]">
              {visible(step.name)}
              {step.note ? <span className="ml-2 text-12 text-muted-foreground">{visible(step.note)}</span> : null}
            </span>
            <span className="num ml-auto pl-2 text-12 text-subtle-foreground">
              {step.seconds === null ? null : formatDuration(step.seconds)}
            </span>
          </li>
        ))}
      </ol>
      <p className="flex items-center gap-2 border-t border-hairline pt-2 text-12 text-muted-foreground">
        <Sign aria-hidden="true" className="size-3.5 flex-none stroke-[1.75]" />
        {inPlace
          ? "If a check fails, the safety copy goes back by itself. For seven days you can undo it."
          : "No service stops. Nothing uses the new volume until you say so."}
      </p>
    </div>
  );
}

/** What is lost from the place, and that it is not lost for good. */
function Leaving({ backup, place }: { backup: Backup; place: string }) {
  const age = formatDuration((useNow() - Date.parse(backup.createdAt)) / 1000);
  return (
    <Note tone="warn" title={`${age} of changes leave ${visible(place)}`}>
      They stay in the safety copy, which is kept for seven days.
    </Note>
  );
}

function TypedName({ name, typed, onTyped }: { name: string; typed: string; onTyped: (typed: string) => void }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="font-medium [overflow-wrap:anywhere]">
        Type <code>{visible(name)}</code> to confirm
      </label>
      <TextField
        ref={field}
        id={id}
        mono
        value={typed}
        onChange={(event) => onTyped(event.target.value)}
        end={typed === name ? <Check aria-hidden="true" className="text-ok" /> : null}
        className="w-full max-sm:h-11"
      />
    </div>
  );
}
