import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { followed } from "#lib/logs/follow.ts";
import type { LogLine } from "#lib/logs/line.ts";
import { firstLook, watchSupervisor } from "#lib/services/watch.ts";
import { createFake, type FakeSupervisor } from "#lib/supervisors/fake/adapter.ts";
import { scratchApi } from "./api-rig.ts";

const { request } = scratchApi();
const ending = new AbortController();
const WEB = "/api/v1/services/local/docker/web/logs";
const T = Date.UTC(2026, 10, 21, 12);
let docker: FakeSupervisor;
let systemd: FakeSupervisor;

beforeAll(async () => {
  docker = createFake({ host: "local", scope: "docker", kind: "docker" });
  systemd = createFake({ host: "local", scope: "systemd", kind: "systemd" });
  for (const name of ["web", "ü b", "busy", "slow"]) docker.add({ name });
  systemd.add({ name: "db.service" });
  for (const source of [docker, systemd]) watchSupervisor(source, ending.signal);
  await firstLook(2000);
  for (let n = 0; n < 20; n += 1) {
    docker.print("web", `GET /${n} 200`, { at: T + n * 1000 });
    systemd.print("db.service", `level=${n % 5 === 0 ? "error" : "info"} msg="query ${n}"`, { at: T + n * 1000 + 500 });
  }
  docker.print("web", '{"level":50,"msg":"\\u001b]0;x","n":1}', { at: T + 30_000, stream: "stderr" });
});
beforeEach(() => expect.poll(followed).toEqual([]));
afterAll(() => ending.abort());

const get = (url: string, headers: Record<string, string> = {}, signal: AbortSignal | null = null) =>
  request(url, { headers, signal });
