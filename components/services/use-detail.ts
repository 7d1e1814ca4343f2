"use client";

import { useEffect, useRef, useState } from "react";
import type { ServiceDetail } from "#lib/services/detail.ts";
import type { Service } from "#lib/services/service.ts";

export interface Detail {
  detail: ServiceDetail | null;
  /** why there is none, for people */
  problem: string | null;
}

const SETTLE = 400;

/** The detail that the page was rendered with, read again when the service has become another process or another state. */
export function useDetail(id: string, first: Detail, service: Service | null): Detail {
  const [detail, setDetail] = useState(first);
  const version = service ? versionOf(service) : null;
  const known = useRef(version);
  useEffect(() => {
    if (version === null || version === known.current) return;
    const stop = new AbortController();
    // a restart passes through several states: one reading when it has settled
    const timer = setTimeout(async () => {
      const next = await read(id, stop.signal);
      if (stop.signal.aborted || !next) return;
      known.current = version;
      setDetail(next);
    }, SETTLE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [id, version]);
  return detail;
}

function versionOf({ state, nativeState, since, stale, instances }: Service): string {
  // "Up 3 minutes" is another state every minute, and no other process
  const native = nativeState.replace(/\d+ \w+/g, "");
  return [state, native, since, stale, ...instances.map(({ pid }) => pid)].join("|");
}

/** Null when it could not be read: what is known stays, and the live stream says what is wrong. */
async function read(id: string, signal: AbortSignal): Promise<Detail | null> {
  try {
    const response = await fetch(`/api/v1/services/${id}`, { signal, headers: { Accept: "application/json" } });
    if (!response.ok) return null;
    const { detail, problem } = (await response.json()) as Detail;
    return { detail, problem };
  } catch {
    return null;
  }
}
