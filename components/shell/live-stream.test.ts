import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { LiveEvent } from "./live-store.ts";
import { type Connection, type LiveStream, openLiveStream } from "./live-stream.ts";

/** One call of `fetch`, and the body that the test writes to. */
interface Call {
  headers: Record<string, string>;
  signal: AbortSignal;
  send: (text: string) => void;
  end: () => void;
}

const calls: Call[] = [];
const seen: Connection[] = [];
const events: LiveEvent[] = [];
let isUp = true;
let stream: LiveStream;
let page: EventTarget & { hidden: boolean };

beforeEach(() => {
  vi.useFakeTimers();
  calls.length = seen.length = events.length = 0;
  isUp = true;
  page = Object.assign(new EventTarget(), { hidden: false });
  vi.stubGlobal("document", page);
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("fetch", async (_url: string, init: { headers: Record<string, string>; signal: AbortSignal }) => {
    if (!isUp) throw new TypeError("Failed to fetch");
    let controller: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start(own) {
        controller = own;
      },
    });
    init.signal.addEventListener("abort", () => controller.error(new DOMException("aborted", "AbortError")));
    const send = (text: string) => controller.enqueue(new TextEncoder().encode(text));
    calls.push({ ...init, send, end: () => controller.close() });
    return new Response(body);
  });
  stream = openLiveStream({
    url: "/api/v1/events",
    onEvents: (some) => events.push(...some),
    onConnection: (connection) => seen.push(connection),
  });
});

afterEach(() => {
  stream.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = () => vi.advanceTimersByTimeAsync(1);
const state = () => seen.at(-1)?.state;

async function goLive() {
  await settle();
  calls[0]!.send('id: a-1\nevent: gone\ndata: {"id":"local/docker/a"}\n\n');
  await settle();
}

describe("live stream", () => {
  test("is live with the first words, and gives the events", async () => {
    expect(state()).toBe("connecting");
    await goLive();
    expect(state()).toBe("live");
    expect(events).toEqual([{ event: "gone", data: { id: "local/docker/a" } }]);
  });

  test("a broken stream comes back with the last id, before anybody is told", async () => {
    await goLive();
    calls[0]!.end();
    await vi.advanceTimersByTimeAsync(400);
    expect(calls).toHaveLength(2);
    expect(calls[1]!.headers["Last-Event-ID"]).toBe("a-1");
    expect(seen.map((it) => it.state)).not.toContain("lost");
    calls[1]!.send(": back\n\n");
    await settle();
    expect(state()).toBe("live");
  });

  test("waits as long as the server asks for", async () => {
    await settle();
    calls[0]!.send("retry: 2500\n\n");
    await settle();
    calls[0]!.end();
    await vi.advanceTimersByTimeAsync(2400);
    expect(calls).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(calls).toHaveLength(2);
  });

  test("says that it is lost, since when, and tries ever more seldom; a click tries at once", async () => {
    await goLive();
    isUp = false;
    calls[0]!.end();
    await vi.advanceTimersByTimeAsync(1000);
    const lost = seen.at(-1) as Extract<Connection, { state: "lost" }>;
    expect(lost.state).toBe("lost");
    await vi.advanceTimersByTimeAsync(60_000);
    const later = seen.at(-1) as Extract<Connection, { state: "lost" }>;
    expect(later).toMatchObject({ state: "lost", since: lost.since, lastAt: lost.lastAt });
    expect(later.nextTryAt! - Date.now()).toBeGreaterThan(0);
    isUp = true;
    stream.retryNow();
    await settle();
    calls[1]!.send(": back\n\n");
    await settle();
    expect(state()).toBe("live");
  });

  test("heartbeats keep it, silence ends it", async () => {
    await goLive();
    for (let beat = 0; beat < 4; beat++) {
      await vi.advanceTimersByTimeAsync(15_000);
      calls[0]!.send(": heartbeat\n\n");
      await settle();
    }
    expect(calls[0]!.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(35_500);
    expect(calls[0]!.signal.aborted).toBe(true);
    expect(calls).toHaveLength(2);
  });

  test("out of sight for five minutes it pauses, and goes on when it is looked at", async () => {
    await goLive();
    page.hidden = true;
    page.dispatchEvent(new Event("visibilitychange"));
    for (let beat = 0; beat < 20; beat++) {
      calls[0]!.send(": heartbeat\n\n");
      await vi.advanceTimersByTimeAsync(15_000);
    }
    await vi.advanceTimersByTimeAsync(100);
    expect(state()).toBe("paused");
    expect(calls[0]!.signal.aborted).toBe(true);
    page.hidden = false;
    page.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(calls).toHaveLength(2);
    expect(calls[1]!.headers["Last-Event-ID"]).toBe("a-1");
  });
});

test("nobody signed in ends the stream, but not at the first word of it", async () => {
  stream.close();
  calls.length = 0;
  const left = vi.fn();
  let answers = 0;
  const answer = vi.fn(async () => {
    answers += 1;
    return new Response(null, { status: 401 });
  });
  vi.stubGlobal("fetch", answer);
  stream = openLiveStream({
    url: "/api/v1/events",
    onEvents: () => undefined,
    onConnection: () => undefined,
    onSignedOut: left,
  });
  await settle();
  expect(answers).toBe(1);
  expect(left).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2000);
  expect(left).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(answers).toBe(3);
});

test("a session that was only renewed meanwhile goes on without a word of loss", async () => {
  await goLive();
  const again = fetch;
  vi.stubGlobal("fetch", async () => new Response(null, { status: 401 }));
  calls[0]!.end();
  await vi.advanceTimersByTimeAsync(400);
  vi.stubGlobal("fetch", again);
  await vi.advanceTimersByTimeAsync(600);
  calls[1]!.send(": still here\n\n");
  await settle();
  expect(state()).toBe("live");
  expect(seen.some((connection) => connection.state === "lost")).toBe(false);
});
