"use client";

import type { Need } from "#lib/services/service.ts";
import { useKey } from "@/components/shell/live.ts";

/** What waits for a person with this service, null when nothing does. Repaints nobody else when another's changes. */
export function useNeed(id: string): Need | null {
  return useKey("needs", (store) => store.needs().find((need) => need.service === id) ?? null);
}
