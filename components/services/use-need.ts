"use client";

import { useCallback, useSyncExternalStore } from "react";
import type { Need } from "#lib/services/service.ts";
import { useLive } from "@/components/shell/live.ts";

/** What waits for a person with this service, null when nothing does. Repaints nobody else when another's changes. */
export function useNeed(id: string): Need | null {
  const { store } = useLive();
  const subscribe = useCallback((listener: () => void) => store.subscribe("needs", listener), [store]);
  const get = () => store.needs().find((need) => need.service === id) ?? null;
  return useSyncExternalStore(subscribe, get, get);
}
