"use client";

import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { LogLine } from "#lib/logs/line.ts";
import type { LogListHandle } from "./log-list.tsx";
import { askOf, type LogAsk, searchParam } from "./log-requests.ts";
import type { LogStore } from "./log-store.ts";
import type { FieldFilter, LogView } from "./log-view.ts";
import type { MatchPlaces } from "./match-places.ts";
import type { Finder } from "./matching.ts";
import { useFinder } from "./use-finder.ts";
import { useLogStore } from "./use-log-store.ts";
import { useMatches } from "./use-matches.ts";

export interface Viewer {
  ask: LogAsk;
  store: LogStore;
  list: RefObject<LogListHandle | null>;
  field: RefObject<HTMLInputElement | null>;
  finder: Finder | null;
  bad: boolean;
  matches: MatchPlaces | null;
  /** the server looks for older matches */
  searching: boolean;
  selection: Selection | null;
  open: ReadonlySet<number>;
  press: (index: number, extend?: boolean) => void;
  move: (step: 1 | -1, extend?: boolean) => void;
  toggle: (index: number) => void;
  unselect: () => void;
  selectedLines: () => LogLine[];
  next: () => void;
  previous: () => void;
  goLive: () => void;
  filterBy: (field: FieldFilter) => void;
}

interface Selection {
  /** where it began, and the line that is current */
  anchor: number;
  head: number;
}

const SETTLE = 250;

/** Everything that the viewer of some services' logs knows and does, whatever is drawn of it. */
export function useViewer(
  view: LogView,
  change: (change: Partial<LogView>) => void,
  services: readonly string[],
  live: LogView["range"],
): Viewer {
  const { finder, bad } = useFinder(view);
  const ask = useAsk(view, services, bad);
  const placed = useRef<(index: number) => void>(undefined);
  const store = useLogStore(ask, view.line, (index) => placed.current?.(index));
  const list = useRef<LogListHandle>(null);
  const field = useRef<HTMLInputElement>(null);
  const matches = useMatches(store, finder);
  const chosen = useSelection(store, list, change);
  const { selection, select } = chosen;
  const [searching, setSearching] = useState(false);
  useEffect(() => {
    placed.current = (index) => select({ anchor: index, head: index });
  });

  const go = (index: number | null) => {
    if (index === null) return false;
    store.pause();
    select({ anchor: index, head: index });
    return true;
  };
  const goLive = () => {
    chosen.unselect();
    if (!ask.endless) change({ range: live, line: null });
    else if (store.status.phase === "live" || store.status.phase === "loading") store.resume();
    else store.open();
  };
  const previous = async () => {
    if (!matches) return;
    const from = selection?.head ?? (list.current?.seen()?.last ?? store.ring.end) + 1;
    if (!go(matches.previous(from))) await goFar("before", matches.last());
  };
  const next = async () => {
    if (!matches) return;
    if (!selection) await previous();
    else if (!go(matches.next(selection.head))) await goFar("after", matches.first());
  };
  // no more of them here: the server looks on, and what it finds is where the view goes; nothing anywhere begins again
  const goFar = async (side: "before" | "after", again: number | null) => {
    if (searching) return;
    setSearching(true);
    const line = view.only ? null : await store.find(searchParam(view), side);
    const index = line && (await store.openAt(ask, line.cursor));
    setSearching(false);
    go(index ?? again);
  };

  return {
    ask,
    store,
    list,
    field,
    finder,
    bad,
    matches,
    searching,
    ...chosen,
    next: () => void next(),
    previous: () => void previous(),
    goLive,
    filterBy: useCallback(
      (filter: FieldFilter) => {
        const same = ({ path, value }: FieldFilter) => path === filter.path && value === filter.value;
        change({ fields: [...view.fields.filter((known) => !same(known)), filter], line: null });
      },
      [change, view.fields],
    ),
  };
}

/** The request of a view, the same object while it is the same request; typing settles first, half an expression waits. */
function useAsk(view: LogView, services: readonly string[], bad: boolean): LogAsk {
  const [q, setQ] = useState(view.q);
  useEffect(() => {
    if (bad) return;
    const timer = setTimeout(() => setQ(view.q), SETTLE);
    return () => clearTimeout(timer);
  }, [view.q, bad]);
  const settled = { ...view, q: view.q === "" ? "" : q };
  const made = askOf(settled, services);
  const key = JSON.stringify([services, made.params, view.levels, view.fields, view.only && view.matchCase]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all that the request is made of
  return useMemo(() => made, [key]);
}

function useSelection(
  store: LogStore,
  list: RefObject<LogListHandle | null>,
  change: (change: Partial<LogView>) => void,
) {
  const [held, setHeld] = useState<{ generation: number; selection: Selection | null; open: ReadonlySet<number> }>({
    generation: 0,
    selection: null,
    open: NONE,
  });
  // indexes of lines that are no longer there mean nothing
  const valid = held.generation === store.generation;
  const selection = valid ? held.selection : null;
  const open = valid ? held.open : NONE;
  const set = (selected: Selection | null, opened: ReadonlySet<number>) =>
    setHeld({ generation: store.generation, selection: selected, open: opened });

  const select = (next: Selection, near = false) => {
    set(next, store.generation === held.generation ? held.open : NONE);
    change({ line: store.ring.at(next.head)?.cursor ?? null });
    requestAnimationFrame(() => list.current?.reveal(next.head, near));
  };
  const toggle = (index: number) => {
    const next = new Set(open);
    if (!next.delete(index)) next.add(index);
    set(selection, next);
  };
  return {
    selection,
    open,
    select,
    toggle,
    press: (index: number, extend = false) => {
      store.pause();
      const isSame = selection?.head === index && selection.anchor === index;
      const next = new Set(open);
      // a structured line shows what it holds at once; a second press opens or closes any line
      if (!extend && (isSame || store.ring.at(index)?.fields) && !next.delete(index)) next.add(index);
      set({ anchor: extend ? (selection?.anchor ?? index) : index, head: index }, next);
      requestAnimationFrame(() => list.current?.reveal(index, true));
      change({ line: store.ring.at(index)?.cursor ?? null });
    },
    move: (step: 1 | -1, extend = false) => {
      store.pause();
      const { first, end } = store.ring;
      if (end === first) return;
      const start = selection?.head ?? (list.current?.seen()?.last ?? end - 1) - step;
      const head = Math.max(first, Math.min(end - 1, start + step));
      select({ anchor: extend ? (selection?.anchor ?? head) : head, head }, true);
    },
    unselect: () => {
      set(null, NONE);
      change({ line: null });
    },
    selectedLines: () => {
      if (!selection) return [];
      const { anchor, head } = selection;
      const lines: LogLine[] = [];
      for (let at = Math.min(anchor, head); at <= Math.max(anchor, head); at++) {
        const line = store.ring.at(at);
        if (line) lines.push(line);
      }
      return lines;
    },
  };
}

const NONE: ReadonlySet<number> = new Set();
