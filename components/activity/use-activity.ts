"use client";

import { useCallback, useEffect, useRef } from "react";
import type { ActivityItem, ActivityKind } from "#lib/services/events/activity.ts";
import { useLiveEvent } from "@/components/shell/live.ts";
import { type Pages, usePages } from "@/components/shell/use-pages.ts";

/** what happened is written a moment after it is told, and seldom comes alone */
const SETTLE = 1200;

/** What happened, newest first; the newest is read again soon after anything has. */
export function useActivity(kind: ActivityKind | null, service: string | null): Pages<ActivityItem> {
  const query = new URLSearchParams({ ...(kind ? { kind } : {}), ...(service ? { service } : {}) }).toString();
  const pages = usePages<ActivityItem>(query === "" ? "/activity" : `/activity?${query}`, { keyOf });
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const { reload } = pages;
  const soon = useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      reload();
    }, SETTLE);
  }, [reload]);
  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
  useLiveEvent("service", soon);
  useLiveEvent("job", soon);
  useLiveEvent("alert", soon);
  useLiveEvent("snapshot", soon);
  return pages;
}

/** Two things of one moment may look alike: then they are one line. */
export function keyOf({ at, kind, service, title, words, alert, job }: ActivityItem): string {
  return [at, kind, service, title, words, alert, job].join("\n");
}
