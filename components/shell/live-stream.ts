/** The one stream of a tab: opens it, notices when it is gone, comes back. Knows nothing of what the events mean. */
import { createEventParser } from "./event-stream.ts";
import type { LiveEvent } from "./live-store.ts";

export type Connection =
  | { state: "connecting" }
  | { state: "live" }
  /** the tab was out of sight for long; it goes on when it is looked at */
  | { state: "paused" }
  /** times in milliseconds by the browser's clock; `nextTryAt` null: trying right now */
  | { state: "lost"; since: number; lastAt: number; nextTryAt: number | null };

export interface StreamOptions {
  url: string;
  onEvents: (events: LiveEvent[]) => void;
  onConnection: (connection: Connection) => void;
  /** the server knows nobody here any more: the stream is over for good */
  onSignedOut?: () => void;
}

export interface LiveStream {
  close(): void;
  retryNow(): void;
}

/** A heartbeat comes every 15 s: two that are missing mean that nobody is there. */
const SILENCE = 35_000;
/**
 * Whoever confirms who they are gets a new session, and this stream may come back a moment before the browser has its
 * cookie. So one "nobody is signed in" is not believed.
 */
const REFUSALS = 3;
const REFUSED_WAIT = 500;
const HIDDEN_FOR = 5 * 60_000;
const WAITS = [1000, 2000, 4000, 8000, 15_000];

/** Opens the stream and keeps it open until `close`. */
export function openLiveStream({ url, onEvents, onConnection, onSignedOut }: StreamOptions): LiveStream {
  let lastId: string | null = null;
  let lastAt = Date.now();
  let lostSince: number | null = null;
  let tries = 0;
  let serverWait: number | null = null;
  let wait: ReturnType<typeof setTimeout> | undefined;
  let hidden: ReturnType<typeof setTimeout> | undefined;
  let current: AbortController | null = null;
  let paused = false;
  let refusals = 0;

  const connect = async () => {
    clearTimeout(wait);
    const attempt = new AbortController();
    current?.abort();
    current = attempt;
    onConnection(
      lostSince === null ? { state: "connecting" } : { state: "lost", since: lostSince, lastAt, nextTryAt: null },
    );
    try {
      await listen(attempt);
    } catch (error) {
      // whatever broke it (refused, silent, cut off), the way on is the same: try again
      if (!(error instanceof Error)) throw error;
    }
    if (current === attempt && !paused) lose();
  };

  const listen = async (attempt: AbortController) => {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (lastId !== null) headers["Last-Event-ID"] = lastId;
    let silence = setTimeout(() => attempt.abort(), SILENCE);
    try {
      const response = await fetch(url, { headers, signal: attempt.signal, cache: "no-store" });
      refusals = response.status === 401 ? refusals + 1 : 0;
      if (refusals === REFUSALS) {
        paused = true;
        onSignedOut?.();
      }
      if (!response.ok || !response.body) return;
      const parse = createEventParser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || current !== attempt) return;
        clearTimeout(silence);
        silence = setTimeout(() => attempt.abort(), SILENCE);
        lastAt = Date.now();
        arrive(parse(value));
      }
    } finally {
      clearTimeout(silence);
    }
  };

  const arrive = ({ messages, retry }: ReturnType<ReturnType<typeof createEventParser>>) => {
    if (tries > 0 || lostSince !== null || !isLive) onConnection({ state: "live" });
    isLive = true;
    tries = 0;
    lostSince = null;
    if (retry !== null) serverWait = retry;
    const events = messages.map(({ event, data, id }) => {
      lastId = id ?? lastId;
      return { event, data: JSON.parse(data) as unknown } as LiveEvent;
    });
    if (events.length > 0) onEvents(events);
  };
  let isLive = false;

  const lose = () => {
    if (refusals > 0) {
      wait = setTimeout(connect, REFUSED_WAIT);
      return onConnection({ state: "connecting" });
    }
    const first = tries === 0 && isLive;
    isLive = false;
    // a server that restarts is often back at once: the first try says nothing
    const delay = first
      ? (serverWait ?? 300)
      : WAITS[Math.min(tries, WAITS.length - 1)]! * (0.85 + Math.random() * 0.3);
    tries += 1;
    wait = setTimeout(connect, delay);
    if (first && delay <= 1000) return onConnection({ state: "connecting" });
    lostSince ??= Date.now();
    onConnection({ state: "lost", since: lostSince, lastAt, nextTryAt: Date.now() + delay });
  };

  const onVisibility = () => {
    clearTimeout(hidden);
    if (document.hidden) {
      hidden = setTimeout(() => {
        paused = true;
        isLive = false;
        clearTimeout(wait);
        current?.abort();
        onConnection({ state: "paused" });
      }, HIDDEN_FOR);
    } else if (paused) {
      paused = false;
      lostSince = null;
      tries = 0;
      void connect();
    }
  };
  const onOnline = () => {
    if (!isLive && !paused) void connect();
  };

  document.addEventListener("visibilitychange", onVisibility);
  window.addEventListener("online", onOnline);
  void connect();

  return {
    retryNow: onOnline,
    close() {
      document.removeEventListener("visibilitychange", onVisibility);
      window.removeEventListener("online", onOnline);
      clearTimeout(wait);
      clearTimeout(hidden);
      paused = true;
      current?.abort();
    },
  };
}
