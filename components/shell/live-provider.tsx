"use client";

import { type ReactNode, useEffect, useMemo, useState } from "react";
import type { Alert } from "#lib/alerts/shapes.ts";
import type { LiveEvents } from "#lib/services/service.ts";
import { ServerTime } from "@/components/ui/clock.ts";
import { leaveForSignIn } from "./api-client.ts";
import { type Live, LiveContext } from "./live.ts";
import { LiveStore } from "./live-store.ts";
import { type Connection, type LiveStream, openLiveStream } from "./live-stream.ts";

/** What the server rendered with. */
export interface First {
  board: LiveEvents["snapshot"];
  /** the open ones */
  alerts: readonly Alert[];
}

/** Holds what the server rendered with and keeps it current by the one stream of this tab. */
export function LiveProvider({ first, children }: { first: First; children: ReactNode }) {
  const [session] = useState(() => createSession(first));
  const [ahead, setAhead] = useState(0);

  useEffect(() => {
    const stream = openLiveStream({
      url: "/api/v1/events",
      onConnection: session.setConnection,
      onSignedOut: () => void leaveForSignIn(),
      onEvents: (events) => {
        for (const { event, data } of events) if (event === "snapshot") setAhead(clockAhead(data.generatedAt));
        session.live.store.apply(events);
        session.tell(events);
      },
    });
    session.stream = stream;
    return () => {
      session.stream = null;
      stream.close();
    };
  }, [session]);

  const time = useMemo(() => ({ rendered: session.renderedAt, ahead }), [session, ahead]);
  return (
    <LiveContext value={session.live}>
      <ServerTime value={time}>{children}</ServerTime>
    </LiveContext>
  );
}

interface Session {
  live: Live;
  renderedAt: number;
  stream: LiveStream | null;
  setConnection: (connection: Connection) => void;
  /** passes on what the store does not keep */
  tell: (events: readonly { event: string; data: unknown }[]) => void;
}

function createSession({ board, alerts }: First): Session {
  let connection: Connection = { state: "connecting" };
  const listeners = new Set<() => void>();
  const heard = new Map<string, Set<(data: unknown) => void>>();
  const session: Session = {
    renderedAt: Date.parse(board.generatedAt),
    stream: null,
    setConnection: (next) => {
      connection = next;
      for (const listener of listeners) listener();
    },
    tell: (events) => {
      for (const { event, data } of events) for (const listener of [...(heard.get(event) ?? [])]) listener(data);
    },
    live: {
      listen: (name, listener) => {
        const own = heard.get(name) ?? new Set();
        heard.set(name, own.add(listener));
        return () => own.delete(listener);
      },
      store: new LiveStore(board, alerts),
      first: new LiveStore(board, alerts),
      connection: {
        get: () => connection,
        subscribe: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
      retryNow: () => session.stream?.retryNow(),
    },
  };
  return session;
}

/** How far this browser's clock is ahead. A few seconds are the way of the message, not the clock. */
function clockAhead(generatedAt: string): number {
  const ahead = Date.now() - Date.parse(generatedAt);
  return Math.abs(ahead) > 5000 ? ahead : 0;
}
