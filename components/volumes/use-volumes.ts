"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { BackupTotals } from "#lib/backups/shapes.ts";
import type { Volume } from "#lib/volumes/shapes.ts";
import { useJobTurns } from "@/components/jobs/jobs-store.tsx";
import { ApiProblem, call } from "@/components/shell/api-client.ts";
import { useLiveEvent } from "@/components/shell/live.ts";
import { keepPlaces, orderVolumes } from "./volume-view.ts";

export interface VolumesReading {
  items: readonly Volume[];
  totals: BackupTotals;
}

const SETTLE = 300;

/** The volumes that the page was rendered with, read again when the stream or a job says that something about them changed. */
export function useVolumes(first: VolumesReading) {
  const [reading, setReading] = useState(() => ({ ...first, items: orderVolumes(first.items) }));
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [readAt, setReadAt] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asked = useRef(0);
  const read = useCallback(async () => {
    asked.current += 1;
    const mine = asked.current;
    try {
      const next = await call<VolumesReading>("GET", "/volumes");
      if (mine !== asked.current) return;
      setReading((now) => ({ totals: next.totals, items: keepPlaces(now.items, next.items) }));
      setProblem(null);
      setReadAt(new Date().toISOString());
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (mine === asked.current) setProblem(error);
    }
  }, []);
  const reload = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void read(), SETTLE);
  }, [read]);
  useLiveEvent("volume", reload);
  useLiveEvent("snapshot", reload);
  useJobTurns(reload);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      asked.current += 1;
    },
    [],
  );
  return { ...reading, problem, readAt, reload };
}
