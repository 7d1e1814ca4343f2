"use client";

import Link from "next/link";
import { memo } from "react";
import { cn } from "#lib/format/cn.ts";
import { plural } from "#lib/format/plural.ts";
import { useService } from "@/components/shell/live.ts";
import { relayHref } from "@/components/shell/places.ts";
import { HelmIcon } from "@/components/ui/helm-icon.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { ServiceName } from "../services/service-name.tsx";
import { namedBy, type RelayRow } from "./relay-rows.ts";
import { KIND_WORD, openingWords, outcomeWords } from "./relay-words.ts";
import { UntilTime } from "./until-time.tsx";

const GRID =
  "grid grid-cols-[14px_minmax(0,1fr)_132px_112px_132px] items-center gap-x-3.5 px-3.5 max-md:grid-cols-[14px_minmax(0,1fr)_132px] max-sm:grid-cols-[14px_minmax(0,1fr)_auto] max-sm:gap-x-2.5 max-sm:px-3";
const TWO = "grid min-w-0 text-12 leading-[18px] whitespace-nowrap [&>*]:truncate";

interface RelayListProps {
  rows: readonly RelayRow[];
  /** the key of the one that is open */
  selected: string | null;
  /** it was opened by itself, which is seen only where there is room beside the list */
  byItself: boolean;
  onSelect: (row: RelayRow) => void;
  /** Enter on the row that is open already */
  onEnter: () => void;
}

/** Who asks for a scan now, and who asked before. */
export function RelayList({ rows, selected, byItself, onSelect, onEnter }: RelayListProps) {
  return (
    <Panel aria-label="Codes" className="flex-none overflow-hidden">
      <Head />
      <ul>
        {rows.map((row) => (
          <Row
            key={row.key}
            row={row}
            selected={row.key === selected}
            byItself={byItself}
            onSelect={onSelect}
            onEnter={onEnter}
          />
        ))}
      </ul>
    </Panel>
  );
}

function Head() {
  return (
    <div
      aria-hidden="true"
      className={cn(GRID, "h-8 border-b border-border text-11 text-subtle-foreground max-sm:hidden")}
    >
      <span />
      <span>Service</span>
      <span>State</span>
      <span className="max-md:hidden">First seen</span>
      <span className="max-md:hidden">One-time link</span>
    </div>
  );
}

interface RowProps extends Pick<RelayListProps, "byItself"> {
  row: RelayRow;
  selected: boolean;
  /** it was opened by itself, which is seen only where there is room beside the list */
  byItself: boolean;
  onSelect: (row: RelayRow) => void;
  /** Enter on the row that is open already */
  onEnter: () => void;
}

const Row = memo(function Row({ row, selected, byItself, onSelect, onEnter }: RowProps) {
  const service = useService(row.service) ?? namedBy(row.service);
  const { code, episode } = row;
  return (
    <li
      data-row={row.key}
      className={cn(
        GRID,
        "relative h-14 border-b border-hairline last:border-b-0 hover:bg-muted max-sm:h-16",
        selected && "bg-accent shadow-[inset_2px_0_0_var(--foreground)] hover:bg-accent",
        selected && byItself && "max-xl:bg-transparent max-xl:shadow-none",
      )}
    >
      <StateMark
        mark={code ? "human" : episode?.outcome === "linked" ? "running" : "stopped"}
        word=""
        className="mt-[13px] self-start max-sm:mt-[15px]"
      />
      <div className="min-w-0">
        <div className="flex h-5 min-w-0 items-center gap-[7px]">
          <HelmIcon kind={service.supervisor} named className="size-3.5" />
          <Link
            href={relayHref(row.service, row.code ? {} : { at: row.firstSeenAt })}
            scroll={false}
            prefetch={false}
            aria-current={selected ? "true" : undefined}
            onClick={(event) => {
              if (event.metaKey || event.ctrlKey || event.shiftKey) return;
              event.preventDefault();
              // a press of a key is no click of a mouse: that must not uncover anything by chance
              if (selected && event.detail === 0) onEnter();
              else onSelect(row);
            }}
            title={service.name}
            className="min-w-0 truncate font-mono text-13 font-medium tracking-[-0.01em] after:absolute after:inset-0"
          >
            <ServiceName service={service} />
          </Link>
        </div>
        <div className="truncate text-12 text-muted-foreground">{KIND_WORD[row.kind]}</div>
      </div>
      <State row={row} />
      <div className={cn(TWO, "max-md:hidden")}>
        <span>
          <TimeAgo time={row.firstSeenAt} ago pace={row.code ? "second" : "slow"} />
        </span>
        <span className="text-subtle-foreground">{plural(row.codes, "code")}</span>
      </div>
      <LinkState row={row} />
    </li>
  );
});

function State({ row: { code, episode, codes } }: { row: RelayRow }) {
  if (code) {
    return (
      <div className={cn(TWO, "max-sm:text-right")}>
        <span className="font-medium">{code.state === "stale" ? "Too old to scan" : "Waiting for scan"}</span>
        <span className="text-subtle-foreground">
          {codes > 1 ? "renewed" : "seen"} <TimeAgo time={code.seenAt} ago pace="second" />
        </span>
      </div>
    );
  }
  const [word, more] = episode ? outcomeWords(episode) : ["", ""];
  return (
    <div className={cn(TWO, "max-sm:text-right")}>
      <span className={cn("font-medium", episode?.outcome === "linked" || "text-muted-foreground")}>{word}</span>
      <span className="text-subtle-foreground">{more}</span>
    </div>
  );
}

function LinkState({ row: { code, episode, link } }: { row: RelayRow }) {
  const [words, more] = code
    ? link
      ? [openingWords(link), <UntilTime key="until" time={link.expiresAt} words="expires in" />]
      : ["None made", ""]
    : episode?.via === "link"
      ? ["Used", episode.endedAt === null ? "" : <TimeAgo key="ago" time={episode.endedAt} ago />]
      : episode?.via === "here"
        ? ["Shown here", "no link made"]
        : ["–", ""];
  return (
    <div className={cn(TWO, "max-md:hidden")}>
      <span>{words}</span>
      <span className="text-subtle-foreground">{more}</span>
    </div>
  );
}

/** In the list's own geometry, so that nothing jumps when it is there. */
export function RelayListSkeleton() {
  return (
    <Panel role="status" aria-label="Loading" className="after-moment flex-none overflow-hidden">
      <Head />
      {[0, 1, 2].map((index) => (
        <div key={index} className={cn(GRID, "h-14 border-b border-hairline last:border-b-0 max-sm:h-16")}>
          <Skeleton className="size-2 rounded-full" />
          <Skeleton className="h-3 w-40" />
          <Skeleton className="h-3 w-24" />
          <span className="max-md:hidden">
            <Skeleton className="h-3 w-16" />
          </span>
          <span className="max-md:hidden">
            <Skeleton className="h-3 w-20" />
          </span>
        </div>
      ))}
    </Panel>
  );
}
