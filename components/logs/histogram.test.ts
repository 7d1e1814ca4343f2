import { expect, test } from "vitest";
import { barsOf, blocksOf, countAgainIn, countsOf, formatStep, markerBeside, turnsOf, zoomTo } from "./histogram.ts";

const at = (second: number) => new Date(Date.UTC(2025, 10, 14, 14, 0, second)).toISOString();
const NONE = { trace: 0, debug: 0, info: 0, warn: 0, error: 0, fatal: 0, none: 0 };
const HISTOGRAM = {
  items: [
    { ...NONE, time: at(0), info: 90, debug: 5, trace: 5 },
    { ...NONE, time: at(15), error: 1, fatal: 1, warn: 3, none: 5 },
  ],
};

test("levels are gathered as they are switched; a line without one is info", () => {
  const bars = barsOf(HISTOGRAM);
  expect(bars.map(({ counts, total }) => ({ ...counts, total }))).toEqual([
    { error: 0, warn: 0, info: 90, debug: 10, total: 100 },
    { error: 2, warn: 3, info: 5, debug: 0, total: 10 },
  ]);
  expect(countsOf(bars)).toEqual({ error: 2, warn: 3, info: 95, debug: 10 });
});

test("whole logs are counted seldom, and nothing so often that it is counted all the time", () => {
  const last: [string, string][] = [["since", "30m"]];
  expect(countAgainIn({ params: last }, 40)).toBe(15_000);
  expect(countAgainIn({ params: [["boot", "0"]] }, 4000)).toBe(80_000);
  expect(countAgainIn({ params: [["level", "warn"]] }, 40)).toBe(300_000);
  expect(countAgainIn({ params: [] }, 30_000)).toBe(600_000);
});

test("a single error is seen beside a hundred thousand lines", () => {
  const bar = { at: 0, counts: { error: 1, warn: 0, info: 99_999, debug: 0 }, total: 100_000 };
  const blocks = blocksOf(bar, 100_000, 52);
  expect(blocks.map(({ kind, height }) => [kind, Math.round(height)])).toEqual([
    ["info", 50],
    ["error", 2],
  ]);
});

test("blocks stand on each other and on the ground", () => {
  const bar = { at: 0, counts: { error: 5, warn: 5, info: 10, debug: 0 }, total: 20 };
  const [info, warn, error] = blocksOf(bar, 80, 52);
  expect([info, warn, error].map((block) => block!.height)).toEqual([13, 6.5, 6.5]);
  expect(info!.top + info!.height).toBe(52);
  expect(warn!.top + warn!.height).toBe(info!.top);
  expect(blocksOf({ ...bar, total: 0 }, 80, 52)).toEqual([]);
});

test("dragging either way is the same range", () => {
  const bars = barsOf(HISTOGRAM);
  expect(zoomTo(bars, 15, 1, 0)).toEqual({ since: at(0), until: at(30) });
  expect(zoomTo(bars, 15, 1, 1)).toEqual({ since: at(15), until: at(30) });
  expect(zoomTo(bars, 15, 5, 7)).toBeNull();
});

test("the width of a bar in words", () => {
  expect([15, 0.25, 60, 120, 1440, 7200].map(formatStep)).toEqual(["15 s", "0.25 s", "60 s", "2 min", "24 min", "2 h"]);
});

test("each restart is one of its own service's", () => {
  const marker = (second: number, service: string, kind = "restarted") => ({ time: at(second), service, kind });
  const turns = turnsOf([marker(1, "a"), marker(2, "b"), marker(3, "a", "failed"), marker(4, "a")]);
  expect([...turns.values()]).toEqual(["1 of 2", "1 of 1", "2 of 2"]);
});

test("the marker beside a time is not the one at it", () => {
  const markers = [1, 5, 9].map((second) => ({ time: at(second) }));
  const beside = (second: number, side: "before" | "after") =>
    markerBeside(markers, Date.parse(at(second)), side)?.time;
  expect([beside(5, "before"), beside(5, "after"), beside(1, "before"), beside(9, "after")]).toEqual([
    at(1),
    at(9),
    undefined,
    undefined,
  ]);
});
