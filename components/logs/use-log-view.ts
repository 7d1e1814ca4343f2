"use client";

import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { TIME_STYLES, type TimeStyle } from "./log-time.ts";
import { type LogRange, type LogView, parseLogView, writeLogView } from "./log-view.ts";
import { store, useStored } from "./stored-text.ts";

/** The view, kept in the address without a request: back, reload and a shared link show the same. */
export function useLogView(first: LogView, usual: LogRange): [LogView, (change: Partial<LogView>) => void] {
  const [view, setView] = useState(first);
  useEffect(() => {
    const reread = () => setView(parseLogView(new URLSearchParams(window.location.search), usual));
    window.addEventListener("popstate", reread);
    return () => window.removeEventListener("popstate", reread);
  }, [usual]);
  const change = useCallback((part: Partial<LogView>) => setView((now) => ({ ...now, ...part })), []);
  useEffect(() => {
    const tab = new URLSearchParams(window.location.search).get("tab");
    const search = writeLogView(view, usual, tab === null ? [] : [["tab", tab]]);
    if (search !== window.location.search) {
      window.history.replaceState(window.history.state, "", `${window.location.pathname}${search}`);
    }
  }, [view, usual]);
  return [view, change];
}

/** How somebody likes to read logs; kept in this browser. */
export interface LogTaste {
  wrap: boolean;
  times: TimeStyle;
  /** smaller letters and more of them */
  dense: boolean;
}

export function useLogTaste(): [LogTaste, (change: Partial<LogTaste>) => void] {
  const wrap = useStored("log-wrap") === "on";
  const dense = useStored("log-density") === "compact";
  const style = useStored("log-times");
  const times = TIME_STYLES.find((known) => known === style) ?? "local";
  const change = useCallback((part: Partial<LogTaste>) => {
    if (part.wrap !== undefined) store("log-wrap", part.wrap ? "on" : "off");
    if (part.times !== undefined) store("log-times", part.times);
    if (part.dense !== undefined) store("log-density", part.dense ? "compact" : "comfortable");
  }, []);
  return [{ wrap, times, dense }, change];
}

/** Whether the window is as narrow as a phone's. */
export function usePhone(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = window.matchMedia(PHONE);
      query.addEventListener("change", listener);
      return () => query.removeEventListener("change", listener);
    },
    () => window.matchMedia(PHONE).matches,
    () => false,
  );
}

const PHONE = "(width < 40rem)";
