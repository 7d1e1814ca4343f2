import { expect, test } from "vitest";
import { countLines } from "./histogram.ts";
import type { LogLine } from "./line.ts";

const START = Date.UTC(2025, 10, 14, 14);
const line = (second: number, more: Partial<LogLine> = {}): LogLine => ({
  ...{ cursor: `c${second}`, time: new Date(START + second * 1000).toISOString(), service: "a" },
  ...{ stream: "stdout", level: "info", text: "" },
  ...more,
});
const mark = (second: number, more: Partial<LogLine>) =>
  line(second, { marker: { kind: "restarted", code: 1, signal: null }, ...more });
async function* batches(...lines: LogLine[]) {
  yield lines;
}
const bounds = { since: START, until: START + 20_000, buckets: 2 };

test("lines are counted by time, by level and by service", async () => {
  const counted = await countLines(
    batches(
      line(1),
      line(2, { service: "b", level: "fatal" }),
      line(12, { level: null }),
      line(13, { level: "error" }),
    ),
    bounds,
  );
  expect(counted.items.map(({ info, error, fatal, none }) => ({ info, error, fatal, none }))).toEqual([
    { info: 1, error: 0, fatal: 1, none: 0 },
    { info: 0, error: 1, fatal: 0, none: 1 },
  ]);
  expect(counted).toMatchObject({ total: 4, step: 10 });
  expect(counted.services).toEqual({ a: { lines: 3, errors: 1 }, b: { lines: 1, errors: 1 } });
});

test("a marker is kept; it counts where it was printed, and a gap never does", async () => {
  const told = mark(1, { cursor: "c1" });
  const first = mark(0, { cursor: "" });
  const printed = mark(3, { cursor: "c3" });
  const gap = line(4, { gap: { lines: 7, reason: "gone" } });
  const counted = await countLines(batches(first, line(1), told, printed, gap), bounds);
  expect(counted.total).toBe(2);
  expect(counted.markers.map(({ time, kind, service }) => `${time.slice(17, 19)} ${kind} ${service}`)).toEqual([
    "00 restarted a",
    "01 restarted a",
    "03 restarted a",
  ]);
});
