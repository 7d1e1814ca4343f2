"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { ApiProblem, call } from "@/components/shell/api-client.ts";
import type { AuditRow } from "./account-shapes.ts";

interface Page {
  items: AuditRow[];
  nextCursor?: string;
}

export interface Trail {
  /** newest first; null until the first page was read */
  rows: AuditRow[] | null;
  problem: ApiProblem | null;
  /** there are older ones */
  more: boolean;
  reading: boolean;
  readOlder: () => void;
  reload: () => void;
}

const LIMIT = 100;

/** The rows that `query` asks for, page after page. */
export function useTrail(query: string): Trail {
  const [state, setState] = useState<Omit<Trail, "readOlder" | "reload">>(NOTHING);
  const cursor = useRef<string | undefined>(undefined);
  const asked = useRef(0);
  const read = useCallback(
    async (from: string | undefined) => {
      asked.current += 1;
      const mine = asked.current;
      const search = new URLSearchParams(query);
      search.set("limit", String(LIMIT));
      if (from) search.set("cursor", from);
      setState((before) => ({ ...before, reading: true }));
      try {
        const { items, nextCursor } = await call<Page>("GET", `/audit?${search}`);
        if (mine !== asked.current) return;
        cursor.current = nextCursor;
        setState(({ rows }) => ({
          rows: from ? [...(rows ?? []), ...items] : items,
          problem: null,
          more: nextCursor !== undefined,
          reading: false,
        }));
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        if (mine === asked.current) setState((before) => ({ ...before, problem: error, reading: false }));
      }
    },
    [query],
  );
  useEffect(() => {
    void read(undefined);
    return () => {
      asked.current += 1;
    };
  }, [read]);
  return {
    ...state,
    readOlder: () => void read(cursor.current),
    reload: () => void read(undefined),
  };
}

const NOTHING = { rows: null, problem: null, more: false, reading: true };
