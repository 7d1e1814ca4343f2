"use client";

import { useEffect, useState } from "react";
import { ApiProblem, call } from "@/components/shell/api-client.ts";
import { lengthOf, type Point, type Range, stepOf } from "./spans.ts";

export interface Series {
  /** null: not read yet */
  series: Readonly<Record<string, readonly Point[]>> | null;
  /** why what is shown is old, or nothing is */
  problem: string | null;
  /** what is shown is of this time; another may be on its way */
  shown: { from: number; to: number; step: number };
}

/** Figures of a stretch of time; up to now they are read again as new points come. `path`: `/services/…/metrics`. */
export function useSeries(path: string, range: Range): Series {
  const [state, setState] = useState<Series>({ series: null, problem: null, shown: { from: 0, to: 0, step: 10 } });
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const [step, length] = [stepOf(range), lengthOf(range)];
    const fixed = "last" in range ? null : range;
    const read = async () => {
      const to = fixed?.to ?? Date.now();
      const query = new URLSearchParams({ from: `${length / 1000}s`, step: String(step) });
      if (fixed) {
        query.set("from", new Date(fixed.from).toISOString());
        query.set("to", new Date(fixed.to).toISOString());
      }
      try {
        const { series } = await call<{ series: Record<string, Point[]> }>("GET", `${path}?${query}`);
        if (!isOver) setState({ series, problem: null, shown: { from: to - length, to, step } });
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        if (!isOver) setState((before) => ({ ...before, problem: error.words }));
      }
      if (!isOver && fixed === null) timer = setTimeout(read, Math.max(10, Math.min(step, 60)) * 1000);
    };
    void read();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [path, range]);
  return state;
}
