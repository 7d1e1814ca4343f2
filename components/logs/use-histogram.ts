"use client";

import { useEffect, useMemo, useState } from "react";
import type { Histogram } from "#lib/logs/histogram.ts";
import { type Bar, barsOf, countAgainIn } from "./histogram.ts";
import { type LogAsk, logPath } from "./log-requests.ts";
import { isJump } from "./marker-words.ts";

const BARS = 120;
/** milliseconds, where there was no count: nobody looked, or it failed */
const SOON = 15_000;
/** the lines come first: counting all of them takes the server longer than finding the newest */
const LINES_FIRST = 250;

export interface Histo {
  bars: Bar[];
  /** seconds that a bar covers */
  step: number;
  /** milliseconds */
  from: number;
  to: number;
  /** by service */
  services: Histogram["services"];
  /** where a service ended or began anew, oldest first */
  jumps: LogJump[];
}

export type LogJump = Pick<Histogram["markers"][number], "cursor" | "time" | "service" | "kind">;

/** How many lines there are in the whole of an ask; counted again from time to time while it goes on. Null: not known. */
export function useHistogram(ask: LogAsk, off: boolean): Histo | null {
  const [read, setRead] = useState<{ ask: LogAsk; histogram: Histogram | null } | null>(null);
  useEffect(() => {
    if (off) return;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      const from = performance.now();
      // out of sight nobody counts
      const histogram = document.hidden ? undefined : await readHistogram(ask, stop.signal);
      if (stop.signal.aborted) return;
      if (histogram !== undefined) setRead({ ask, histogram });
      const wait = histogram ? countAgainIn(ask, performance.now() - from) : SOON;
      if (ask.endless) timer = setTimeout(load, wait);
    };
    timer = setTimeout(load, LINES_FIRST);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [ask, off]);
  const histogram = read?.histogram ?? null;
  return useMemo(() => {
    if (!histogram || (histogram.total === 0 && histogram.items.length === 0)) return null;
    const { step, from, to, services, markers } = histogram;
    const jumps = markers.filter(isJump);
    return { bars: barsOf(histogram), step, from: Date.parse(from), to: Date.parse(to), services, jumps };
  }, [histogram]);
}

/** Null when it could not be counted: the lines themselves say what is wrong. */
async function readHistogram(ask: LogAsk, signal: AbortSignal): Promise<Histogram | null> {
  try {
    const path = `${logPath(ask, {}, "/histogram")}&buckets=${BARS}`;
    const response = await fetch(path, { signal, headers: { Accept: "application/json" } });
    return response.ok ? ((await response.json()) as Histogram) : null;
  } catch {
    return null;
  }
}
