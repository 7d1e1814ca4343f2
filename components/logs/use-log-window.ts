"use client";

/** Which lines can be seen. Where a reader looks is a line and not a distance, so nothing that comes or goes moves it. */
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { LogStore } from "./log-store.ts";
import { RowHeights } from "./row-heights.ts";
import { useLog } from "./use-log-store.ts";

export interface LogWindow {
  box: RefObject<HTMLElement | null>;
  /** whose children are the drawn rows, each with its `data-line` */
  rows: RefObject<HTMLDivElement | null>;
  /** the lines to draw: `[from, to)` */
  from: number;
  to: number;
  /** of everything, and of the first drawn line from its top */
  height: number;
  top: number;
  /** the screen is full, or everything older is there */
  filled: boolean;
  onScroll: () => void;
  /** somebody pulls the lines down: from now on they stay */
  onPull: () => void;
  /** brings a line into view: with some before it, or `near`, just so far */
  reveal: (index: number, near: boolean) => void;
  seen: () => { first: number; last: number } | null;
}

/** lines drawn beyond the screen, for scrolling; running lines need few */
const BEYOND = { paused: 12, running: 2 };
/** above the first and below the last line */
const EDGE = 6;

/** `usual`: the height of an ordinary line; `layout`: names everything that makes lines another height. */
export function useLogWindow(store: LogStore, usual: number, layout: string): LogWindow {
  useLog(store, (it) => it.version);
  const paused = useLog(store, (it) => it.status.paused);
  const { generation } = store;
  const { first, end } = store.ring;
  const box = useRef<HTMLElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  const place = useRef({ row: 0, into: 0 });
  const written = useRef(0);
  const size = useSize(box);
  const [, redraw] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another layout or other lines begin without measured heights
  const heights = useMemo(() => new RowHeights(usual), [usual, layout, generation, size.width]);

  heights.keep(first, end);
  const lines = heights.offset(first, end);
  const height = Math.max(lines + 2 * EDGE, size.height);
  // a few lines stand at the bottom, where the next one will come
  const above = height - lines - EDGE;
  const topmost = paused
    ? Math.max(first, Math.min(place.current.row, end - 1))
    : heights.rowAt(first, end, Math.max(0, lines + EDGE - size.height)).row;
  const beyond = paused ? BEYOND.paused : BEYOND.running;
  const from = Math.max(first, topmost - beyond);
  const lowest = heights.rowAt(first, end, heights.offset(first, topmost) + size.height * 1.2).row;
  const to = Math.min(end, lowest + beyond);

  const placeAt = (scrollTop: number) => heights.rowAt(first, end, scrollTop - above);

  // heights as they are drawn, then the place as it was: both before anything is painted
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !rows.current) return;
    let news = false;
    for (const child of rows.current.children as HTMLCollectionOf<HTMLElement>) {
      news = heights.set(Number(child.dataset.line), child.offsetHeight) || news;
    }
    if (news) {
      redraw((count) => count + 1);
      return;
    }
    const { row, into } = place.current;
    const goal = paused
      ? above + heights.offset(first, Math.max(first, Math.min(row, end))) + into
      : element.scrollHeight;
    if (Math.abs(element.scrollTop - goal) >= 1) element.scrollTop = goal;
    written.current = element.scrollTop;
    if (!paused) place.current = placeAt(element.scrollTop);
  });

  return {
    box,
    rows,
    from,
    to,
    height,
    top: above + heights.offset(first, from),
    filled: size.height === 0 || lines > size.height,
    onScroll: () => {
      const element = box.current;
      if (!element || Math.abs(element.scrollTop - written.current) < 1) return;
      const up = element.scrollTop < written.current;
      const left = element.scrollHeight - element.clientHeight - element.scrollTop;
      written.current = element.scrollTop;
      place.current = placeAt(element.scrollTop);
      if (up && left > 2) store.pause();
      else if (!up && left <= 2 && !store.status.cut) store.resume();
      redraw((count) => count + 1);
    },
    onPull: () => {
      const element = box.current;
      if (element && element.scrollTop > 0) store.pause();
    },
    reveal: (index, near) => {
      const element = box.current;
      if (!element) return;
      const start = above + heights.offset(first, index);
      const finish = above + heights.offset(first, index + 1);
      const room = element.clientHeight;
      if (start >= element.scrollTop && finish <= element.scrollTop + room) return;
      const edge = start < element.scrollTop ? start - EDGE : finish - room + EDGE;
      place.current = placeAt(Math.max(0, near ? edge : start - room / 3));
      redraw((count) => count + 1);
    },
    seen: () => {
      const element = box.current;
      if (!element || end === first) return null;
      const { row } = placeAt(Math.max(above, element.scrollTop));
      return { first: row, last: placeAt(element.scrollTop + element.clientHeight).row };
    },
  };
}

function useSize(box: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = element;
      setSize((known) => (known.width === width && known.height === height ? known : { width, height }));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return size;
}
