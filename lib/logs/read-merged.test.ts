import { describe, expect, test } from "vitest";
import type { LogQuery, LogRecord } from "#lib/supervisors/supervisor.ts";
import type { LogSource } from "./history.ts";
import type { LogLine } from "./line.ts";
import { parseSelection, type RawSelection } from "./query.ts";
import { readMerged } from "./read-merged.ts";

const T = Date.UTC(2026, 10, 21, 12);

/** A log that is read from its start, and its lines, `[seconds, text]`; what is printed later comes to who follows. */
function log(service: string, lines: readonly (readonly [at: number, text: string])[]) {
  const records: LogRecord[] = [];
  let printed = 0;
  const print = (at: number, text: string) =>
    records.push({
      ...{ cursor: `${service}${printed++}`, time: new Date(T + at * 1000).toISOString() },
      ...{ stream: "stdout", text, priority: null },
    });
  for (const [at, text] of lines) print(at, text);
  async function* logs(_: string, query: LogQuery, signal: AbortSignal): AsyncGenerator<LogRecord> {
    const { tail, since, until, after, follow } = query;
    let next = after === null ? 0 : records.findIndex(({ cursor }) => cursor === after) + 1;
    const wanted = records
      .slice(next)
      .filter(({ time }) => (since === null || time >= since) && (until === null || time <= until));
    next = records.length;
    yield* wanted.slice(tail === null ? 0 : Math.max(0, wanted.length - tail));
    while (follow && !signal.aborted) {
      for (; next < records.length; next += 1) yield records[next]!;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
  const source: LogSource = { service, name: service, supervisor: { logs } };
  return { source, print, forget: (count: number) => records.splice(0, count) };
}

async function read(sources: readonly LogSource[], raw: RawSelection): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  const { signal } = new AbortController();
  for await (const batch of readMerged(sources, parseSelection(raw), { signal })) lines.push(...batch);
  return lines;
}

/** Follows until so many lines came. */
async function follow(
  sources: readonly LogSource[],
  raw: RawSelection,
  { wanted, begun }: { wanted: number; begun: () => void },
) {
  const leaving = new AbortController();
  const lines: LogLine[] = [];
  const selection = parseSelection({ ...raw, follow: "1" });
  let hasBegun = false;
  for await (const batch of readMerged(sources, selection, { signal: leaving.signal })) {
    if (!hasBegun) begun();
    hasBegun = true;
    lines.push(...batch);
    if (lines.length >= wanted) leaving.abort();
  }
  return lines;
}

const textsOf = (lines: readonly LogLine[]) => lines.map(({ text }) => text);
const many = (count: number, from: number, name: string) =>
  Array.from({ length: count }, (_, n) => [from + n, `${name} ${n}`] as const);

describe("scrolling back", () => {
  test("comes to what a quiet service said, whatever the others said since", async () => {
    const loud = log("loud", many(1000, 100, "loud"));
    const quiet = log("quiet", many(5, 0, "quiet"));
    const sources = [loud.source, quiet.source];
    let page = await read(sources, { tail: "500" });
    const seen = [...page];
    while (page.length > 0) {
      page = await read(sources, { tail: "500", before: page[0]!.cursor });
      seen.unshift(...page);
    }
    expect(seen).toHaveLength(1005);
    expect(new Set(textsOf(seen)).size).toBe(1005);
    expect(seen[0]!.text).toBe("quiet 0");
  });

  test("from the first line that came", async () => {
    const one = log("one", many(3, 0, "one"));
    const two = log("two", many(3, 0.5, "two"));
    const sources = [one.source, two.source];
    const [came] = await follow(
      sources,
      { tail: "0" },
      { wanted: 1, begun: () => setTimeout(one.print, 20, 60, "new") },
    );
    expect(came!.text).toBe("new");
    const before = await read(sources, { before: came!.cursor });
    expect(textsOf(before)).toEqual(["one 0", "two 0", "one 1", "two 1", "one 2", "two 2"]);
  });
});

test("until holds before a cursor, after one, and for what comes", async () => {
  const one = log("one", many(10, 0, "one"));
  const two = log("two", many(10, 0.5, "two"));
  const sources = [one.source, two.source];
  const all = await read(sources, { tail: "all" });
  const until = "2026-11-21T12:00:01Z";
  expect(textsOf(await read(sources, { until, before: all[10]!.cursor }))).toEqual(["one 0", "two 0", "one 1"]);
  expect(textsOf(await read(sources, { until, after: all[0]!.cursor }))).toEqual(["two 0", "one 1"]);
  const begun = () =>
    setTimeout(() => {
      one.print(20, "late");
      two.print(0.7, "in time");
    }, 20);
  expect(textsOf(await follow(sources, { until, tail: "0" }, { wanted: 1, begun }))).toEqual(["in time"]);
});

describe("after a cursor", () => {
  // more than a batch
  const sources = [log("one", many(1200, 0, "one")).source, log("two", many(1200, 0.5, "two")).source];

  test("a tail is the newest of what came since", async () => {
    const all = await read(sources, { tail: "all" });
    const after = all[4]!.cursor;
    const tail = await read(sources, { after, tail: "3" });
    expect(textsOf(tail)).toEqual(["two 1198", "one 1199", "two 1199"]);
    expect(tail[0]!.cursor).toBe(all[2397]!.cursor);
    expect(textsOf(await read(sources, { after, tail: "3000" }))).toEqual(textsOf(all.slice(5)));
    expect(await read(sources, { after, tail: "0" })).toEqual([]);
  });

  test("newest first is refused", async () => {
    const [first] = await read(sources, { tail: "all" });
    await expect(read(sources, { after: first!.cursor, order: "newest" })).rejects.toMatchObject({
      code: "validation",
      problems: [{ path: "order", message: expect.any(String) }],
    });
  });
});

test("around a hit of a search stand the lines that stand there without one", async () => {
  const one = log("one", [...many(10, 0, "one"), [9, "hit at once"], ...many(20, 30, "one more")]);
  const two = log("two", [[1, "hit"], ...many(20, 2, "two"), [60, "the last hit"]]);
  const sources = [one.source, two.source, log("three", many(20, 9, "three")).source];
  const all = textsOf(await read(sources, { tail: "all" }));
  const hits = await read(sources, { tail: "all", q: "hit", order: "newest" });
  expect(textsOf(hits)).toEqual(["the last hit", "hit at once", "hit"]);
  for (const { cursor, text } of hits) {
    const before = await read(sources, { tail: "100", before: cursor });
    const after = await read(sources, { tail: "all", after: cursor });
    expect([...textsOf(before), text, ...textsOf(after)]).toEqual(all);
  }
  // what comes goes on from there as well
  const begun = () => setTimeout(two.print, 20, 61, "new");
  const came = await follow(sources, { after: hits[0]!.cursor }, { wanted: 1, begun });
  expect(textsOf(came)).toEqual(["new"]);
});

test("where the last line is gone that is told, and what is of its time comes", async () => {
  const one = log("one", [...many(3, 0, "one"), [2, "at once"], ...many(3, 10, "one more")]);
  const sources = [one.source, log("two", [[1.5, "two"]]).source];
  const all = await read(sources, { tail: "all" });
  const after = all.find(({ text }) => text === "one 2")!.cursor;
  const rest = ["at once", "one more 0", "one more 1", "one more 2"];
  expect(textsOf(await read(sources, { after }))).toEqual(rest);
  one.forget(3);
  const lines = await read(sources, { after });
  expect(textsOf(lines.slice(1))).toEqual(rest);
  expect(lines[0]).toMatchObject({ gap: { lines: null }, text: expect.stringMatching(/gone/) });
});
