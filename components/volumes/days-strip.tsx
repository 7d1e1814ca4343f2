"use client";

import type { Backup } from "#lib/backups/shapes.ts";
import { formatBytes } from "#lib/format/bytes.ts";
import type { Job } from "#lib/jobs/job.ts";
import type { Volume } from "#lib/volumes/shapes.ts";
import { useNow } from "@/components/ui/clock.ts";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { DAYS, type Day, daysOf, daysWords } from "./days.ts";

interface DaysStripProps {
  volume: Volume;
  /** null while they are not known */
  backups: readonly Backup[] | null;
  jobs: readonly Job[];
}

const HEIGHT = 18;
const WORD = { good: "backed up", bad: "failed", none: "no backup" };
const FILL = { good: "fill-border-strong", bad: "fill-fail", none: "fill-track" };

/** Two weeks of backups, a bar a day as high as what was made. */
export function DaysStrip({ volume, backups, jobs }: DaysStripProps) {
  const now = useNow();
  const days = backups === null ? null : daysOf(backups, jobs, now);
  const words = days === null ? "" : daysWords(days);
  return (
    <div className="flex-none border-b border-hairline px-5 pt-2.5 pb-3 max-sm:px-4">
      <div className="flex justify-between text-12 text-muted-foreground">
        <span>Last {DAYS} days</span>
        <span className="num">{words}</span>
      </div>
      {days === null ? (
        <Skeleton className="mt-1.5 h-[18px] w-full" />
      ) : (
        <svg
          role="img"
          aria-label={`Backups of ${volume.name} in the last ${DAYS} days: ${words}`}
          height={HEIGHT}
          className="mt-1.5 block w-full"
        >
          {days.map((day, index) => (
            <Bar key={day.from} day={day} index={index} largest={Math.max(1, ...days.map(({ size }) => size))} />
          ))}
        </svg>
      )}
    </div>
  );
}

function Bar({ day, index, largest }: { day: Day; index: number; largest: number }) {
  const height =
    day.state === "good" ? 8 + Math.round((day.size / largest) * (HEIGHT - 8)) : day.state === "bad" ? 12 : 3;
  const date = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" }).format(day.from);
  return (
    <rect
      x={`${(index / DAYS) * 100}%`}
      y={HEIGHT - height}
      width={`${100 / DAYS - 0.7}%`}
      height={height}
      rx={1}
      className={FILL[day.state]}
    >
      <title>
        {date}: {WORD[day.state]}
        {day.size > 0 ? `, ${formatBytes(day.size)}` : ""}
      </title>
    </rect>
  );
}
