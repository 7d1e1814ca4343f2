"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { ApiProblem, call } from "./api-client.ts";

interface Page<Item> {
  items: Item[];
  /** what `before` is for the page after this one; null: that was the last */
  next: string | null;
}

export interface Pages<Item> {
  /** newest first; null until the first page was read */
  items: readonly Item[] | null;
  problem: ApiProblem | null;
  /** there are older ones */
  more: boolean;
  reading: boolean;
  readOlder: () => void;
  reload: () => void;
}

interface Options<Item> {
  keyOf: (item: Item) => string;
  /** in one answer */
  limit?: number;
}

/**
 * A list of the API that goes back in time, page after page. `path` may have a query. When it is read again, the older
 * pages stay behind the newest one as far as they follow on it.
 */
export function usePages<Item>(path: string, { keyOf, limit = 100 }: Options<Item>): Pages<Item> {
  const [state, setState] = useState<Omit<Pages<Item>, "readOlder" | "reload">>(NOTHING);
  const cursor = useRef<string | null>(null);
  const asked = useRef(0);
  const key = useRef(keyOf);
  const known = useRef<readonly Item[] | null>(null);
  const read = useCallback(
    async (before: string | null) => {
      asked.current += 1;
      const mine = asked.current;
      const [address, query] = path.split("?");
      const search = new URLSearchParams(query);
      search.set("limit", String(limit));
      if (before) search.set("before", before);
      setState((now) => ({ ...now, reading: true }));
      try {
        const { items, next } = await call<Page<Item>>("GET", `${address}?${search}`);
        if (mine !== asked.current) return;
        const page = { items, next, keyOf: key.current };
        const older = before === null ? olderThan(page, known.current) : [];
        const all = before === null ? [...items, ...older] : [...(known.current ?? []), ...items];
        if (older.length === 0) cursor.current = next;
        known.current = all;
        setState({ items: all, problem: null, more: cursor.current !== null, reading: false });
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        if (mine === asked.current) setState((now) => ({ ...now, problem: error, reading: false }));
      }
    },
    [path, limit],
  );
  useEffect(() => {
    known.current = null;
    setState(NOTHING);
    void read(null);
    return () => {
      asked.current += 1;
    };
  }, [read]);
  const reload = useCallback(() => void read(null), [read]);
  return { ...state, readOlder: () => void read(cursor.current), reload };
}

const NOTHING = { items: null, problem: null, more: false, reading: true };

/** What was known behind the last of the page that was read anew; none where that cannot be told. */
function olderThan<Item>(
  { items, next, keyOf }: Page<Item> & { keyOf: (item: Item) => string },
  known: readonly Item[] | null,
): readonly Item[] {
  const last = items.at(-1);
  if (known === null || last === undefined || next === null) return [];
  const place = known.findIndex((item) => keyOf(item) === keyOf(last));
  return place < 0 ? [] : known.slice(place + 1);
}
