import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FigureHistory } from "./history.ts";
import { type Point, ringFor } from "./rings.ts";
import { SeriesFile } from "./store.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;
/** a Monday, on the hour of a block at every pace */
const START = Math.floor(1_780_000_000 / (10 * DAY)) * 10 * DAY;

let folder: string;
let file: SeriesFile;
let history: FigureHistory;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-metrics-"));
  reopen();
});
afterEach(() => {
  file.close();
  fs.rmSync(folder, { recursive: true });
});

function reopen(): void {
  file = new SeriesFile(path.join(folder, "metrics.db"));
  history = new FigureHistory(file);
}

/** As after a crash: what was not written is gone. */
function crash(): void {
  file.close();
  reopen();
}

function fill(from: number, to: number, value: (at: number) => number): void {
  for (let at = from; at < to; at += 10) history.take(at, [["local/docker/a", "cpu", value(at)]]);
}

const read = (span: { from: number; to: number; step: number; now: number }): Point[] =>
  history.read("local/docker/a", "cpu", span);

test("what was read comes out, and nothing of what was not", () => {
  fill(START, START + HOUR, (at) => at - START);
  fill(START + 2 * HOUR, START + 3 * HOUR, () => 7);
  const now = START + 3 * HOUR;
  const points = read({ from: START, to: now, step: 10, now });
  expect(points.length).toBe(720);
  expect(points[1]).toEqual([(START + 10) * 1000, 10]);
  expect(points[360]).toEqual([(START + 2 * HOUR) * 1000, 7]);
  expect(history.read("local/docker/b", "cpu", { from: START, to: now, step: 10, now })).toEqual([]);
  expect(read({ from: START, to: START + 60, step: 30, now })).toEqual([
    [START * 1000, 10],
    [(START + 30) * 1000, 40],
  ]);
});

describe("coarser paces are the means of the finer one", () => {
  test("over hours and days", () => {
    const days = 3;
    fill(START, START + days * DAY, (at) => ((at - START) % 60) / 10);
    const now = START + days * DAY;
    const minutes = read({ from: START, to: now, step: 60, now });
    expect(minutes.length).toBe(days * 1440);
    expect(new Set(minutes.map(([, value]) => value))).toEqual(new Set([2.5]));
    const quarters = read({ from: START, to: now, step: 900, now });
    expect(quarters.length).toBe(days * 96);
    expect(quarters.every(([, value]) => value === 2.5)).toBe(true);
  });

  test("also after a crash in the middle of an hour: a minute is lost at most", () => {
    fill(START, START + 90 * 60, () => 3);
    crash();
    fill(START + 91 * 60, START + 100 * 60, () => 3);
    const now = START + 100 * 60;
    const minutes = read({ from: START, to: now, step: 60, now });
    expect(minutes.length).toBeGreaterThanOrEqual(98);
    expect(minutes.every(([, value]) => value === 3)).toBe(true);
  });
});

test("a clock that jumps back and forth loses nothing that stands elsewhere", () => {
  fill(START, START + HOUR, () => 1);
  fill(START + 5 * HOUR, START + 5 * HOUR + 60, () => 2);
  fill(START + 60, START + 120, () => 9);
  fill(START + 5 * HOUR + 60, START + 5 * HOUR + 120, () => 2);
  const now = START + 6 * HOUR;
  const points = read({ from: START, to: now, step: 10, now });
  expect(points.filter(([, value]) => value === 1).length).toBe(354);
  expect(points.filter(([, value]) => value === 9).length).toBe(6);
  expect(points.filter(([, value]) => value === 2).length).toBe(12);
});

test("each pace keeps what it promises, and lets go of the rest", () => {
  fill(START, START + 60, () => 1);
  const later = START + 8 * DAY;
  fill(later, later + 60, () => 2);
  history.prune(later + 60);
  const now = later + 60;
  expect(read({ from: START, to: now, step: 900, now }).length).toBe(2);
  // a week back is no longer in minutes, so it is answered in quarters of an hour
  expect(read({ from: later, to: now, step: 10, now }).length).toBe(6);
  history.prune(START + 500 * DAY);
  expect(file.all()).toEqual([]);
});

test("any readings, written or lost to no crash, are the same before and after opening the file again", () => {
  const reading = fc.record({ at: fc.integer({ min: 0, max: 4 * HOUR }), value: fc.float({ noNaN: true, min: 0 }) });
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 60 }), (readings) => {
      const name = `n${Math.random()}`;
      for (const { at, value } of readings) history.take(START + at, [["x", name, value]]);
      const span = { from: START, to: START + 5 * HOUR, step: 10, now: START + 5 * HOUR };
      const before = history.read("x", name, span);
      history.flush();
      crash();
      expect(history.read("x", name, span)).toEqual(before);
    }),
    { numRuns: 25 },
  );
});

test("the last week that was asked for a moment ago is still told by the minute", () => {
  const week = (age: number) => ringFor({ from: START - age, step: 60, now: START });
  expect([week(7 * DAY), week(7 * DAY + 30), week(7 * DAY + 61)]).toEqual([1, 1, 2]);
});
