import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeEach, expect, test } from "vitest";
import type { HistoryQuery, LogRecord } from "../supervisor.ts";
import { readHistory } from "./history.ts";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-file-history-"));
afterAll(() => fs.rmSync(root, { recursive: true }));
const HISTORY: HistoryQuery = {
  ...{ from: "oldest", since: null, until: null, after: null, before: null, through: null, anyOf: null },
};

let out = "";
let err = "";
beforeEach(() => {
  const folder = fs.mkdtempSync(path.join(root, "app-"));
  [out, err] = [path.join(folder, "app-out.log"), path.join(folder, "app-error.log")];
});

const source = () => ({
  admit: null,
  files: async () =>
    new Map([
      [out, "stdout" as const],
      [err, "stderr" as const],
    ]),
});
const write = (file: string, ...lines: string[]) => fs.appendFileSync(file, lines.map((line) => `${line}\n`).join(""));
const texts = (records: readonly LogRecord[]) => records.map(({ text }) => text);

test("a search says that it began before it finds anything", async () => {
  write(out, ...Array.from({ length: 5000 }, () => "nothing"), "rare");
  write(err, "nothing");
  const query = { ...HISTORY, anyOf: ["rare"] };
  const lengths: number[] = [];
  for await (const batch of readHistory(source(), query, new AbortController().signal)) lengths.push(batch.length);
  expect([lengths[0], Math.max(...lengths)]).toEqual([0, 1]);
});

test("a search that is given up reads no further", async () => {
  fs.writeFileSync(out, "nothing that anybody looks for\n".repeat(400_000));
  const leaving = new AbortController();
  let read = 0;
  const onProgress = (_: unknown, bytes: number) => {
    read += bytes;
    leaving.abort();
  };
  const query = { ...HISTORY, anyOf: ["rare"], onProgress };
  const reading = readHistory({ ...source(), files: async () => new Map([[out, "stdout"]]) }, query, leaving.signal);
  expect((await Array.fromAsync(reading)).flat()).toEqual([]);
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(3_000_000);
  expect(fs.statSync(out).size).toBeGreaterThan(10_000_000);
});

test("packed rotations are read from the newest line back as well, and on from a place in one", async () => {
  const pack = (name: string, at: number, ...lines: string[]) => {
    fs.writeFileSync(`${out}${name}`, gzipSync(lines.map((line) => `${line}\n`).join("")));
    fs.utimesSync(`${out}${name}`, at, at);
  };
  pack(".3.gz", 1000, "a", "b");
  pack(".2.gz", 2000, "c", "d");
  write(`${out}.1`, "e");
  fs.utimesSync(`${out}.1`, 3000, 3000);
  write(out, "f");
  const backward = async (before: string | null, anyOf: string[] | null = null) => {
    const records: LogRecord[] = [];
    const query: HistoryQuery = { ...HISTORY, from: "newest", before, anyOf };
    for await (const batch of readHistory(source(), query, new AbortController().signal)) records.unshift(...batch);
    return records;
  };
  const all = await backward(null);
  expect(texts(all)).toEqual(["a", "b", "c", "d", "e", "f"]);
  expect(texts(await backward(all[3]!.cursor))).toEqual(["a", "b", "c"]);
  expect(texts(await backward(all[4]!.cursor))).toEqual(["a", "b", "c", "d"]);
  expect(texts(await backward(null, ["b"]))).toEqual(["b"]);
});

test("a line that bears the time of its file alone says so", async () => {
  write(out, "plain");
  write(err, "2025-11-14T14:32:08Z timed", "  at its second line");
  const records: LogRecord[] = [];
  for await (const batch of readHistory(source(), HISTORY, new AbortController().signal)) records.push(...batch);
  expect(records.filter(({ untimed }) => untimed).map(({ text }) => text)).toEqual(["plain"]);
  expect(records).toHaveLength(3);
});
