"use client";

import { type MouseEvent, type ReactNode, type RefObject, useEffect, useImperativeHandle, useState } from "react";
import { cn } from "#lib/format/cn.ts";
import type { LogLine } from "#lib/logs/line.ts";
import { useHydrated } from "@/components/ui/use-hydrated.ts";
import { turnKey } from "./histogram.ts";
import { LogRow, type LogRowProps } from "./log-row.tsx";
import type { LogStore } from "./log-store.ts";
import { dayOf, formatDay } from "./log-time.ts";
import { RowSlots } from "./row-slots.ts";
import { useLog } from "./use-log-store.ts";
import { type LogWindow, useLogWindow } from "./use-log-window.ts";

export interface LogListHandle extends Pick<LogWindow, "reveal" | "seen"> {
  focus: () => void;
}

type RowLook = Pick<LogRowProps, "mixed" | "wrap" | "times" | "now" | "finder" | "onFilter">;

export interface LogListProps extends RowLook {
  store: LogStore;
  label: string;
  lookOf: (line: LogLine) => LogRowProps["look"];
  phone: boolean;
  dense: boolean;
  /** which restart a marker tells, by `turnKey` */
  turns: ReadonlyMap<string, string>;
  /** the lines from one to another; `head` is the current one */
  selected: { from: number; to: number; head: number };
  open: ReadonlySet<number>;
  onPress: (index: number, extend: boolean) => void;
  onToggle: (index: number) => void;
  /** called when other lines can be seen */
  onSeen?: () => void;
  handle: RefObject<LogListHandle | null>;
  /** after the newest line */
  children?: ReactNode;
}

/** Older lines are asked for before they are needed. */
const AHEAD = 1000;
const USUAL = { desk: 20, dense: 16, phone: 43 };

/** The lines that can be seen, out of any number of them. */
export function LogList(props: LogListProps) {
  const { store, label, phone, dense, wrap, mixed, onSeen, handle, children } = props;
  const seen = useLogWindow(store, phone ? USUAL.phone : dense ? USUAL.dense : USUAL.desk, `${wrap} ${mixed}`);
  const { box, rows, from, to, reveal, seen: range } = seen;
  const { generation } = store;
  const hydrated = useHydrated();
  const [slots] = useState(() => new RowSlots());
  const rowAt = slots.assign(from, to, !store.status.paused);

  useImperativeHandle(handle, () => ({
    reveal,
    seen: range,
    focus: () => box.current?.focus({ preventScroll: true }),
  }));
  useOlder(store, seen);
  useNewer(store, seen);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever other lines are drawn
  useEffect(() => onSeen?.(), [from, to, onSeen]);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are in the keyboard map
    <section
      ref={box}
      role="log"
      aria-live="off"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={seen.onScroll}
      onWheel={(event) => event.deltaY < 0 && seen.onPull()}
      onTouchMove={seen.onPull}
      onClick={(event) => press(event, props)}
      className={cn(
        "min-h-0 flex-1 overflow-x-hidden overflow-y-auto overscroll-contain bg-inset font-mono outline-offset-[-2px] [overflow-anchor:none]",
        dense ? "text-11 [--line:16px]" : "text-12 [--line:20px]",
        "leading-(--line)",
      )}
    >
      <div className="relative" style={hydrated ? { height: seen.height } : undefined}>
        <div ref={rows} className="absolute inset-x-0" style={hydrated ? { top: seen.top } : undefined}>
          {rowsOf(props, from, to).map((row) => (
            <LogRow key={`${generation} ${rowAt[row.index - from]}`} {...row} />
          ))}
        </div>
      </div>
      {children}
    </section>
  );
}

/** Reads what is above before anybody gets there. Following a screen full of lines wants nothing older. */
function useOlder(store: LogStore, { from, filled }: LogWindow): void {
  const { older, phase, paused } = useLog(store, (it) => it.status);
  const isNear = from - store.ring.first < AHEAD;
  // before the first line is here nobody knows what is older than it
  const isHere = useLog(store, (it) => it.ring.size > 0);
  const wants = isHere && older === "unknown" && phase !== "loading" && isNear && (paused || !filled);
  useEffect(() => {
    if (wants) void store.loadOlder();
  }, [wants, store]);
}

/** Where the newest lines are not kept, reads what is below before anybody gets there. */
function useNewer(store: LogStore, { to }: LogWindow): void {
  const { newer, cut, phase } = useLog(store, (it) => it.status);
  const wants = cut && newer === "unknown" && phase !== "loading" && store.ring.end - to < AHEAD;
  useEffect(() => {
    if (wants) void store.loadNewer();
  }, [wants, store]);
}

function rowsOf(props: LogListProps, from: number, to: number): LogRowProps[] {
  const { store, lookOf, mixed, wrap, times, now, turns, finder, selected, open, onFilter } = props;
  const before = store.ring.at(from - 1);
  // the first line says its day where that is not today
  let day = dayOf(before?.time ?? Date.now(), times);
  const rows: LogRowProps[] = [];
  for (let index = from; index < to; index++) {
    const line = store.ring.at(index);
    if (!line) continue;
    const own = dayOf(line.time, times);
    rows.push({
      line,
      index,
      look: lookOf(line),
      mixed,
      wrap,
      times,
      now,
      turn: line.marker ? turns.get(turnKey(line)) : undefined,
      day: own === day ? null : formatDay(own),
      finder,
      selected: index >= selected.from && index <= selected.to,
      current: index === selected.head,
      open: open.has(index),
      onFilter,
    });
    day = own;
  }
  return rows;
}

/** A press on a line, unless it was meant for something in it or was the end of selecting text. */
function press({ target, shiftKey }: MouseEvent, { onPress, onToggle }: LogListProps): void {
  if (!(target instanceof Element)) return;
  const row = target.closest<HTMLElement>("[data-line]");
  if (row && target.closest("[data-unfold]")) {
    onToggle(Number(row.dataset.line));
    return;
  }
  if (target.closest("a, button")) return;
  const selection = window.getSelection();
  if (!row || (!shiftKey && selection?.isCollapsed === false)) return;
  // the browser selects text up to where Shift is pressed: here it is lines
  if (shiftKey) selection?.removeAllRanges();
  onPress(Number(row.dataset.line), shiftKey);
}
