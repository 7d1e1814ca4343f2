"use client";

import { ChevronRight, Scissors } from "lucide-react";
import { memo } from "react";
import { cn } from "#lib/format/cn.ts";
import { formatExact } from "#lib/format/exact-time.ts";
import { plural } from "#lib/format/plural.ts";
import type { LogLine } from "#lib/logs/line.ts";
import { LineFields } from "./line-fields.tsx";
import { linePieces, moreLines } from "./line-look.ts";
import { LineText } from "./line-text.tsx";
import { groupOf } from "./log-requests.ts";
import { formatLogTime, type TimeStyle } from "./log-time.ts";
import type { FieldFilter, LevelGroup } from "./log-view.ts";
import type { Finder } from "./matching.ts";
import type { SourceLook } from "./source-shades.ts";

export interface LogRowProps {
  line: LogLine;
  index: number;
  look: SourceLook | undefined;
  /** among lines of other services: whose it is */
  mixed: boolean;
  wrap: boolean;
  times: TimeStyle;
  /** for ages; the same number while they are not shown */
  now: number;
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

/** One line, as it was said. */
export const LogRow = memo(function LogRow(props: LogRowProps) {
  const { line, index, look, mixed, times, now, day, selected, open } = props;
  const group = groupOf(line);
  return (
    <div data-line={index} data-helm={look?.helm} data-shade={look?.shade}>
      {day === null ? null : (
        <div className="flex h-[26px] items-end px-5 pb-1 font-sans text-11 leading-4 text-subtle-foreground max-sm:px-3">
          {day}
        </div>
      )}
      {line.gap ? (
        <Gap line={line} look={look} mixed={mixed} />
      ) : (
        <div
          className={cn(
            "relative grid min-h-5 gap-x-3 hover:bg-muted max-sm:gap-x-2 max-sm:border-b max-sm:border-hairline max-sm:px-3 max-sm:pt-1 max-sm:pb-[5px]",
            mixed ? GRID.mixed : GRID.single,
            mixed && "before:absolute before:inset-y-0 before:left-0 before:w-[3px] before:bg-helm before:opacity-85",
            group === "error" && "bg-fail-wash",
            open && "bg-muted",
            selected && "bg-accent shadow-[inset_0_0_0_1px_var(--border-strong)]",
          )}
        >
          <time
            dateTime={line.time}
            // when asked for: a thousand of these pass a second
            onPointerEnter={(event) => {
              event.currentTarget.title = formatExact(line.time);
            }}
            className="num cursor-default text-subtle-foreground max-sm:text-11 max-sm:leading-4"
          >
            {formatLogTime(line.time, times, now)}
          </time>
          {mixed ? (
            <span className="truncate text-helm max-sm:text-11 max-sm:leading-4" title={look?.name}>
              {look?.name ?? line.service}
            </span>
          ) : null}
          <span className={cn("text-11 leading-5 max-sm:justify-self-end max-sm:leading-4", LEVEL[group])}>
            {line.level ?? <span className="sr-only">no level</span>}
          </span>
          <Message {...props} group={group} />
        </div>
      )}
    </div>
  );
});

function Message({ line, finder, wrap, current, open, onFilter, group }: LogRowProps & { group: LevelGroup }) {
  const more = moreLines(line);
  return (
    <div
      className={cn(
        "min-w-0 max-sm:col-span-full max-sm:leading-[17px]",
        group === "debug" && "text-subtle-foreground",
      )}
    >
      <p
        className={cn(
          wrap || open
            ? "whitespace-pre-wrap [overflow-wrap:anywhere]"
            : "truncate whitespace-pre max-sm:whitespace-pre-wrap max-sm:[overflow-wrap:anywhere]",
        )}
      >
        <LineText pieces={linePieces(line, finder, open)} current={current} />
      </p>
      {more > 0 && !open ? (
        <p className="flex h-5 items-center gap-[5px] font-sans text-11 text-subtle-foreground">
          <ChevronRight aria-hidden="true" className="size-3" />
          {plural(more, "more line")}
        </p>
      ) : null}
      {open && line.fields ? <LineFields line={line} fields={line.fields} onFilter={onFilter} /> : null}
      {open && line.truncated ? (
        <p className="font-sans text-11 text-subtle-foreground">The line was longer than 256 KiB and is cut here.</p>
      ) : null}
    </div>
  );
}

/** Lines that are not here, counted: what the source lost, or what came faster than it could be read. */
function Gap({ line, look, mixed }: { line: LogLine; look: SourceLook | undefined; mixed: boolean }) {
  return (
    <div className={MARKER}>
      <Scissors aria-hidden="true" className="size-[13px] flex-none stroke-2 text-warn" />
      {mixed && look ? <b className="font-mono font-medium text-helm">{look.name}</b> : null}
      <span className="font-medium">
        {line.gap?.lines
          ? `${line.gap.lines.toLocaleString("en-GB")} lines are missing here`
          : "Lines are missing here"}
      </span>
      <span className="truncate text-muted-foreground">{line.gap?.reason ?? line.text}</span>
    </div>
  );
}

export const MARKER =
  "relative my-0.5 flex h-[26px] items-center gap-2 border-y border-border bg-card pr-4 pl-5 font-sans text-12 leading-none before:absolute before:-inset-y-px before:left-0 before:w-[3px] before:bg-helm max-sm:pr-3 max-sm:pl-[15px]";
