"use client";

import { useRef } from "react";
import type { Service } from "#lib/services/service.ts";
import { useKey } from "@/components/shell/live.ts";
import { sameStanding } from "./standing.ts";

/** A service, repainted for everything but its figures: those come every second and have components of their own. */
export function useStanding(id: string): Service | null {
  const last = useRef<Service | null>(null);
  return useKey(`service:${id}`, (store) => {
    const next = store.service(id);
    if (last.current && next && sameStanding(last.current, next)) return last.current;
    last.current = next;
    return next;
  });
}
