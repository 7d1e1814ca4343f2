"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { Backup } from "#lib/backups/shapes.ts";
import { useJobTurns } from "@/components/jobs/jobs-store.tsx";
import { ApiProblem, call } from "@/components/shell/api-client.ts";

export interface Backups {
  /** newest first; null until they were read */
  items: readonly Backup[] | null;
  problem: ApiProblem | null;
  /** there are older ones */
  more: boolean;
  readOlder: () => void;
  reload: () => void;
}

interface Page {
  items: Backup[];
  nextCursor?: string;
}

const LIMIT = 100;

/** The backups of a source (a volume's id or a key), of all where it is "", of none while it is null; read again with jobs. */
export function useBackups(source: string | null): Backups {
  const [state, setState] = useState<Omit<Backups, "readOlder" | "reload">>(NOTHING);
  const cursor = useRef<string | undefined>(undefined);
  const asked = useRef(0);
  const read = useCallback(
    async (from?: string) => {
      if (source === null) return;
      asked.current += 1;
      const mine = asked.current;
      const query = new URLSearchParams({ limit: String(LIMIT) });
      if (source !== "") query.set("source", source);
      if (from) query.set("cursor", from);
      try {
        const { items, nextCursor } = await call<Page>("GET", `/backups?${query}`);
        if (mine !== asked.current) return;
        cursor.current = nextCursor;
        setState((now) => ({
          items: from ? [...(now.items ?? []), ...items] : items,
          problem: null,
          more: nextCursor !== undefined,
        }));
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        if (mine === asked.current) setState((now) => ({ ...now, problem: error }));
      }
    },
    [source],
  );
  useEffect(() => {
    setState(NOTHING);
    void read();
    return () => {
      asked.current += 1;
    };
  }, [read]);
  const reload = useCallback(() => void read(), [read]);
  useJobTurns(reload);
  return { ...state, readOlder: () => void read(cursor.current), reload };
}

const NOTHING = { items: null, problem: null, more: false };