async function lines(url: string): Promise<LogLine[]> {
  const answer = await get(url);
  expect(answer.status).toBe(200);
  return (await answer.text())
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
const texts = async (url: string) => (await lines(url)).map(({ text }) => text);
const shortly = async (url: string) =>
  (await texts(url)).map((text) => /\/(\d+) |query (\d+)/.exec(text)?.slice(1).join("") ?? "-");

describe("what there is", () => {
  test("one object a line, in the promised shape", async () => {
    const answer = await get(WEB);
    expect(answer.headers.get("content-type")).toContain("application/x-ndjson");
    const all = await lines(WEB);
    expect(all).toHaveLength(21);
    expect(all[0]).toEqual({
      ...{ cursor: expect.any(String), time: "2026-11-21T12:00:00.000Z", service: "local/docker/web" },
      ...{ stream: "stdout", level: null, text: "GET /0 200" },
    });
    expect(all[20]).toMatchObject({ stream: "stderr", level: "error", fields: { n: 1 } });
  });

  test("tail, bounds, text, expression, level and stream", async () => {
    expect(await shortly(`${WEB}?tail=3`)).toEqual(["18", "19", "-"]);
    expect(await shortly(`${WEB}?tail=0`)).toEqual([]);
    expect(await shortly(`${WEB}?since=2026-11-21T12:00:05Z&until=2026-11-21T14:00:07%2B02:00`)).toEqual([
      "5",
      "6",
      "7",
    ]);
    expect(await shortly(`${WEB}?q=get%20/1&tail=2`)).toEqual(["18", "19"]);
    expect(await shortly(`${WEB}?regex=/1[34]%20&tail=all`)).toEqual(["13", "14"]);
    expect(await shortly(`${WEB}?stream=stderr`)).toEqual(["-"]);
    expect(await shortly("/api/v1/services/local/systemd/db.service/logs?level=error")).toEqual(["0", "5", "10", "15"]);
    expect(await shortly(`${WEB}?q=.*`)).toEqual([]);
  });

  test("scrolling back page by page gives every line once", async () => {
    let page = await lines(`${WEB}?tail=6`);
    const seen = [...page];
    while (page.length > 0) {
      page = await lines(`${WEB}?tail=6&before=${encodeURIComponent(page[0]!.cursor)}`);
      seen.unshift(...page);
    }
    expect(seen.map(({ text }) => text)).toEqual(await texts(`${WEB}?tail=all`));
  });

  test("after a cursor: all that came since", async () => {
    const all = await lines(WEB);
    expect(await texts(`${WEB}?after=${all[17]!.cursor}`)).toEqual(all.slice(18).map(({ text }) => text));
    expect(await texts(`${WEB}?after=${all[20]!.cursor}`)).toEqual([]);
  });

  test.each(["tail=x", "regex=(", "level=loud", "nope=1", "follow=1&before=1"])("%s is refused", async (query) => {
    const answer = await get(`${WEB}?${query}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: "validation", errors: [{ path: expect.any(String) }] });
  });

  test("an unknown service is not found", async () => {
    expect((await get("/api/v1/services/local/docker/nope/logs")).status).toBe(404);
    expect((await get("/api/v1/logs?service=local/docker/web&service=local/docker/nope")).status).toBe(404);
    expect((await get("/api/v1/logs")).status).toBe(400);
    const many = Array.from({ length: 51 }, (_, n) => `service=local/docker/${n}`).join("&");
    expect((await get(`/api/v1/logs?${many}`)).status).toBe(400);
  });
});

describe("beside the lines", () => {
  test("newest first gives the same lines turned around, alone and merged", async () => {
    const both = "/api/v1/logs?service=local/docker/web&service=local/systemd/db.service";
    for (const url of [`${WEB}?tail=7`, `${both}&tail=9`, `${both}&tail=all&q=1`]) {
      const there = await lines(url);
      const back = await lines(`${url}&order=newest`);
      expect(back.map(({ text }) => text)).toEqual(there.map(({ text }) => text).reverse());
      expect(back.length).toBeGreaterThan(5);
      // any of them is a place to scroll back from
      const at = back[3]!;
      const tail = url.replace(/tail=\w+/, "tail=2");
      const before = await lines(`${tail}&before=${encodeURIComponent(at.cursor)}`);
      expect(before.map(({ text }) => text)).toEqual(
        back
          .slice(4, 6)
          .map(({ text }) => text)
          .reverse(),
      );
    }
    expect((await get(`${WEB}?order=newest&follow=1`)).status).toBe(400);
  });

  test("progress only for who asks, and its last record says that all is read", async () => {
    const all = (await lines(`${WEB}?tail=all&q=get&progress=1`)) as unknown as Record<string, unknown>[];
    expect(all.filter((one) => "progress" in one).at(-1)).toEqual({
      progress: { searchedTo: "2026-11-21T12:00:30.000Z", bytes: 0, lines: 20, done: true },
    });
    expect(all.filter((one) => "text" in one)).toHaveLength(20);
    const events = await (await get(`${WEB}?tail=1&progress=1`, { accept: "text/event-stream" })).text();
    expect(events).toMatch(/\nevent: progress\ndata: \{"progress":/);
    expect(JSON.stringify(await lines(`${WEB}?tail=all&q=get`))).not.toContain("progress");
  });

  test("marks only for who asks, and they count for no tail", async () => {
    docker.add({ name: "marked" });
    const url = "/api/v1/services/local/docker/marked/logs";
    await expect.poll(async () => (await get(url)).status).toBe(200);
    const plain = { timeout: 1, signal: null, force: false, detached: false };
    docker.print("marked", "one");
    await new Promise((resolve) => setTimeout(resolve, 5));
    await docker.act("marked", "stop", plain);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await docker.act("marked", "start", plain);
    await new Promise((resolve) => setTimeout(resolve, 5));
    docker.print("marked", "two");
    // what the service prints itself when it starts stands behind its mark
    expect(await texts(url)).toEqual(["one", "ready marked", "two"]);
    const woven = ["one", "exited", "started", "ready marked", "two"];
    const told = (some: LogLine[]) => some.map(({ text, marker }) => marker?.kind ?? text);
    const all = await lines(`${url}?markers=1&tail=3`);
    expect(told(all).toSorted()).toEqual(woven.toSorted());
    expect(told(all).slice(0, 2)).toEqual(["one", "exited"]);
    expect(all[1]!.cursor).toBe(all[0]!.cursor);
    expect(await texts(`${url}?markers=1&tail=1`)).toEqual(["two"]);
    const back = await lines(`${url}?markers=1&tail=all&order=newest`);
    expect(told(back)).toEqual(told(all).toReversed());
    const merged = await lines(`/api/v1/logs?service=local/docker/marked&markers=1`);
    expect(told(merged)).toEqual(told(all));
    // a mark that was counted among several services is a place in all of them together
    const both = "service=local/docker/marked&service=local/docker/web";
    const counted = await (await get(`/api/v1/logs/histogram?${both}`)).json();
    expect(counted).toMatchObject({ services: { "local/docker/marked": { lines: 3 }, "local/docker/web": {} } });
    const ended = counted.markers.find(({ kind }: { kind: string }) => kind === "exited");
    expect(ended.service).toBe("local/docker/marked");
    const behind = await lines(`/api/v1/logs?${both}&tail=all&after=${encodeURIComponent(ended.cursor)}`);
    expect(told(behind).toSorted()).toEqual(["ready marked", "two"].toSorted());
    const leaving = new AbortController();
    const answer = await get(`${url}?markers=1&follow=1&tail=0`, {}, leaving.signal);
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    const read = (async () => {
      let text = "";
      while (!text.includes('"exited"')) text += (await reader.read()).value ?? "";
      return text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as LogLine);
    })();
    await docker.act("marked", "stop", plain);
    expect((await read).at(-1)).toMatchObject({ marker: { kind: "exited" }, cursor: all.at(-1)!.cursor });
    leaving.abort();
    docker.remove("marked");
  });
});

describe("several services", () => {
  const BOTH = "/api/v1/logs?service=local/docker/web&service=local/systemd/db.service";
  const woven = Array.from({ length: 20 }, (_, n) => [`${n}`, `${n}`]).flat();

  test("in the order of their times", async () => {
    expect(await shortly(`${BOTH}&tail=all`)).toEqual([...woven, "-"]);
    expect(await shortly(`${BOTH}&tail=4`)).toEqual(["18", "19", "19", "-"]);
    expect((await lines(`${BOTH}&tail=all`)).slice(0, 3).map(({ service }) => service)).toEqual([
      ...["local/docker/web", "local/systemd/db.service", "local/docker/web"],
    ]);
  });

  test("scrolling back page by page gives every line once", async () => {
    let page = await lines(`${BOTH}&tail=7`);
    const seen = [...page];
    while (page.length > 0) {
      page = await lines(`${BOTH}&tail=7&before=${encodeURIComponent(page[0]!.cursor)}`);
      seen.unshift(...page);
    }
    expect(seen.map(({ text }) => text)).toEqual(await texts(`${BOTH}&tail=all`));
  });

  test("from any line on, what is after it, wherever the reading began", async () => {
    const all = await lines(`${BOTH}&tail=30`);
    for (const at of [0, 1, 7, 28, 29])
      expect(await texts(`${BOTH}&after=${encodeURIComponent(all[at]!.cursor)}`), `after line ${at}`).toEqual(
        all.slice(at + 1).map(({ text }) => text),
      );
  });

  test("a cursor of other services is refused", async () => {
    const [line] = await lines(`${BOTH}&tail=1`);
    const other = `/api/v1/logs?service=local/docker/web&service=local/docker/busy&after=${encodeURIComponent(line!.cursor)}`;
    expect((await get(other)).status).toBe(400);
  });
});

describe("what comes", () => {
  async function open(url: string, more: Record<string, string> = {}) {
    const leaving = new AbortController();
    const answer = await get(url, more, leaving.signal);
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    return {
      answer,
      leave: () => leaving.abort(),
      async until(ok: (text: string) => boolean) {
        while (!ok(text)) {
          const { value, done } = await reader.read();
          if (done) break;
          text += value;
        }
        return text;
      },
    };
  }

  test("history, then each new line, and the follower is closed with its last reader", async () => {
    const [one, two] = [await open(`${WEB}?follow=1&tail=1`), await open(`${WEB}?follow=1&tail=0`)];
    docker.print("web", "fresh line");
    const text = await one.until((t) => t.includes("fresh line"));
    expect(text.split("\n").filter(Boolean)).toHaveLength(2);
    expect((await two.until((t) => t.includes("fresh line"))).split("\n").filter(Boolean)).toHaveLength(1);
    expect(followed()).toEqual(["local/docker/web"]);
    one.leave();
    expect(followed()).toEqual(["local/docker/web"]);
    two.leave();
    await expect.poll(followed).toEqual([]);
  });

  test("as events, resumed by the id of the last one", async () => {
    const accept = { accept: "text/event-stream" };
    const first = await open(`${WEB}?follow=1&tail=1`, accept);
    expect(first.answer.headers.get("content-type")).toContain("text/event-stream");
    docker.print("web", "one");
    const id = /id: (.+)\nevent: line\ndata: .*"one"/.exec(await first.until((t) => t.includes('"one"')))![1]!;
    first.leave();
    docker.print("web", "two");
    const second = await open(`${WEB}?follow=1&tail=1`, { ...accept, "last-event-id": id });
    docker.print("web", "three");
    const events = (await second.until((t) => t.includes('"three"'))).match(/"text":"\w+"/g);
    expect(events).toEqual(['"text":"two"', '"text":"three"']);
    second.leave();
  });

  test("merged, resumed over and over while all of them print: nothing lost, nothing twice", async () => {
    const url = "/api/v1/logs?follow=1&service=local/docker/busy&service=local/docker/%25C3%25BC%2520b";
    const seen: string[] = [];
    let printed = 0;
    const printing = setInterval(() => {
      docker.print("busy", `busy ${printed}`);
      docker.print("ü b", `other ${printed}`);
      printed += 1;
    }, 5);
    let cursor = "";
    for (let round = 0; round < 8; round += 1) {
      const stream = await open(cursor ? `${url}&after=${encodeURIComponent(cursor)}` : `${url}&tail=all`);
      const got = (await stream.until((t) => t.split("\n").length > 12)).split("\n").slice(0, -1).filter(Boolean);
      stream.leave();
      for (const line of got.map((text) => JSON.parse(text) as LogLine)) {
        seen.push(line.text);
        cursor = line.cursor;
      }
    }
    clearInterval(printing);
    for (const name of ["busy", "other"]) {
      const numbers = seen.filter((text) => text.startsWith(name)).map((text) => Number(text.split(" ")[1]));
      expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, n) => n));
      expect(numbers.length).toBeGreaterThan(10);
    }
  });

  test("a reader that is too slow is told how many lines it missed, and goes on", async () => {
    const stream = await open("/api/v1/services/local/docker/slow/logs?follow=1&tail=0");
    docker.print("slow", "first");
    await stream.until((t) => t.includes("first"));
    const count = 20_000;
    for (let n = 0; n < count; n += 1) {
      docker.print("slow", `${"x".repeat(200)} ${n}`);
      if (n % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    docker.print("slow", "the end");
    // longer than the follower waits for anybody
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const got = (await stream.until((t) => t.includes("the end"))).split("\n").filter(Boolean);
    const all = got.map((text) => JSON.parse(text) as LogLine);
    const gaps = all.flatMap(({ gap }) => (gap ? [gap.lines ?? 0] : []));
    expect(gaps.length).toBeGreaterThan(0);
    expect(all.length - gaps.length + gaps.reduce((a, b) => a + b, 0)).toBe(count + 2);
    stream.leave();
  });
});

describe("as a file", () => {
  test("text with a safe name, packed where asked", async () => {
    const plain = await get(`${WEB}/download?tail=2`);
    expect(plain.headers.get("content-type")).toContain("text/plain");
    expect(plain.headers.get("content-disposition")).toMatch(/^attachment; filename="web-\d{8}T\d{6}Z\.log"$/);
    const text = await plain.text();
    expect(text).toMatch(/^2026-11-2\dT[\d:.]+Z \S.*\n.*three\n$/);
    const packed = await get(`${WEB}/download?tail=2&gzip=1`);
    expect(packed.headers.get("content-disposition")).toContain('.log.gz"');
    expect(gunzipSync(Buffer.from(await packed.arrayBuffer())).toString()).toBe(text);
    const odd = await get("/api/v1/services/local/docker/%C3%BC%20b/logs/download?tail=0");
    expect(odd.headers.get("content-disposition")).toMatch(/filename="b-\w+\.log"/);
  });
});

test("the histogram counts by level over time", async () => {
  const url = "/api/v1/services/local/systemd/db.service/logs/histogram";
  const body = await (await get(`${url}?buckets=4&since=2026-11-21T12:00:00Z&until=2026-11-21T12:00:20Z`)).json();
  expect(body).toMatchObject({ from: "2026-11-21T12:00:00.000Z", to: "2026-11-21T12:00:20.000Z", step: 5, total: 20 });
  expect(body.items.map((b: { info: number; error: number }) => [b.info, b.error])).toEqual(Array(4).fill([4, 1]));
  const open = await (await get(`${url}?buckets=3&q=query%201`)).json();
  expect(open.total).toBe(11);
  expect((await get(`${url}?buckets=0`)).status).toBe(400);
});
