"use client";

import { useCallback, useMemo } from "react";
import type { LogLine } from "#lib/logs/line.ts";
import { useNow } from "@/components/ui/clock.ts";
import { LogList } from "./log-list.tsx";
import { LogEnd, NoLines } from "./log-states.tsx";
import type { LogView } from "./log-view.ts";
import { ResumeBar } from "./resume-bar.tsx";
import { SearchStrip } from "./search-strip.tsx";
import type { SourceLook } from "./source-shades.ts";
import type { Jumps } from "./use-jumps.ts";
import { type LogTaste, usePhone } from "./use-log-view.ts";
import type { Viewer } from "./use-viewer.ts";

export interface LogLinesProps {
  viewer: Viewer;
  view: LogView;
  change: (change: Partial<LogView>) => void;
  taste: LogTaste;
  looks: ReadonlyMap<string, SourceLook>;
  mixed: boolean;
  label: string;
  /** whose lines these are, in words */
  what: string;
  jumps: Jumps;
  onSeen?: () => void;
}

/** The lines, what stands for them while there are none, and the way back to the newest. */
export function LogLines({ viewer, view, change, taste, looks, mixed, label, what, jumps, onSeen }: LogLinesProps) {
  const { store, finder, selection, open, press, toggle, filterBy, goLive, list } = viewer;
  const now = useNow(taste.times === "relative" ? "second" : "slow");
  const phone = usePhone();
  const lookOf = useCallback((line: LogLine) => looks.get(line.service), [looks]);
  const selected = useMemo(() => {
    if (!selection) return NOTHING;
    const { anchor, head } = selection;
    return { from: Math.min(anchor, head), to: Math.max(anchor, head), head };
  }, [selection]);
  return (
    <>
      <SearchStrip viewer={viewer} view={view} times={taste.times} />
      <div className="relative flex min-h-0 flex-1 flex-col">
        <LogList
          store={store}
          label={label}
          lookOf={lookOf}
          mixed={mixed}
          wrap={taste.wrap}
          times={taste.times}
          now={taste.times === "relative" ? now : 0}
          phone={phone}
          dense={taste.dense && !phone}
          turns={jumps.turns}
          finder={finder}
          selected={selected}
          open={open}
          onPress={press}
          onToggle={toggle}
          onFilter={filterBy}
          onSeen={onSeen}
          handle={list}
        >
          <LogEnd store={store} />
        </LogList>
        <NoLines viewer={viewer} view={view} change={change} what={what} />
      </div>
      <ResumeBar store={store} times={taste.times} jumps={jumps} onLive={goLive} />
    </>
  );
}

const NOTHING = { from: 1, to: 0, head: Number.NaN };
