import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { type LineFile, openLineFile } from "#lib/platform/line-file.ts";
import type { HistoryQuery, LogRecord } from "../supervisor.ts";
import { fileHistory } from "./file-history.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-json-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const ALL: HistoryQuery = {
  from: "oldest",
  since: null,
  until: null,
  after: null,
  before: null,
  through: null,
  anyOf: null,
};
const START = Date.UTC(2026, 10, 21, 12);

/** As the engine writes: escapes of its own, no zeros at the end of a time, pieces of 16 KiB. */
function written(text: string, nanoseconds: number, stream = "stdout"): string {
  const fraction = String(nanoseconds % 1e9)
    .padStart(9, "0")
    .replace(/0+$/, "");
  const seconds = new Date(START + Math.floor(nanoseconds / 1e9) * 1000).toISOString().slice(0, 19);
  const time = `${seconds}${fraction ? `.${fraction}` : ""}Z`;
  const pieces = text.match(/[\s\S]{1,16384}/g) ?? [""];
  return pieces
    .map((piece, index) => {
      const log = JSON.stringify(piece + (index === pieces.length - 1 ? "\n" : "")).replace(
        /[<>&]/g,
        (c) => `\\u00${c.charCodeAt(0).toString(16)}`,
      );
      return `{"log":${log},"stream":"${stream}","time":"${time}"}\n`;
    })
    .join("");
}

const open = new Set<LineFile>();
afterEach(async () => {
  for (const file of open) await file.close();
  open.clear();
});
async function opened(file: string): Promise<LineFile | null> {
  const found = await openLineFile(file);
  if (found) open.add(found);
  return found;
}

let files = 0;
function segmentsOf(...contents: (string | { packed: string })[]) {
  return contents.map((content) => {
    files += 1;
    const isPacked = typeof content !== "string";
    const file = path.join(folder, `${files}${isPacked ? ".gz" : ""}`);
    fs.writeFileSync(file, isPacked ? gzipSync(content.packed) : content);
    return { open: () => opened(file) };
  });
}
type Segments = ReturnType<typeof segmentsOf>;

async function read(
  segments: Segments,
  query: Partial<HistoryQuery> = {},
  created: string | null = null,
): Promise<LogRecord[]> {
  const batches: LogRecord[][] = [];
  for await (const batch of fileHistory(
    segments,
    { ...ALL, ...query },
    { signal: new AbortController().signal, created },
  ))
    batches.push(batch);
  return (query.from === "newest" ? batches.reverse() : batches).flat();
}
const texts = (records: LogRecord[]) => records.map(({ text }) => text);

const many = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => {
    const at = from + n;
    // several lines of one instant, two streams, and now and then a long line
    const text =
      at % 997 === 0 ? `long ${at} ${'ä<>"\\'.repeat(9000)}` : `line ${at} \u001b[32mgrün\u001b[0m \\n C:\\new`;
    return written(text, Math.floor(at / 3) * 1_000_000 * 100 + 5, at % 5 === 0 ? "stderr" : "stdout");
  }).join("");

