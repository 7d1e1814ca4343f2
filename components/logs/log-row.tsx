"use client";

import { ChevronRight } from "lucide-react";
import { memo } from "react";
import { cn } from "#lib/format/cn.ts";
import { formatExact } from "#lib/format/exact-time.ts";
import { LineFields } from "./line-fields.tsx";
import { foldWords, isFoldedMatch, linePieces } from "./line-look.ts";
import { LineText } from "./line-text.tsx";
import { groupOf } from "./log-requests.ts";
import { formatLogTime, type TimeStyle } from "./log-time.ts";
import type { FieldFilter, LevelGroup } from "./log-view.ts";
import { GapRow, MarkerRow, PictureRow } from "./marker-row.tsx";
import type { Finder } from "./matching.ts";
import { isPicture, type Message } from "./message.ts";
import type { SourceLook } from "./source-shades.ts";

export interface LogRowProps {
  line: Message;
  index: number;
  look: SourceLook | undefined;
  /** among lines of other services: whose it is */
  mixed: boolean;
  wrap: boolean;
  times: TimeStyle;
  /** for ages; the same number while they are not shown */
  now: number;
  /** `2 of 17`: which restart this one is */
  turn: string | undefined;
  /** the day, where it differs from that of the line before */
  day: string | null;
  finder: Finder | null;
  selected: boolean;
  /** its matches are the ones that are looked at */
  current: boolean;
  open: boolean;
  onFilter: (field: FieldFilter) => void;
}

const GRID = {
  mixed:
    "grid-cols-[92px_160px_40px_minmax(0,1fr)] pl-5 pr-4 max-sm:grid-cols-[auto_minmax(0,1fr)_auto] max-sm:pl-[15px]",
  single: "grid-cols-[92px_44px_minmax(0,1fr)] px-5 max-sm:grid-cols-[auto_minmax(0,1fr)]",
};
const LEVEL: Record<LevelGroup, string> = {
  error: "text-fail",
  warn: "text-warn",
  info: "text-muted-foreground max-sm:invisible",
  debug: "text-subtle-foreground max-sm:invisible",
};

/** One message, as it was said; what is long folds to its first line. */
export const LogRow = memo(function LogRow(props: LogRowProps) {
  const { line, index, look, mixed, times, day, open } = props;
  return (
    <div data-line={index} data-helm={look?.helm} data-shade={look?.shade}>
      {day === null ? null : (
        <div className="flex h-[26px] items-end px-5 pb-1 font-sans text-11 leading-4 text-subtle-foreground max-sm:px-3">
          {day}
        </div>
      )}
      {line.gap ? (
        <GapRow line={line} name={mixed ? look?.name : undefined} />
      ) : line.marker ? (
        <MarkerRow
          line={line}
          marker={line.marker}
          name={mixed ? look?.name : undefined}
          times={times}
          turn={props.turn}
          selected={props.selected}
        />
      ) : isPicture(line) && !open ? (
        <PictureRow line={line} mixed={mixed} name={look?.name ?? line.service} selected={props.selected} />
      ) : (
        <Line {...props} />
      )}
    </div>
  );
});

function Line(props: LogRowProps) {
  const { line, look, mixed, times, now, selected, open } = props;
  const group = groupOf(line);
  return (
    <div
      className={cn(
        "relative grid min-h-(--line) gap-x-3 hover:bg-muted max-sm:gap-x-2 max-sm:border-b max-sm:border-hairline max-sm:px-3 max-sm:pt-1 max-sm:pb-[5px]",
        mixed ? GRID.mixed : GRID.single,
        mixed && "before:absolute before:inset-y-0 before:left-0 before:w-[3px] before:bg-helm before:opacity-85",
        group === "error" && "bg-fail-wash",
        open && "bg-muted",
        selected && "bg-accent shadow-[inset_0_0_0_1px_var(--border-strong)]",
      )}
    >
      <time
        dateTime={line.time}
        // when asked for, and anew for the next line in this row: a thousand of these pass a second
        onPointerMove={(event) => {
          event.currentTarget.title = formatExact(line.time);
        }}
        onPointerLeave={(event) => event.currentTarget.removeAttribute("title")}
        className="num cursor-default text-subtle-foreground max-sm:text-11 max-sm:leading-4"
      >
        {formatLogTime(line.time, times, now)}
      </time>
      {mixed ? (
        <span className="truncate text-helm max-sm:text-11 max-sm:leading-4" title={look?.name}>
          {look?.name ?? line.service}
        </span>
      ) : null}
      <span className={cn("text-11 leading-(--line) max-sm:justify-self-end max-sm:leading-4", LEVEL[group])}>
        {line.level ?? <span className="sr-only">no level</span>}
      </span>
      <Said {...props} group={group} />
    </div>
  );
}

function Said({ line, finder, wrap, current, open, onFilter, group }: LogRowProps & { group: LevelGroup }) {
  const fold = foldWords(line);
  return (
    <div
      className={cn(
        "min-w-0 max-sm:col-span-full max-sm:leading-[17px]",
        group === "debug" && "text-subtle-foreground",
      )}
    >
      {fold !== null && open ? <Fold words="fold" open inside={false} /> : null}
      <p
        className={cn(
          open && isPicture(line)
            ? "w-max max-w-full overflow-x-auto whitespace-pre leading-tight"
            : wrap || open
              ? "whitespace-pre-wrap [overflow-wrap:anywhere]"
              : "truncate whitespace-pre max-sm:whitespace-pre-wrap max-sm:[overflow-wrap:anywhere]",
        )}
      >
        <LineText pieces={linePieces(line, finder, open)} current={current} />
      </p>
      {fold !== null && !open ? <Fold words={fold} open={false} inside={isFoldedMatch(line, finder)} /> : null}
      {open && line.fields ? <LineFields line={line} fields={line.fields} onFilter={onFilter} /> : null}
      {open && line.truncated ? (
        <p className="font-sans text-11 text-subtle-foreground">The line was longer than 256 KiB and is cut here.</p>
      ) : null}
    </div>
  );
}

/** Where the rest of a message is. The list hears the press. */
function Fold({ words, open, inside }: { words: string; open: boolean; inside: boolean }) {
  return (
    <button
      type="button"
      data-unfold
      aria-expanded={open}
      className="-ml-3.5 flex h-5 items-center gap-[5px] font-sans text-11 text-subtle-foreground hover:text-foreground max-sm:ml-0"
    >
      <ChevronRight aria-hidden="true" className={cn("size-3", open && "rotate-90")} />
      {words}
      {inside ? <mark className="rounded-[2px] bg-[var(--match)] px-1 text-foreground">match inside</mark> : null}
    </button>
  );
}
