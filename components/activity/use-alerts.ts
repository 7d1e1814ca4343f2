"use client";

import { useCallback, useMemo, useState } from "react";
import type { Alert } from "#lib/alerts/shapes.ts";
import { useLiveEvent } from "@/components/shell/live.ts";
import { type Pages, usePages } from "@/components/shell/use-pages.ts";

export const STATES = ["open", "ended", "all"] as const;
export type AlertState = (typeof STATES)[number];

export interface Alerts extends Pages<Alert> {
  /** takes in what an answer said, before the stream tells of it */
  put: (alert: Alert) => void;
}

/**
 * Alerts of one kind of state, kept current by the stream. One that ends while somebody looks at the open ones stays where
 * it is, and says so.
 */
export function useAlerts(state: AlertState): Alerts {
  const pages = usePages<Alert>(`/alerts?state=${state}`, { keyOf: idOf });
  const [heard, setHeard] = useState<ReadonlyMap<string, Alert>>(new Map());
  const put = useCallback((alert: Alert) => setHeard((now) => new Map(now).set(alert.id, alert)), []);
  useLiveEvent<Alert>("alert", put);
  // what was missed in a break is not told again
  useLiveEvent("snapshot", pages.reload);
  const items = useMemo(() => pages.items && withHeard(pages.items, heard, state), [pages.items, heard, state]);
  return { ...pages, items, put };
}

function withHeard(read: readonly Alert[], heard: ReadonlyMap<string, Alert>, state: AlertState): Alert[] {
  const ids = new Set(read.map(idOf));
  const later = (alert: Alert) => {
    const told = heard.get(alert.id);
    return told && !isOlder(told, alert) ? told : alert;
  };
  const isNew = (alert: Alert) =>
    !ids.has(alert.id) && (state === "all" || (state === "ended") === (alert.state === "ended"));
  return [...[...heard.values()].filter(isNew), ...read.map(later)];
}

/** An answer that was asked for later knows more than what was heard before it. */
function isOlder(told: Alert, read: Alert): boolean {
  const stage = ({ state }: Alert) => ["open", "acknowledged", "ended"].indexOf(state);
  return told.lastAt < read.lastAt || (told.lastAt === read.lastAt && stage(told) < stage(read));
}

function idOf({ id }: Alert): string {
  return id;
}
