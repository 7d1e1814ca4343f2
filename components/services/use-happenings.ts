"use client";

import { useEffect, useRef, useState } from "react";
import type { Happening } from "#lib/services/events/happening.ts";
import type { Service } from "#lib/services/service.ts";
import { ApiProblem, call } from "@/components/shell/api-client.ts";

/** a change is written a moment after it is told */
const SETTLE = 700;

export interface Happenings {
  /** null: not read yet */
  items: readonly Happening[] | null;
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
    const read = async () => {
      try {
        const { items } = await call<{ items: Happening[] }>("GET", `/services/${id}/events?limit=200`);
        if (!isOver) setState({ items, problem: null });
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        if (!isOver) setState((before) => ({ ...before, problem: error.words }));
      }
    };
    const timer = setTimeout(read, known.current === null || known.current === version ? 0 : SETTLE);
    known.current = version;
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [id, version]);
  return state;
}
