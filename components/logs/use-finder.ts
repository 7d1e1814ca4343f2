"use client";

import { useEffect, useMemo, useState } from "react";
import type { LogView } from "./log-view.ts";
import { type CompileRegex, type Finder, finderOf, refuseRegex } from "./matching.ts";

/** What the search of a view finds, and what is wrong with it. The engine for expressions comes when one is typed. */
export function useFinder({ q, regex, matchCase }: LogView): { finder: Finder | null; bad: boolean } {
  const [compile, setCompile] = useState<CompileRegex | null>(null);
  const missing = regex && compile === null;
  useEffect(() => {
    if (!missing) return;
    let here = true;
    void import("./regex-engine.ts").then(({ compileRegex }) => here && setCompile(() => compileRegex));
    return () => {
      here = false;
    };
  }, [missing]);
  return useMemo(() => {
    if (regex && !compile) return { finder: null, bad: false };
    try {
      return { finder: finderOf({ q, regex, matchCase }, compile ?? refuseRegex), bad: false };
    } catch {
      // half an expression is no expression yet: the field says so
      return { finder: null, bad: true };
    }
  }, [q, regex, matchCase, compile]);
}
