"use client";

/** Whether something on the page stands still because somebody wants it to: the status bar says so. */
import { useEffect, useSyncExternalStore } from "react";

let holders = 0;
const listeners = new Set<() => void>();

/** Says that the component stands still for as long as `paused` is true. */
export function useSaysPaused(paused: boolean): void {
  useEffect(() => {
    if (!paused) return;
    change(1);
    return () => change(-1);
  }, [paused]);
}

export function useIsPaused(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => holders > 0,
    () => false,
  );
}

function change(by: 1 | -1): void {
  holders += by;
  for (const listener of [...listeners]) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
