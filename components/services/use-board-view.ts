"use client";

import { useCallback, useEffect, useState } from "react";
import { type BoardView, parseView, viewSearch } from "./board-view.ts";

/** The view, kept in the address without a request: back, reload and a shared link show the same. */
export function useBoardView(first: BoardView): [BoardView, (change: Partial<BoardView>) => void] {
  const [view, setView] = useState(first);
  useEffect(() => {
    const reread = () => setView(parseView(window.location.search));
    window.addEventListener("popstate", reread);
    return () => window.removeEventListener("popstate", reread);
  }, []);
  const change = useCallback((part: Partial<BoardView>) => setView((now) => ({ ...now, ...part })), []);
  useEffect(() => {
    const search = viewSearch(view);
    if (search !== window.location.search) {
      window.history.replaceState(window.history.state, "", `${window.location.pathname}${search}`);
    }
  }, [view]);
  return [view, change];
}
