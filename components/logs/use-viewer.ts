"use client";

import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { isFoldedMatch } from "./line-look.ts";
import type { LogListHandle } from "./log-list.tsx";
import { askOf, type LogAsk } from "./log-requests.ts";
import type { LogStore } from "./log-store.ts";
import type { FieldFilter, LogView } from "./log-view.ts";
import type { Finder } from "./matching.ts";
import type { Message } from "./message.ts";
import { useFinder } from "./use-finder.ts";
import { useLogStore } from "./use-log-store.ts";
import { useSearch, type ViewerSearch } from "./use-search.ts";

export interface Viewer extends ViewerSearch {
  ask: LogAsk;
  store: LogStore;
  list: RefObject<LogListHandle | null>;
  field: RefObject<HTMLInputElement | null>;
  finder: Finder | null;
  selection: Selection | null;
  open: ReadonlySet<number>;
  press: (index: number, extend?: boolean) => void;
  move: (step: 1 | -1, extend?: boolean) => void;
  toggle: (index: number) => void;
  unselect: () => void;
  selectedLines: () => Message[];
  /** stops at a line and selects it */
  goTo: (index: number) => void;
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
  const settled = useSettled(view, bad);
  const ask = useAsk(settled, services);
  const placed = useRef<(index: number) => void>(undefined);
  const store = useLogStore(ask, view.line, (index) => placed.current?.(index));
  const list = useRef<LogListHandle>(null);
  const field = useRef<HTMLInputElement>(null);
  const chosen = useSelection(store, list, change);
  const { selection, select } = chosen;
  const onGo = (index: number) => {
    store.pause();
    const line = store.ring.at(index);
    select({ anchor: index, head: index }, false, line !== undefined && isFoldedMatch(line, finder));
  };
  useEffect(() => {
    placed.current = onGo;
  });
  const search = useSearch({
    view: settled,
    ask,
    store,
    finder,
    bad,
    list,
    head: selection?.head ?? null,
    onGo,
  });
  const goLive = () => {
    chosen.unselect();
    if (!ask.endless) change({ range: live, line: null });
    else if (store.status.phase === "live" || store.status.phase === "loading") store.resume();
    else store.open();
  };

  return {
    ask,
    store,
    list,
    field,
    finder,
    ...search,
    ...chosen,
    goTo: onGo,
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

/** The view once its search has been typed to its end; half an expression waits. */
function useSettled(view: LogView, bad: boolean): LogView {
  const [q, setQ] = useState(view.q);
  useEffect(() => {
    if (bad) return;
    const timer = setTimeout(() => setQ(view.q), SETTLE);
    return () => clearTimeout(timer);
  }, [view.q, bad]);
  return { ...view, q: view.q === "" ? "" : q };
}

/** The request of a view, the same object while it is the same request. */
function useAsk(view: LogView, services: readonly string[]): LogAsk {
  const made = askOf(view, services);
  const key = JSON.stringify([services, made.params, view.levels, view.fields, view.only && [view.q, view.matchCase]]);
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

  const select = (next: Selection, near = false, unfolded = false) => {
    const opened = store.generation === held.generation ? held.open : NONE;
    set(next, unfolded ? new Set([...opened, next.head]) : opened);
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
      const lines: Message[] = [];
      for (let at = Math.min(anchor, head); at <= Math.max(anchor, head); at++) {
        const line = store.ring.at(at);
        if (line) lines.push(line);
      }
      return lines;
    },
  };
}

const NONE: ReadonlySet<number> = new Set();
