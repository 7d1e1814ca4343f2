"use client";

import { useEffect, useState } from "react";
import { ApiProblem, call } from "@/components/shell/api-client.ts";
import type { Point, Span } from "./spans.ts";

export interface Series {
  /** null: not read yet */
  series: Readonly<Record<string, readonly Point[]>> | null;
  /** why what is shown is old, or nothing is */
  problem: string | null;
  /** what is shown is of this span; another one is on its way */
  span: Span["key"] | null;
}

/** Figures over a span up to now, read again as new points come. `path`: `/services/…/metrics`. */
export function useSeries(path: string, span: Span): Series {
  const [state, setState] = useState<Series>({ series: null, problem: null, span: null });
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      try {
        const query = `from=${span.seconds}s&step=${span.step}`;
        const { series } = await call<{ series: Record<string, Point[]> }>("GET", `${path}?${query}`);
        if (!isOver) setState({ series, problem: null, span: span.key });
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        if (!isOver) setState((before) => ({ ...before, problem: error.words }));
      }
      if (!isOver) timer = setTimeout(read, Math.max(10, Math.min(span.step, 60)) * 1000);
    };
    void read();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [path, span]);
  return state;
}
