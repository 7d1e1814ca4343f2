"use client";

import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { LogAsk } from "./log-requests.ts";
import { LogStore } from "./log-store.ts";

/** The lines of an ask; another ask begins anew. `at`: cursor of the line to begin at; `onPlaced` is told its index. */
export function useLogStore(ask: LogAsk, at: string | null, onPlaced: (index: number) => void): LogStore {
  const [store] = useState(() => new LogStore(ask));
  const begin = useRef(at);
  const placed = useRef(onPlaced);
  useEffect(() => {
    placed.current = onPlaced;
  });
  useEffect(() => {
    const cursor = begin.current;
    const place = async (line: string) => {
      const opening = store.openAt(ask, line);
      const { generation } = store;
      const index = await opening;
      if (generation !== store.generation) return;
      begin.current = null;
      if (index === null) store.show(ask);
      else placed.current(index);
    };
    if (cursor === null) store.show(ask);
    else void place(cursor);
    return () => store.close();
  }, [store, ask]);
  return store;
}

/** A part of the store; `read` must give the same value until it changes. */
export function useLog<Value>(store: LogStore, read: (store: LogStore) => Value): Value {
  return useSyncExternalStore(
    store.subscribe,
    () => read(store),
    () => read(store),
  );
}
