"use client";

import { Unplug } from "lucide-react";
import { cn } from "#lib/format/cn.ts";
import { formatClock } from "#lib/format/exact-time.ts";
import { plural } from "#lib/format/plural.ts";
import type { Job } from "#lib/jobs/job.ts";
import type { Volume } from "#lib/volumes/shapes.ts";
import { EmptyNote } from "@/components/services/empty-note.tsx";
import type { ApiProblem } from "@/components/shell/api-client.ts";
import { useHost, useSupervisors } from "@/components/shell/live.ts";
import { Button } from "@/components/ui/button.tsx";
import { HELM_NAME } from "@/components/ui/helm-icon.tsx";
import { Kbd } from "@/components/ui/kbd.tsx";
import { Note } from "@/components/ui/note.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { VOLUME_GRID, VolumeRow } from "./volume-row.tsx";
import type { Show, VolumeView } from "./volume-view.ts";

interface VolumeTableProps {
  reading: { items: readonly Volume[]; problem: ApiProblem | null; readAt: string | null; reload: () => void };
  shown: readonly Volume[];
  view: VolumeView;
  jobOf: (volume: Volume) => Job | null;
  onOpen: (id: string) => void;
  onClear: () => void;
  /** null: they may not */
  onCreate: (() => void) | null;
  onSchedule: ((volume: Volume) => void) | null;
}

/** The volumes, or why there are none to see. */
export function VolumeTable(props: VolumeTableProps) {
  const { reading, shown, view, jobOf, onOpen, onClear, onCreate, onSchedule } = props;
  const { items, problem } = reading;
  const lost = useLostEngines();
  const largest = Math.max(0, ...items.map(({ size }) => size ?? 0));
  const isLost = (volume: Volume) => lost.some(({ id }) => id === `${volume.host}/${volume.scope}`);
  return (
    <>
      {problem ? (
        <Note tone="fail" alert title="The volumes could not be read">
          <p>
            <code className="font-mono">{problem.words}</code> What is shown is older
            {reading.readAt ? `, of ${formatClock(reading.readAt)}` : ""}.
          </p>
          <Button size="sm" onClick={reading.reload} className="mt-2 max-sm:h-11">
            Try again
          </Button>
        </Note>
      ) : null}
      {lost.map((engine) => (
        <LostEngine key={engine.id} engine={engine} known={items.some(isLost)} />
      ))}
      <Panel aria-label="Volumes" data-column="volumes" className="flex-none overflow-hidden">
        <TableHead />
        {shown.length > 0 ? (
          <ul>
            {shown.map((volume) => (
              <VolumeRow
                key={volume.id}
                volume={volume}
                job={jobOf(volume)}
                largest={largest}
                selected={volume.id === view.volume}
                stale={isLost(volume)}
                onOpen={onOpen}
                onSchedule={onSchedule}
              />
            ))}
          </ul>
        ) : items.length > 0 ? (
          <NoMatch view={view} count={items.length} onClear={onClear} />
        ) : lost.length === 0 ? (
          <NoVolumes onCreate={onCreate} />
        ) : (
          <p className="px-3.5 py-4 text-12 text-muted-foreground">No volume is known until Docker answers.</p>
        )}
      </Panel>
    </>
  );
}

/** Head and rows of the final size. */
export function VolumeTableSkeleton() {
  return (
    <Panel aria-label="Volumes" aria-busy className="flex-none overflow-hidden">
      <TableHead />
      {Array.from({ length: 7 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: all alike
        <div key={index} className={cn(VOLUME_GRID, "h-[52px] border-b border-hairline last:border-b-0 max-sm:h-16")}>
          <div className="grid gap-2 pl-6">
            <Skeleton className="h-3 w-28" />
            <Skeleton className="h-2.5 w-36" />
          </div>
          <Skeleton className="ml-auto h-3 w-12" />
          <Skeleton className="h-3 w-16 max-md:hidden" />
          <Skeleton className="h-3 w-20 max-sm:hidden" />
          <Skeleton className="h-3 w-20 max-sm:hidden" />
          <Skeleton className="h-3 w-14 max-md:hidden" />
        </div>
      ))}
    </Panel>
  );
}

function TableHead() {
  return (
    <div
      aria-hidden="true"
      className={cn(VOLUME_GRID, "h-8 border-b border-border text-11 text-subtle-foreground max-sm:hidden")}
    >
      <span>Volume, used by</span>
      <span className="text-right">Size</span>
      <span className="max-md:hidden">Growth</span>
      <span>Schedule</span>
      <span>Last backup</span>
      <span className="max-md:hidden">Last drill</span>
    </div>
  );
}

function useLostEngines() {
  return useSupervisors().filter(
    ({ kind, available, error }) =>
      (kind === "docker" || kind === "podman") && !available && error !== null && error.code !== "absent",
  );
}

/** What we could not do, the literal message, what is still true. */
function LostEngine({ engine, known }: { engine: ReturnType<typeof useLostEngines>[number]; known: boolean }) {
  const name = HELM_NAME[engine.kind];
  return (
    <Panel aria-label={`${name} unreachable`} className="flex flex-none gap-3 px-4 py-3.5">
      <Unplug aria-hidden="true" className="icon mt-px size-[18px] text-fail" />
      <div className="min-w-0">
        <p className="text-14 font-semibold">Trihelm cannot reach {name}</p>
        <p className="mt-0.5 text-pretty text-muted-foreground">
          <code className="font-mono text-12 text-foreground [overflow-wrap:anywhere]">{engine.error?.detail}</code>
          {known ? ". The volumes below are as they were last seen." : "."} Backups that were made are all there; new
          ones wait until it answers. Trihelm keeps trying.
        </p>
      </div>
    </Panel>
  );
}

const SHOW_WORD: Record<Show, string> = {
  all: "",
  overdue: "is overdue",
  unscheduled: "lacks a schedule",
  unused: "is unused",
};

/** Repeats the filter, says where it looked, offers the way out. */
function NoMatch({ view, count, onClear }: { view: VolumeView; count: number; onClear: () => void }) {
  const host = useHost()?.name ?? "this server";
  const state = SHOW_WORD[view.show];
  const title = view.q ? `No volume ${state ? `that ${state} ` : ""}matches “${view.q}”` : `No volume ${state}`;
  return (
    <EmptyNote
      title={title}
      text={
        view.q
          ? `Looked at names, stacks, labels and services of ${plural(count, "volume")} on ${host}.`
          : `Looked at ${plural(count, "volume")} on ${host}.`
      }
    >
      <Button onClick={onClear} className="max-sm:h-11">
        {view.q ? "Clear filter" : "Show all"}
        <Kbd className="max-sm:hidden">esc</Kbd>
      </Button>
    </EmptyNote>
  );
}

function NoVolumes({ onCreate }: { onCreate: (() => void) | null }) {
  const host = useHost()?.name ?? "this server";
  return (
    <EmptyNote
      title="No volumes yet"
      text={`Docker on ${host} has none to show. A container makes one when it is started with a named mount, and it appears here at once.`}
      command="docker volume create my-data"
    >
      {onCreate ? (
        <Button onClick={onCreate} className="max-sm:h-11">
          Create volume…
        </Button>
      ) : null}
    </EmptyNote>
  );
}
