"use client";

import { Archive, CalendarClock } from "lucide-react";
import { useRouter } from "next/navigation";
import { useMemo, useRef, useState } from "react";
import type { Destination } from "#lib/backups/shapes.ts";
import type { Job } from "#lib/jobs/job.ts";
import type { Volume } from "#lib/volumes/shapes.ts";
import { useBackUp } from "@/components/backups/use-back-up.ts";
import { useBackups } from "@/components/backups/use-backups.ts";
import { JobsPanel } from "@/components/jobs/jobs-panel.tsx";
import { JobsProvider, runningOf, useJobs } from "@/components/jobs/jobs-store.tsx";
import { useCommands } from "@/components/shell/commands.tsx";
import { useMay } from "@/components/shell/me.tsx";
import { useReading } from "@/components/shell/use-reading.ts";
import { concerns } from "./concerns.ts";
import { useVolumeKeys } from "./use-volume-keys.ts";
import { useVolumeView } from "./use-volume-view.ts";
import { useVolumes, type VolumesReading } from "./use-volumes.ts";
import { type Asked, VolumeDialogs } from "./volume-dialogs.tsx";
import { VolumePane } from "./volume-pane.tsx";
import { VolumeTable } from "./volume-table.tsx";
import { VolumeToolbar } from "./volume-toolbar.tsx";
import { filterVolumes, type VolumeView } from "./volume-view.ts";
import { VolumesStrip } from "./volumes-strip.tsx";

interface VolumesPageProps {
  /** what the address asks for */
  first: VolumeView;
  firstVolumes: VolumesReading;
  firstJobs: readonly Job[];
}

/** Every volume, how it is looked after, and what goes on with it now. */
export function VolumesPage({ firstJobs, ...props }: VolumesPageProps) {
  return (
    <JobsProvider first={firstJobs}>
      <Volumes {...props} />
    </JobsProvider>
  );
}

function Volumes({ first, firstVolumes }: Omit<VolumesPageProps, "firstJobs">) {
  const [view, change] = useVolumeView(first);
  const reading = useVolumes(firstVolumes);
  const { items, totals } = reading;
  const { jobs } = useJobs();
  const [asked, setAsked] = useState<Asked | null>(null);
  const rows = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const router = useRouter();
  const backs = useMay("backup");
  const backUp = useBackUp();
  const destinations = useReading<{ items: Destination[] }>(backs ? "/destinations" : null).data?.items ?? null;
  const shown = useMemo(() => filterVolumes(items, view), [items, view]);
  const open = items.find(({ id }) => id === view.volume) ?? null;
  const backups = useBackups(open?.id ?? null);
  const jobOf = (volume: Volume) => runningOf(jobs, (job) => concerns(job, volume));
  const may = {
    restore: useMay("restore"),
    schedule: useMay("configure"),
  };

  useVolumeKeys({
    rows,
    field,
    volumes: items,
    view,
    change,
    onBackUp: backs ? backUp : null,
    onRestore: may.restore ? (volume) => setAsked({ kind: "restore", volume, backup: null }) : null,
  });

  useCommands([
    { id: "backups", label: "Open backups", icon: Archive, run: () => router.push("/backups") },
    { id: "plans", label: "Open backup plans", icon: CalendarClock, run: () => router.push("/backups/plans") },
    ...(open && backs
      ? [{ id: "back-up", label: `Back up ${open.name}`, icon: Archive, keyName: "b", run: () => backUp(open) }]
      : []),
  ]);

  return (
    <div
      data-fill
      className="grid min-h-0 flex-1 grid-cols-1 data-open:xl:grid-cols-[minmax(0,1fr)_448px]"
      data-open={open ? "" : undefined}
    >
      <h1 className="sr-only">Volumes</h1>
      <div
        ref={rows}
        className={`flex min-w-0 flex-col gap-3 overflow-y-auto px-5 py-4 max-sm:p-3 ${open ? "max-md:hidden" : ""}`}
      >
        <VolumesStrip totals={totals} destinations={destinations} mayKnow={backs} />
        <VolumeToolbar items={items} view={view} onChange={change} field={field} onAsk={setAsked} />
        <VolumeTable
          reading={reading}
          shown={shown}
          view={view}
          jobOf={jobOf}
          onOpen={(id) => change({ volume: id })}
          onClear={() => change({ q: "", show: "all" })}
          onCreate={may.schedule ? () => setAsked({ kind: "create" }) : null}
          onSchedule={may.schedule ? (volume) => setAsked({ kind: "schedule", volume }) : null}
        />
        <JobsPanel />
      </div>
      {open ? (
        <VolumePane
          key={open.id}
          volume={open}
          backups={backups}
          job={jobOf(open)}
          jobs={jobs}
          onAsk={setAsked}
          onChanged={reading.reload}
          onClose={() => change({ volume: null })}
        />
      ) : null}
      <VolumeDialogs
        asked={asked}
        onAsk={setAsked}
        volumes={items}
        openBackups={backups}
        onChanged={reading.reload}
        onOpen={(id) => change({ volume: id })}
      />
    </div>
  );
}
