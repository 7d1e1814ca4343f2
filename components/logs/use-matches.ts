"use client";

import { useEffect, useMemo, useRef, useState } from "react";
import { lineMatches } from "./line-look.ts";
import type { LogStore } from "./log-store.ts";
import { MatchPlaces } from "./match-places.ts";
import type { Finder } from "./matching.ts";
import { useLog } from "./use-log-store.ts";

/** A slice of searching is shorter than a frame. */
const SLICE = 8;
const LINES = 400;
/** The count is written so often, in milliseconds. */
const WRITE = 120;

/** The matches among the lines that are here, as far as they have been searched; null while nothing is searched for. */
export function useMatches(store: LogStore, finder: Finder | null): MatchPlaces | null {
  const version = useLog(store, (it) => (finder ? it.version : 0));
  const { generation } = store;
  const [, redraw] = useState(0);
  const written = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other lines are searched anew
  const index = useMemo(() => {
    if (!finder) return null;
    return new MatchPlaces(store.ring, (at) => {
      const line = store.ring.at(at);
      return line !== undefined && lineMatches(line, finder);
    });
  }, [store, finder, generation]);

  useEffect(() => {
    store.kept.onGrow = (at) => index?.again(at);
    return () => {
      store.kept.onGrow = null;
    };
  }, [store, index]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever lines came or went
  useEffect(() => {
    if (!index) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const search = () => {
      const until = performance.now() + SLICE;
      let more = true;
      while (more && performance.now() < until) more = index.step(LINES);
      if (!more || performance.now() - written.current > WRITE) {
        written.current = performance.now();
        redraw((count) => count + 1);
      }
      if (more) timer = setTimeout(search);
    };
    timer = setTimeout(search);
    return () => clearTimeout(timer);
  }, [index, version]);
  return index;
}
