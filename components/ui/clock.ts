"use client";

import { createContext, use, useCallback, useSyncExternalStore } from "react";

/** How often a label that tells an age is looked at again. Seconds only where an action is being watched. */
export type Pace = "slow" | "second";

const STEP: Record<Pace, number> = { slow: 15_000, second: 1000 };

/**
 * The server's time when it rendered this page (milliseconds), so that the first paint in the browser says the same, and how
 * far the browser's clock is ahead of the server's.
 */
export const ServerTime = createContext<{ rendered: number; ahead: number }>({ rendered: 0, ahead: 0 });

/** Now by the server's clock, in milliseconds. All users of one pace share one timer. */
export function useNow(pace: Pace = "slow"): number {
  const { rendered, ahead } = use(ServerTime);
  const subscribe = useCallback((listener: () => void) => subscribeTo(pace, listener), [pace]);
  return useSyncExternalStore(
    subscribe,
    () => clocks[pace].now - ahead,
    () => rendered,
  );
}

interface Clock {
  now: number;
  timer: ReturnType<typeof setInterval> | null;
  listeners: Set<() => void>;
}

const clocks: Record<Pace, Clock> = {
  slow: { now: Date.now(), timer: null, listeners: new Set() },
  second: { now: Date.now(), timer: null, listeners: new Set() },
};

function subscribeTo(pace: Pace, listener: () => void): () => void {
  const clock = clocks[pace];
  clock.listeners.add(listener);
  if (clock.timer === null) {
    clock.now = Date.now();
    clock.timer = setInterval(() => tick(clock), STEP[pace]);
  }
  return () => {
    clock.listeners.delete(listener);
    if (clock.listeners.size > 0 || clock.timer === null) return;
    clearInterval(clock.timer);
    clock.timer = null;
  };
}

function tick(clock: Clock): void {
  clock.now = Date.now();
  for (const listener of clock.listeners) listener();
}
