"use client";

import { Lock, ShieldCheck, ShieldX, TriangleAlert } from "lucide-react";
import { memo } from "react";
import { formatBytes } from "#lib/format/bytes.ts";
import { cn } from "#lib/format/cn.ts";
import { plural } from "#lib/format/plural.ts";
import { visible } from "#lib/format/visible.ts";
import type { Job } from "#lib/jobs/job.ts";
import type { Volume } from "#lib/volumes/shapes.ts";
import { KIND_WORDS, shareOf } from "@/components/jobs/job-words.ts";
import { useNow } from "@/components/ui/clock.ts";
import { Progress } from "@/components/ui/progress.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { VolumeUser } from "./volume-user.tsx";
import { growthWords, nameWords } from "./volume-words.ts";

export const VOLUME_GRID =
  "grid grid-cols-[minmax(0,1fr)_78px_106px_124px_124px_84px] items-center gap-x-[18px] px-3.5 max-md:grid-cols-[minmax(0,1fr)_78px_124px_124px] max-sm:grid-cols-[minmax(0,1fr)_auto] max-sm:gap-x-3";

interface VolumeRowProps {
  volume: Volume;
  /** the one that is about it now */
  job: Job | null;
  largest: number;
  selected: boolean;
  stale: boolean;
  onOpen: (id: string) => void;
  /** null: they may not */
  onSchedule: ((volume: Volume) => void) | null;
}

/** One volume. It repaints alone, with its own job. */
export const VolumeRow = memo(function VolumeRow(props: VolumeRowProps) {
  const { volume, job, largest, selected, stale, onOpen, onSchedule } = props;
  return (
    <li
      data-row={volume.id}
      className={cn(
        VOLUME_GRID,
        "relative h-[52px] border-b border-hairline last:border-b-0 hover:bg-muted max-sm:h-16 has-[a:focus-visible]:bg-accent",
        selected && "bg-accent shadow-[inset_2px_0_0_var(--foreground)] hover:bg-accent",
        stale && "text-muted-foreground",
      )}
    >
      <Name volume={volume} selected={selected} onOpen={onOpen} />
      <Size volume={volume} largest={largest} />
      <Growth volume={volume} />
      <div className={cn(TWO, "max-sm:hidden")}>
        <Schedule volume={volume} onSchedule={onSchedule} />
      </div>
      <div className={cn(TWO, "max-sm:hidden")}>
        <LastBackup volume={volume} job={job} />
      </div>
      <div className={cn(TWO, "max-md:hidden")}>
        <LastDrill volume={volume} />
      </div>
    </li>
  );
});

const TWO = "flex min-w-0 flex-col text-12 leading-[18px] whitespace-nowrap";

function Name({ volume, selected, onOpen }: Pick<VolumeRowProps, "volume" | "selected" | "onOpen">) {
  const { name } = volume;
  const shown = nameWords(name);
  return (
    <div className="grid min-w-0 grid-cols-[16px_minmax(0,1fr)] gap-2">
      <span className="pt-[3px] text-muted-foreground">
        {volume.protected ? (
          <span title="Protected: cannot be removed, a restore in place asks for its name">
            <Lock aria-hidden="true" className="size-[13px] stroke-[1.75]" />
            <span className="sr-only">Protected</span>
          </span>
        ) : null}
      </span>
      <div className="min-w-0">
        <a
          href={`/volumes?volume=${volume.id}`}
          title={shown === name ? undefined : visible(name)}
          aria-current={selected ? "true" : undefined}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            onOpen(volume.id);
          }}
          className="block truncate font-mono text-13 font-medium tracking-[-.01em] after:absolute after:inset-0 max-sm:text-14"
        >
          {shown}
        </a>
        <div className="flex h-4 items-center gap-2.5 overflow-hidden text-12 leading-4 whitespace-nowrap text-muted-foreground">
          {volume.usedBy.length === 0 ? (
            <span className="text-subtle-foreground">used by nothing</span>
          ) : (
            volume.usedBy.map((id) => <VolumeUser key={id} id={id} />)
          )}
        </div>
      </div>
    </div>
  );
}

