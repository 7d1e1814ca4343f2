"use client";

import { useMemo } from "react";
import type { Need } from "#lib/services/service.ts";
import { useNeeds, useOpenAlerts } from "@/components/shell/live.ts";
import { type BesideServices, besideServices } from "@/components/shell/open-alerts.ts";

/** What waits for a person: services, and what is no service but overdue, full or about to end. */
export interface Waiting {
  needs: readonly Need[];
  alerts: readonly BesideServices[];
}

export function useWaiting(): Waiting {
  const needs = useNeeds();
  const open = useOpenAlerts();
  return useMemo(() => ({ needs, alerts: besideServices(open) }), [needs, open]);
}
