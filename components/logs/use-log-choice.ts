"use client";

import { useMemo } from "react";
import type { LogSourceEntry } from "#lib/logs/source-shapes.ts";
import { useServices } from "@/components/shell/live.ts";
import { chosenOf, type LogSourceItem, sourcesOf } from "./log-sources.ts";
import type { LogView } from "./log-view.ts";
import { type SourceLook, sourceLooks } from "./source-shades.ts";

export interface LogChoice {
  sources: LogSourceItem[];
  /** those that are shown */
  ids: string[];
  chosen: ReadonlySet<string>;
  /** no more can be shown, and there are more */
  isFull: boolean;
  looks: ReadonlyMap<string, SourceLook>;
}

/** What can be chosen: what is on the board, what stands beside it, and whatever the address names. */
export function useLogChoice(view: LogView, entries: readonly LogSourceEntry[]): LogChoice {
  const services = useServices();
  const named = useMemo(() => new Set(view.services), [view.services]);
  const key = JSON.stringify([view.services, sourcesOf(services, entries, named)]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a service that changes its state is the same source
  return useMemo(() => {
    const sources = sourcesOf(services, entries, named);
    const { ids, isFull } = chosenOf(sources, named);
    const chosen = new Set(ids);
    // the chosen ones take the shades in turn: those are the neighbours that have to be told apart
    const looks = new Map([...sourceLooks(sources), ...sourceLooks(sources.filter(({ id }) => chosen.has(id)))]);
    return { sources, ids, chosen, isFull, looks };
  }, [key]);
}
