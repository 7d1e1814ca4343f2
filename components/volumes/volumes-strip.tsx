"use client";

import { TriangleAlert } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import type { BackupTotals, Destination } from "#lib/backups/shapes.ts";
import { amount } from "#lib/format/bytes.ts";
import { cn } from "#lib/format/cn.ts";
import { formatSince } from "#lib/format/duration.ts";
import { formatMinute } from "#lib/format/exact-time.ts";
import { plural } from "#lib/format/plural.ts";
import { visible } from "#lib/format/visible.ts";
import { useNow } from "@/components/ui/clock.ts";
import { Panel } from "@/components/ui/panel.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { dailyWords } from "./volume-words.ts";

interface VolumesStripProps {
  totals: BackupTotals;
  /** null: not read yet */
  destinations: readonly Destination[] | null;
  /** where backups go is for those who may make some */
  mayKnow: boolean;
}

/** What there is, what is kept of it, where it goes, and when next. */
export function VolumesStrip({ totals: { volumes, backups, next }, destinations, mayKnow }: VolumesStripProps) {
  const daily = dailyWords(backups.growth);
  return (
    <Strip busy={false} cells={mayKnow ? 4 : 3}>
      <Cell name="Volumes" sub={`${volumes.count} in all`} reading={<Size bytes={volumes.size} />}>
        {volumes.protected > 0 ? `${volumes.protected} protected` : null}
      </Cell>
      <Cell
        name="Backups kept"
        href="/backups"
        sub={plural(backups.count, "copy", "copies")}
        reading={<Size bytes={backups.size} />}
      >
        {daily}
      </Cell>
      {mayKnow ? <DestinationsCell destinations={destinations} /> : null}
      <Cell
        name="Next run"
        href="/backups/plans"
        sub={next ? visible(next.title) : ""}
        reading={next ? <Until time={next.at} /> : <span className="text-subtle-foreground">none</span>}
      >
        {next ? (
          // the reader's zone is known in the browser only
          <time dateTime={next.at} suppressHydrationWarning>
            {formatMinute(next.at)}
          </time>
        ) : (
          "no schedule"
        )}
      </Cell>
    </Strip>
  );
}

/** Labels are known before the numbers. */
export function VolumesStripSkeleton() {
  return (
    <Strip busy cells={4}>
      {["Volumes", "Backups kept", "Destinations", "Next run"].map((name) => (
        <Cell key={name} name={name} sub="" reading={<Skeleton className="h-4 w-16" />}>
          <Skeleton className="h-3.5 w-16" />
        </Cell>
      ))}
    </Strip>
  );
}

function Strip({ busy, cells, children }: { busy: boolean; cells: 3 | 4; children: ReactNode }) {
  return (
    <Panel
      aria-label="Backups in short"
      aria-busy={busy}
      className={cn(
        "grid flex-none grid-cols-2 overflow-hidden",
        cells === 4 ? "md:grid-cols-[1fr_1fr_1.15fr_1fr]" : "md:grid-cols-3 max-md:[&>div:last-child]:col-span-2",
      )}
    >
      {children}
    </Panel>
  );
}

interface CellProps {
  name: string;
  href?: string;
  sub: ReactNode;
  reading: ReactNode;
  children?: ReactNode;
  warn?: boolean;
}

function Cell({ name, href, sub, reading, children, warn }: CellProps) {
  return (
    <div className="-mt-px -ml-px grid min-w-0 grid-cols-[minmax(0,1fr)_auto] grid-rows-[16px_28px] items-center gap-x-3 gap-y-1 overflow-hidden border-t border-l border-hairline px-4 pt-2.5 pb-[11px] max-sm:px-3">
      <h2 className="truncate text-12 font-medium text-muted-foreground">
        {href ? (
          <Link href={href} className="hover:text-foreground hover:underline">
            {name}
          </Link>
        ) : (
          name
        )}
      </h2>
      <span className={cn("max-w-32 truncate text-right text-11", warn ? "text-warn" : "text-subtle-foreground")}>
        {sub}
      </span>
      <div
        className={cn("num min-w-0 text-20 font-medium tracking-[-0.015em]", children === undefined && "col-span-2")}
      >
        {reading}
      </div>
      {children === undefined ? null : (
        <div className="num text-right text-12 text-muted-foreground max-sm:text-11">{children}</div>
      )}
    </div>
  );
}

function DestinationsCell({ destinations }: Pick<VolumesStripProps, "destinations">) {
  const broken = destinations?.filter(({ problem }) => problem !== null).length ?? 0;
  return (
    <Cell
      name="Destinations"
      href="/backups/destinations"
      warn={broken > 0}
      sub={broken > 0 ? `${broken} unreachable` : destinations ? "all in reach" : ""}
      reading={
        <ul className="flex gap-3.5 overflow-hidden text-13 font-normal tracking-normal">
          {(destinations ?? []).map((destination) => (
            <li
              key={destination.id}
              className={cn(
                "inline-flex min-w-0 items-center gap-[5px]",
                !destination.problem && broken && "max-sm:hidden",
              )}
            >
              <Standing destination={destination} />
            </li>
          ))}
        </ul>
      }
    />
  );
}

function Standing({ destination: { name, problem, failingSince } }: { destination: Destination }) {
  const now = useNow();
  if (problem === null) {
    return (
      <>
        <span aria-hidden="true" className="size-2 flex-none rounded-full bg-ok" />
        <span className="truncate">{visible(name)}</span>
      </>
    );
  }
  const age = failingSince === null ? "" : `, ${formatSince(failingSince, now).split(" ").slice(0, 2).join(" ")}`;
  return (
    <span title={visible(problem)} className="inline-flex min-w-0 items-center gap-[5px] text-warn">
      <TriangleAlert aria-hidden="true" className="size-3.5 flex-none stroke-[1.75]" />
      <span className="sr-only">Unreachable: </span>
      <span className="truncate">
        {visible(name)}
        {age}
      </span>
    </span>
  );
}

function Size({ bytes }: { bytes: number | null }) {
  if (bytes === null) return <span className="text-subtle-foreground">–</span>;
  const { value, unit } = amount(bytes);
  return (
    <>
      {value}
      <Small>{unit}</Small>
    </>
  );
}

function Until({ time }: { time: string }) {
  const minutes = Math.max(0, Math.floor((Date.parse(time) - useNow()) / 60_000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  const parts: [number, string][] = [
    [days, "d"],
    [hours, "h"],
    [minutes % 60, "min"],
  ];
  const first = Math.max(
    0,
    parts.findIndex(([value]) => value > 0),
  );
  const shown = minutes === 0 ? [[0, "min"] as const] : parts.slice(first, first + 2).filter(([value]) => value > 0);
  return shown.map(([value, unit]) => (
    <span key={unit} className="not-first:ml-[5px]">
      {value}
      <Small>{unit}</Small>
    </span>
  ));
}

function Small({ children }: { children: ReactNode }) {
  return <small className="ml-[3px] text-13 font-normal tracking-normal text-muted-foreground">{children}</small>;
}