describe("from either end", () => {
  const segments = segmentsOf({ packed: many(0, 4000) }, many(4000, 9000), many(9000, 12_000));

  test("every line once and in order, with the same cursor", async () => {
    const forward = await read(segments);
    expect(texts(forward).map((text) => Number(/\d+/.exec(text)))).toEqual(Array.from({ length: 12_000 }, (_, n) => n));
    expect(forward[1]).toMatchObject({ text: "line 1 \u001b[32mgrün\u001b[0m \\n C:\\new", stream: "stdout" });
    expect(forward[997]!.text).toBe(`long 997 ${'ä<>"\\'.repeat(9000)}`);
    expect(forward[0]!.time).toBe("2026-11-21T12:00:00.000000005Z");
    expect(new Set(forward.map(({ cursor }) => cursor)).size).toBe(12_000);
    expect(await read(segments, { from: "newest" })).toEqual(forward);
  });

  test("cut at cursors, wherever they are", async () => {
    const forward = await read(segments);
    for (const at of [0, 1, 2, 996, 997, 998, 3999, 4000, 8500, 9000, 11_998, 11_999])
      for (const from of ["oldest", "newest"] as const) {
        const { cursor } = forward[at]!;
        const count = async (query: Partial<HistoryQuery>) => (await read(segments, { from, ...query })).length;
        expect(await count({ after: cursor }), `after ${at} ${from}`).toBe(11_999 - at);
        expect(await count({ before: cursor }), `before ${at} ${from}`).toBe(at);
        expect(await count({ through: cursor }), `through ${at} ${from}`).toBe(at + 1);
        const after = forward[Math.max(0, at - 10)]!.cursor;
        expect(await count({ after, through: cursor }), `between, ${at} ${from}`).toBe(Math.min(10, at));
        expect(await count({ after, through: cursor, anyOf: ["line"] }), `sought, ${at} ${from}`).toBeLessThanOrEqual(
          10,
        );
      }
  }, 60_000);

  test("cut at times, to the nanosecond", async () => {
    const forward = await read(segments);
    const since = forward[6000]!.time;
    const until = forward[6299]!.time;
    for (const from of ["oldest", "newest"] as const)
      expect(await read(segments, { from, since, until })).toEqual(forward.slice(6000, 6300));
    expect(await read(segments, { since: "2027-01-01T00:00:00Z" })).toEqual([]);
    expect(await read(segments, { until: "2026-01-01T00:00:00Z" })).toEqual([]);
  });

  test("looked through for words, the lines found are those that all of them would give", async () => {
    const forward = await read(segments);
    for (const word of ["line 777", "long 3988", "11999", "nowhere", "c:"])
      for (const from of ["oldest", "newest"] as const) {
        const found = (await read(segments, { from, anyOf: [word] })).filter((r) =>
          r.text.toLowerCase().includes(word),
        );
        expect(found, word).toEqual(forward.filter((r) => r.text.toLowerCase().includes(word)));
      }
  });

  test("the newest lines cost no more than their blocks, and no packed file is opened for them", async () => {
    const opened: number[] = [];
    const counted = segments.map(({ open }, index) => ({
      open: () => {
        opened.push(index);
        return open();
      },
    }));
    for await (const batch of fileHistory(
      counted,
      { ...ALL, from: "newest" },
      {
        signal: new AbortController().signal,
        created: null,
      },
    ))
      if (batch.length > 0) break;
    expect(opened).toEqual([2]);
  });
});

describe("files that are not as they should be", () => {
  test("torn, foreign and unfinished lines", async () => {
    const torn = `${written("a", 1)}{"log":"to\u0000\u0000\u0000\n${written("b", 2)}not json at all\n{"log":"cut off`;
    expect(texts(await read(segmentsOf(torn)))).toEqual(["a", "b"]);
    expect(texts(await read(segmentsOf(torn), { from: "newest" }))).toEqual(["a", "b"]);
    const unfinished = `${written("a", 1)}${written("open", 2).replace("\\n", "")}`;
    expect(texts(await read(segmentsOf(unfinished)))).toEqual(["a", "open"]);
    expect(await read(segmentsOf(""))).toEqual([]);
  });

  test("pieces of both streams between each other", async () => {
    const [one, two] = ["x".repeat(40_000), "y".repeat(40_000)];
    const [a1, a2, a3] = written(one, 1).split(/(?<=\n)/);
    const [b1, b2, b3] = written(two, 2, "stderr").split(/(?<=\n)/);
    const woven = `${written("before", 0)}${a1}${b1}${a2}${b2}${b3}${a3}${written("behind", 3)}`;
    expect(texts(await read(segmentsOf(woven)))).toEqual(["before", two, one, "behind"]);
    expect(texts(await read(segmentsOf(woven), { from: "newest" }))).toEqual(["before", two, one, "behind"]);
  });

  test("with attributes, as newer engines write them", async () => {
    const line = written("labelled", 1).replace(',"time"', ',"attrs":{"tag":"a\\"b","com.x":"}"},"time"');
    expect(texts(await read(segmentsOf(line)))).toEqual(["labelled"]);
  });

  test("a line whose file is gone is resumed by its time", async () => {
    const records = await read(segmentsOf(many(0, 300)));
    const left = segmentsOf(many(150, 300));
    const [lost, ...rest] = await read(left, { after: records[100]!.cursor });
    expect(lost).toMatchObject({ lost: null });
    expect(texts(rest)).toEqual(texts(records.slice(150)));
    expect(await read(left, { before: records[100]!.cursor, from: "newest" })).toEqual([]);
  });
});

test("a reader whose place was rotated away is told, and one of a container made anew is not", async () => {
  const [gone, left] = [many(0, 500), many(500, 1000)];
  const before = await read(segmentsOf(gone));
  const after = before[400]!.cursor;
  const rest = await read(segmentsOf(left), { after });
  expect(rest[0]).toMatchObject({ lost: null, cursor: after, text: expect.stringContaining("rotated") });
  expect(rest.slice(1)).toEqual(await read(segmentsOf(left)));
  expect(await read(segmentsOf(left), { after }, new Date(Date.parse(rest[1]!.time) - 1).toISOString())).toEqual(
    rest.slice(1),
  );
  expect((await read(segmentsOf(gone, left), { after })).filter(({ lost }) => lost !== undefined)).toEqual([]);
});