/** On a phone the last backup stands under the size: there is no room for more. */
function Size({ volume: { size, lastBackup, overdue }, largest }: { volume: Volume; largest: number }) {
  const share = size === null || largest === 0 ? 0 : Math.max(size > 0 ? 2 : 0, (size / largest) * 100);
  return (
    <div className="text-right">
      <span className="num block">
        {size === null ? <span className="text-subtle-foreground">measuring</span> : formatBytes(size)}
      </span>
      <svg aria-hidden="true" className="mt-[5px] block h-[3px] w-full rounded-[1px] bg-track max-sm:hidden">
        <rect width={`${share}%`} height="100%" className="fill-fill" />
      </svg>
      <span className={cn("block text-12 leading-4 sm:hidden", overdue ? "text-warn" : "text-muted-foreground")}>
        {overdue ? "overdue, " : ""}
        {lastBackup ? <TimeAgo time={lastBackup.createdAt} ago whole /> : "never backed up"}
      </span>
    </div>
  );
}

function Growth({ volume }: { volume: Volume }) {
  const now = useNow();
  return <div className={cn(TWO, "text-muted-foreground max-md:hidden")}>{growthWords(volume, now)}</div>;
}

function Schedule({ volume, onSchedule }: Pick<VolumeRowProps, "volume" | "onSchedule">) {
  const { schedule } = volume;
  if (schedule === null) {
    return onSchedule ? (
      <button
        type="button"
        aria-label={`Add schedule for ${volume.name}`}
        onClick={() => onSchedule(volume)}
        className="textlink relative z-1 self-start"
      >
        Add schedule
      </button>
    ) : (
      <span className="text-subtle-foreground">none</span>
    );
  }
  const second = schedule.enabled ? visible(schedule.keeps) : "paused";
  return (
    <>
      <span className="truncate" title={schedule.words}>
        {schedule.words}
      </span>
      <span className="truncate text-subtle-foreground" title={second}>
        {second}
      </span>
    </>
  );
}

function LastBackup({ volume, job }: Pick<VolumeRowProps, "volume" | "job">) {
  if (job) {
    const { doing } = KIND_WORDS[job.kind];
    return (
      <>
        <span>{job.state === "queued" ? "Waiting" : doing}</span>
        <Progress label={`${doing} ${volume.name}`} share={shareOf(job)} className="mt-1.5" />
      </>
    );
  }
  const { lastBackup, overdue, schedule } = volume;
  const failed = schedule && schedule.failed > 0 ? `${plural(schedule.failed, "run")} failed` : null;
  const second =
    failed ??
    (lastBackup
      ? `${formatBytes(lastBackup.size)}, ${lastBackup.damage !== null ? "damaged" : lastBackup.verifiedAt ? "verified" : "not verified"}`
      : null);
  return (
    <>
      {overdue ? (
        <span className="flex items-center gap-[5px] font-medium text-warn">
          <TriangleAlert aria-hidden="true" className="size-3.5 flex-none stroke-[1.75]" />
          <span className="sr-only">Overdue: </span>
          {lastBackup ? <TimeAgo time={lastBackup.createdAt} ago whole /> : "never"}
        </span>
      ) : lastBackup ? (
        <TimeAgo time={lastBackup.createdAt} ago whole className="relative z-1 self-start" />
      ) : (
        <span className="text-subtle-foreground">never</span>
      )}
      <span className="truncate text-subtle-foreground">{second}</span>
    </>
  );
}

function LastDrill({ volume: { lastDrill, lastBackup } }: { volume: Volume }) {
  if (!lastDrill) return lastBackup ? <span className="text-subtle-foreground">not drilled</span> : null;
  const {
    icon: Icon,
    word,
    tone,
  } = lastDrill.passed
    ? { icon: ShieldCheck, word: "passed", tone: "" }
    : { icon: ShieldX, word: "failed", tone: "text-fail" };
  return (
    <>
      <span className={cn("flex items-center gap-[5px]", tone)}>
        <Icon aria-hidden="true" className="size-3.5 flex-none stroke-[1.75] text-muted-foreground" />
        {word}
      </span>
      <TimeAgo time={lastDrill.at} ago whole className="relative z-1 self-start text-subtle-foreground" />
    </>
  );
}
