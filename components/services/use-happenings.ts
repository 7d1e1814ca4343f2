"use client";

import { useEffect, useRef, useState } from "react";
import type { Cause } from "#lib/services/causes/shapes.ts";
import type { Happening } from "#lib/services/events/happening.ts";
import type { Service } from "#lib/services/service.ts";
import { ApiProblem, call } from "@/components/shell/api-client.ts";

/** a change is written a moment after it is told */
const SETTLE = 700;
/** the card of a failure is made a moment after that */
const CARD = 1500;
const CARD_TRIES = 4;
const YOUNG = 15_000;

export type Explained = Happening & { cause: Cause | null };

export interface Happenings {
  /** null: not read yet */
  items: readonly Explained[] | null;
  problem: string | null;
}

/** What happened to a service, newest first; read again when it has become another state. */
export function useHappenings(service: Service): Happenings {
  const [state, setState] = useState<Happenings>({ items: null, problem: null });
  const { id } = service;
  const version = [service.state, service.since, service.restarts, service.health, service.source].join("|");
  const known = useRef<string | null>(null);
  useEffect(() => {
    let isOver = false;
    let tries = 0;
    const read = async () => {
      try {
        const { items } = await call<{ items: Explained[] }>("GET", `/services/${id}/events?limit=200`);
        if (isOver) return;
        setState({ items, problem: null });
        tries += 1;
        if (tries < CARD_TRIES && lacksCard(items[0])) timer = setTimeout(read, CARD);
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        if (!isOver) setState((before) => ({ ...before, problem: error.words }));
      }
    };
    let timer = setTimeout(read, known.current === null || known.current === version ? 0 : SETTLE);
    known.current = version;
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [id, version]);
  return state;
}

function lacksCard(newest: Explained | undefined): boolean {
  if (!newest || newest.cause !== null || newest.by !== null) return false;
  const isEnd = ["exited", "restarted", "unhealthy", "unstarted"].includes(newest.kind);
  return isEnd && Date.now() - Date.parse(newest.at) < YOUNG;
}
