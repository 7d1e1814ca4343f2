"use client";

import { useCallback } from "react";
import type { Alert } from "#lib/alerts/shapes.ts";
import { ApiProblem, call } from "./api-client.ts";
import { useLive, useLiveEvent } from "./live.ts";

/** Brings the open alerts into the live store: events keep them current from there. */
export function AlertsReader() {
  const { store } = useLive();
  const read = useCallback(async () => {
    const turn = store.alertTurn;
    try {
      const { items } = await call<{ items: Alert[] }>("GET", "/alerts?state=open&limit=200");
      store.takeAlerts(items, turn);
    } catch (error) {
      // the pages of alerts say why; elsewhere a count is missing, and a server that is gone is said by the stream
      if (!(error instanceof ApiProblem)) throw error;
    }
  }, [store]);
  // the stream begins with one
  useLiveEvent("snapshot", read);
  return null;
}
