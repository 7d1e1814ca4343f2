"use client";

import { CalendarClock, CircleCheck, CircleX } from "lucide-react";
import { useState } from "react";
import type { Schedule } from "#lib/backups/shapes.ts";
import { cn } from "#lib/format/cn.ts";
import { keepWords } from "#lib/format/keep-words.ts";
import { visible } from "#lib/format/visible.ts";
import type { Job } from "#lib/jobs/job.ts";
import { useJobs, useJobTurns } from "@/components/jobs/jobs-store.tsx";
import { EmptyBox } from "@/components/settings/empty-box.tsx";
import { ReadView } from "@/components/settings/read-view.tsx";
import { AddButton, PageHead } from "@/components/settings/section.tsx";
import { call } from "@/components/shell/api-client.ts";
import { useMay } from "@/components/shell/me.tsx";
import { attempt, useReading } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { TimeAgo, TimeUntil } from "@/components/ui/time-ago.tsx";
import { sourceKind } from "./backup-words.ts";
import { ScheduleDialog } from "./schedule-dialog.tsx";

/** What is backed up by itself, when, how much is kept, and how the last run ended. */
export function PlansPage() {
  const configures = useMay("configure");
  const reading = useReading<{ items: Schedule[] }>("/schedules");
  const [asked, setAsked] = useState<Schedule | "new" | null>(null);
  useJobTurns(reading.reload);
  const saved = () => {
    setAsked(null);
    reading.reload();
  };
  return (
    <>
      <PageHead title="Plans" text="Each runs by itself, verifies what it made, and clears what need not be kept.">
        {configures ? <AddButton onClick={() => setAsked("new")}>New plan…</AddButton> : null}
      </PageHead>
      <ReadView reading={reading} what="The plans">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyBox title="No plans yet">
              Without one, backups are made only when somebody asks for them.
              {configures ? " A plan for each volume that matters is a good beginning." : ""}
            </EmptyBox>
          ) : (
            <Panel aria-label="Plans" className="overflow-hidden">
              <ul>
                {items.map((plan) => (
                  <PlanRow
                    key={plan.id}
                    plan={plan}
                    onEdit={configures ? () => setAsked(plan) : null}
                    onChanged={reading.reload}
                  />
                ))}
              </ul>
            </Panel>
          )
        }
      </ReadView>
      {asked === null ? null : asked === "new" ? (
        <ScheduleDialog id={null} onClose={() => setAsked(null)} onSaved={saved} />
      ) : (
        <ScheduleDialog
          id={asked.id}
          source={asked.source}
          title={asked.title}
          onClose={() => setAsked(null)}
          onSaved={saved}
        />
      )}
    </>
  );
}

interface PlanRowProps {
  plan: Schedule;
  /** null: they may not */
  onEdit: (() => void) | null;
  onChanged: () => void;
}

function PlanRow({ plan, onEdit, onChanged }: PlanRowProps) {
  const backs = useMay("backup");
  const { put } = useJobs();
  const path = `/schedules/${encodeURIComponent(plan.id)}`;
  const run = () =>
    void attempt(`${plan.title} was not backed up`, async () => put(await call<Job>("POST", `${path}/run`)));
  const turn = () =>
    void attempt("The plan was not changed", async () => {
      await call("PATCH", path, { enabled: !plan.enabled });
      onChanged();
    });
  return (
    <li className="grid grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)_minmax(0,1.3fr)_auto] items-center gap-x-[18px] gap-y-1 border-hairline px-3.5 py-2 not-first:border-t max-md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)] max-sm:grid-cols-1 max-sm:py-3">
      <div className="min-w-0">
        <p className="flex min-w-0 items-center gap-2">
          <span className="truncate font-mono font-medium" title={visible(plan.title)}>
            {visible(plan.title)}
          </span>
          <Tag>{sourceKind(plan.source)}</Tag>
        </p>
        <p className="truncate text-12 text-muted-foreground">
          {plan.consistency}
          {plan.encryption ? ", encrypted" : ""}
          {plan.engine === "restic" ? ", by restic" : ""}
        </p>
      </div>
      <div className="min-w-0 text-12 leading-[18px]">
        <p className="truncate" title={`${plan.cron} ${plan.timezone}`}>
          {plan.words}
          {!plan.enabled ? (
            <span className="text-muted-foreground">, paused</span>
          ) : plan.nextRun ? (
            <span className="text-muted-foreground">
              , <TimeUntil time={plan.nextRun} />
            </span>
          ) : null}
        </p>
        <p className="truncate text-subtle-foreground">
          {keepWords(plan.keep)}
          {plan.drillWords ? `, drill ${plan.drillWords.charAt(0).toLowerCase()}${plan.drillWords.slice(1)}` : ""}
        </p>
      </div>
      <LastRun run={plan.lastRun} />
      <div className="flex justify-end gap-1 max-sm:justify-start max-sm:pt-1">
        {backs ? (
          <Button size="sm" onClick={run} aria-label={`Run now: ${plan.title}`} className="max-sm:h-11">
            Run now
          </Button>
        ) : null}
        {onEdit ? (
          <>
            <Button
              size="sm"
              variant="ghost"
              onClick={turn}
              aria-label={`${plan.enabled ? "Pause" : "Resume"} ${plan.title}`}
              className="max-sm:h-11"
            >
              {plan.enabled ? "Pause" : "Resume"}
            </Button>
            <Button
              size="sm"
              variant="ghost"
              onClick={onEdit}
              aria-label={`Edit ${plan.title}`}
              className="max-sm:h-11"
            >
              Edit…
            </Button>
          </>
        ) : null}
      </div>
    </li>
  );
}

function LastRun({ run }: { run: Schedule["lastRun"] }) {
  if (!run) {
    return (
      <p className="flex items-center gap-1.5 text-12 text-subtle-foreground">
        <CalendarClock aria-hidden="true" className="size-3.5 flex-none stroke-[1.75]" />
        has not run yet
      </p>
    );
  }
  const failed = run.state === "failed";
  const Icon = failed ? CircleX : CircleCheck;
  return (
    <div className="min-w-0 text-12 leading-[18px]">
      <p className={cn("flex items-center gap-1.5", failed && "text-fail")}>
        <Icon
          aria-hidden="true"
          className={cn("size-3.5 flex-none stroke-[1.75]", failed ? "text-fail" : "text-muted-foreground")}
        />
        {failed ? "failed" : run.state} <TimeAgo time={run.at} ago whole />
      </p>
      <p className="truncate text-subtle-foreground" title={visible(run.message)}>
        {visible(run.message)}
      </p>
    </div>
  );
}
