"use client";

import { type RefObject, useEffect, useState, useSyncExternalStore } from "react";
import { FarSearch, type FarStatus } from "./far-search.ts";
import { hitWords } from "./hit-words.ts";
import { lineMatches } from "./line-look.ts";
import type { LogListHandle } from "./log-list.tsx";
import { type LogAsk, searchParam } from "./log-requests.ts";
import type { LogStore } from "./log-store.ts";
import type { LogView } from "./log-view.ts";
import type { Finder } from "./matching.ts";
import { useLog } from "./use-log-store.ts";
import { useMatches } from "./use-matches.ts";

export interface ViewerSearch {
  /** `3 of 35` */
  hits: ReturnType<typeof hitWords>;
  far: FarStatus;
  stopFar: () => void;
  searchOn: () => void;
  next: () => void;
  previous: () => void;
}

export interface SearchParts {
  /** the view with what has been typed to its end */
  view: LogView;
  ask: LogAsk;
  store: LogStore;
  finder: Finder | null;
  bad: boolean;
  list: RefObject<LogListHandle | null>;
  head: number | null;
  onGo: (index: number) => void;
}

/** One typed letter finds everything: nobody wants that of a gigabyte. */
const SHORTEST = 2;

/** The search of a view: among the lines that are here, and behind them among everything that the server can still read. */
export function useSearch({ view, ask, store, finder, bad, list, head, onGo }: SearchParts): ViewerSearch {
  const matches = useMatches(store, finder);
  const complete = useLog(store, (it) => it.status.older === "none" && !it.status.cut);
  const [search] = useState(() => new FarSearch());
  const far = useSyncExternalStore(
    search.subscribe,
    () => search.status,
    () => search.status,
  );
  const [going, setGoing] = useState(false);

  const wanted = finder && !view.only && view.q.length >= SHORTEST ? JSON.stringify(searchParam(view)) : null;
  const begin = () => {
    if (wanted === null || !finder) return;
    const param = JSON.parse(wanted) as [string, string];
    search.begin({ ask, search: param, test: (line) => lineMatches(line, finder) });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the finder is another only where what is wanted is
  useEffect(() => {
    begin();
    return () => search.clear();
  }, [search, ask, wanted]);

  const go = (index: number | null) => {
    if (index === null) return false;
    onGo(index);
    return true;
  };
  // no more of them here: what the server found is where the view goes; nothing anywhere begins again
  const goFar = async (side: "before" | "after", again: number | null) => {
    const edge = store.ring.at(side === "before" ? store.ring.first : store.ring.end - 1);
    const isAll = side === "before" ? store.status.older === "none" : !store.status.cut;
    if (going || !edge || isAll || wanted === null) return go(again);
    setGoing(true);
    const found = await search.nearest(side, edge.time);
    const index = found && (await store.openAt(ask, found.cursor));
    setGoing(false);
    go(index ?? again);
  };
  const previous = async () => {
    if (!matches) return;
    const from = head ?? (list.current?.seen()?.last ?? store.ring.end) + 1;
    if (!go(matches.previous(from))) await goFar("before", matches.last());
  };
  const next = async () => {
    if (!matches) return;
    if (head === null) await previous();
    else if (!go(matches.next(head))) await goFar("after", matches.first());
  };
  const line = head === null ? undefined : store.ring.at(head);
  return {
    hits: hitWords({
      bad,
      going,
      matches,
      complete,
      far,
      head: head === null || !line ? null : { index: head, farAfter: search.countAfter(line.time) },
    }),
    far,
    stopFar: () => search.stop(),
    searchOn: begin,
    next: () => void next(),
    previous: () => void previous(),
  };
}
