"use client";

/** What components read of the live server. Each hook repaints its component for its own key only. */
import { createContext, use, useCallback, useEffect, useEffectEvent, useSyncExternalStore } from "react";
import type { Alert } from "#lib/alerts/shapes.ts";
import type { HostReading, Need, Service, Supervisor } from "#lib/services/service.ts";
import type { LiveKey, LiveStore } from "./live-store.ts";
import type { Connection } from "./live-stream.ts";
import { waiting } from "./open-alerts.ts";

export interface Live {
  store: LiveStore;
  /** what the server rendered with: parts of the page that hydrate later than the stream starts must begin from it */
  first: LiveStore;
  connection: { get: () => Connection; subscribe: (listener: () => void) => () => void };
  retryNow: () => void;
  /** hears events as they come, for what the store does not keep; gives back how to stop */
  listen: (name: string, listener: (data: unknown) => void) => () => void;
}

export const LiveContext = createContext<Live | null>(null);

/** The store itself, for reading at the moment of an event; components that show something use the hooks below. */
export function useLive(): Live {
  const live = use(LiveContext);
  if (!live) throw new Error("The live stream is used outside of its provider");
  return live;
}

/** One service, null when it is gone. Repaints with its state and with its figures. */
export function useService(id: string): Service | null {
  return useKey(`service:${id}`, (store) => store.service(id));
}

/** All services; changes with their states, not with their figures: for filters, groups, counts. */
export function useServices(): readonly Service[] {
  return useKey("services", (store) => store.services());
}

export function useSupervisors(): readonly Supervisor[] {
  return useKey("supervisors", (store) => store.supervisors());
}

export function useNeeds(): readonly Need[] {
  return useKey("needs", (store) => store.needs());
}

export function useHost(): HostReading | null {
  return useKey("host", (store) => store.host());
}

/** The newest open alert about how a service runs, not about a code that it shows; null when there is none. */
export function useAlertOf(service: string): Alert | null {
  return useKey(
    "alerts",
    (store) => store.alerts().find((alert) => alert.service === service && alert.kind !== "code") ?? null,
  );
}

/** The open alerts, newest first. */
export function useOpenAlerts(): readonly Alert[] {
  return useKey("alerts", (store) => store.alerts());
}

/** How many alerts nobody has taken on. */
export function useWaitingAlerts(): number {
  return useKey("alerts", (store) => waiting(store.alerts()).length);
}

/** CPU of the last hour, oldest first, one value a minute; empty when nothing is known. */
export function useSparks(id: string): readonly number[] {
  return useKey(`sparks:${id}`, (store) => store.sparks(id));
}

export function useConnection(): Connection & { retryNow: () => void } {
  const { connection, retryNow } = useLive();
  const now = useSyncExternalStore(connection.subscribe, connection.get, atFirst);
  return { ...now, retryNow };
}

/**
 * Hears an event of the stream that the store does not keep (`job`, `volume`) while the component is there. After a break
 * what was missed is unknown and a `snapshot` comes: whoever keeps a list reads it again then.
 */
export function useLiveEvent<Data>(name: string, hear: (data: Data) => void): void {
  const { listen } = useLive();
  const onEvent = useEffectEvent(hear);
  useEffect(() => listen(name, (data) => onEvent(data as Data)), [listen, name]);
}

/** Any part of the store: `read` must give the same object until its key changes. */
export function useKey<Value>(key: LiveKey, read: (store: LiveStore) => Value): Value {
  const { store, first } = useLive();
  const subscribe = useCallback((listener: () => void) => store.subscribe(key, listener), [store, key]);
  return useSyncExternalStore(
    subscribe,
    () => read(store),
    () => read(first),
  );
}

const CONNECTING: Connection = { state: "connecting" };

function atFirst(): Connection {
  return CONNECTING;
}
