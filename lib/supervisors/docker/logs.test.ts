import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type LogQuery, type LogRecord, SupervisorError } from "../supervisor.ts";
import type { Engine } from "./connect.ts";
import { Containers } from "./containers.ts";
import { Lines } from "./lines.ts";
import { untilStuck } from "./log-stream.ts";
import { readLogs } from "./logs.ts";

const ID = "abcdef012345".padEnd(64, "0");
const ALL: LogQuery = { tail: null, since: null, until: null, after: null, follow: false };
const line = (n: number) => ({ at: `1795260811.${String(n).padStart(9, "0")}`, text: `line ${n}` });

/** An engine whose one container has these lines, read as the real one does: tail first, then since. */
function open(log: { at: string; text: string }[], id = () => ID) {
  const asked: { tail?: number; since?: string; follow: boolean }[] = [];
  const engine = {
    scope: "docker",
    local: false,
    async get(path: string) {
      if (path === "/containers/json") return [{ Id: id(), Names: ["/a"], State: "running", Status: "Up 1 second" }];
      return { Id: id(), State: { Status: "running" }, Config: { Tty: true } };
    },
    async *gather(path: string, query: { tail?: number; since?: string; follow: boolean }) {
      if (!path.includes(id())) throw new SupervisorError("not_found", "No such container");
      asked.push(query);
      const tail = query.tail === undefined ? log : log.slice(Math.max(0, log.length - query.tail));
      const found = tail.filter(({ at }) => at >= (query.since ?? ""));
      for (const { at, text } of found) yield Buffer.from(`2026-11-21T11:33:31.${at.slice(11)}Z ${text}\n`);
      if (query.follow) throw new SupervisorError("unreachable", "the end of the test");
    },
  } as unknown as Engine;
  const containers = new Containers(engine);
  const read = async (query: Partial<LogQuery>) => {
    const found: LogRecord[] = [];
    const reading = readLogs(
      { engine, containers, logPlaces: new Map() },
      { name: "a", query: { ...ALL, ...query }, signal: endless },
    );
    try {
      for await (const one of reading) found.push(one);
    } catch (error) {
      if ((error as Error).message !== "the end of the test") throw error;
    }
    return found;
  };
  return { asked, read, containers };
}

const endless = new AbortController().signal;

describe("a cursor far back", () => {
  const log = Array.from({ length: 12_000 }, (_, n) => line(n));

  test.each([false, true])("loses nothing, follow %s", async (follow) => {
    const { asked, read } = open(log);
    const [first] = await read({ until: "2026-11-21T12:00:00Z", tail: null });
    asked.length = 0;
    const rest = await read({ after: first!.cursor, follow });
    expect(rest.length).toBe(11_999);
    expect(rest[0]!.text).toBe("line 1");
    expect(new Set(rest.map(({ cursor }) => cursor)).size).toBe(rest.length);
    // a short look first, then the whole
    expect(asked.slice(0, 2).map(({ tail }) => tail)).toEqual([5000, undefined]);
  });

  test("near the end only the end is asked for", async () => {
    const { asked, read } = open(log);
    const newest = await read({ tail: 3 });
    expect(newest.map(({ text }) => text)).toEqual(["line 11997", "line 11998", "line 11999"]);
    expect(await read({ after: newest[0]!.cursor })).toEqual(newest.slice(1));
    expect(await read({ after: newest[0]!.cursor, follow: true })).toEqual(newest.slice(1));
    expect(asked.every(({ tail }) => tail !== undefined && tail <= 5000)).toBe(true);
  });
});

test("following an empty log gives what comes, tail 0 nothing of the past", async () => {
  const log: ReturnType<typeof line>[] = [];
  expect(await open(log).read({ follow: true, tail: 10 })).toEqual([]);
  const { read } = open([line(1), line(2)]);
  expect(await read({ tail: 0, follow: true })).toEqual([]);
  expect((await read({ tail: 1, follow: true })).map(({ text }) => text)).toEqual(["line 2"]);
});

test("a container made anew under its name is found again", async () => {
  let id = ID;
  const { read, containers } = open([line(1)], () => id);
  await containers.list();
  id = "b".repeat(64);
  expect(await read({})).toHaveLength(1);
});

test("a cursor of somebody else is refused", async () => {
  await expect(open([line(1)]).read({ after: "s=abc;i=1" })).rejects.toMatchObject({ reason: "refused" });
});

describe("a silent stream", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  async function* silent(): AsyncGenerator<LogRecord[]> {
    yield new Lines(null).end();
    await new Promise(() => undefined);
  }

  test("is stuck when the log is ahead of it", async () => {
    const reading = untilStuck(silent(), async () => true);
    expect(await reading.next()).toEqual({ done: false, value: [] });
    const step = reading.next();
    await vi.advanceTimersByTimeAsync(17_000);
    expect(await step).toEqual({ done: true, value: "stuck" });
  });

  test("is fine while the log is silent too", async () => {
    const looks = vi.fn(async () => false);
    const reading = untilStuck(silent(), looks);
    await reading.next();
    let settled = false;
    void reading.next().then(() => {
      settled = true;
    });
    await vi.advanceTimersByTimeAsync(50_000);
    expect(looks).toHaveBeenCalledTimes(3);
    expect(settled).toBe(false);
  });
});
