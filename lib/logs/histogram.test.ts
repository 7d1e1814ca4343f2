import { expect, test, vi } from "vitest";
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
    [
      batches(
        line(1),
        line(2, { service: "b", level: "fatal" }),
        line(12, { level: null }),
        line(13, { level: "error" }),
      ),
    ],
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
  const counted = await countLines([batches(first, line(1), told, printed, gap)], bounds);
  expect(counted.total).toBe(2);
  expect(counted.markers.map(({ time, kind, service }) => `${time.slice(17, 19)} ${kind} ${service}`)).toEqual([
    "00 restarted a",
    "01 restarted a",
    "03 restarted a",
  ]);
});

test("services are counted one after another, from the first line of any of them on", async () => {
  const pause = vi.fn(async () => undefined);
  const early = { cursor: "", service: "b" };
  const services = [
    batches(line(10), line(12)),
    batches(mark(1, early), line(4, { service: "b", level: "error" }), mark(5, { service: "b", cursor: "c4" })),
    batches(),
  ];
  const placeOf = (index: number, marker: LogLine, { cursor, time }: Pick<LogLine, "cursor" | "time">) =>
    `${index} ${marker.time.slice(17, 19)} behind ${cursor} of ${time.slice(17, 19)}`;
  const counted = await countLines(services, { since: null, until: START + 24_000, buckets: 2 }, { placeOf, pause });
  expect(counted).toMatchObject({ from: "2025-11-14T14:00:04.000Z", step: 10, total: 3 });
  expect(counted.items.map(({ info, error }) => [info, error])).toEqual([
    [2, 1],
    [0, 0],
  ]);
  expect(counted.markers.map(({ cursor }) => cursor)).toEqual(["", "1 05 behind c4 of 04"]);
  expect(pause).toHaveBeenCalledTimes(3);
  const nothing = await countLines([batches()], { since: null, until: START, buckets: 2 });
  expect(nothing).toMatchObject({ total: 0, markers: [], items: [{ none: 0 }, { none: 0 }] });
});

test("who fails to be read ends the reading of the others", async () => {
  const ended = vi.fn();
  async function* open() {
    try {
      yield [line(1)];
      yield [line(2)];
    } finally {
      ended();
    }
  }
  async function* broken(): AsyncGenerator<LogLine[]> {
    yield [line(1)];
    throw new Error("gone");
  }
  await expect(countLines([broken(), open()], { ...bounds, since: null })).rejects.toThrow("gone");
  expect(ended).toHaveBeenCalledOnce();
});
