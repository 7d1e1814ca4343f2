import { describe, expect, test } from "vitest";
import { Lanes, phaseOf, Timetable } from "./timetable.ts";

describe("due times", () => {
  test("do not drift, however late each run is taken, and none is made up", () => {
    const table = new Timetable();
    table.plan("a", 100, 1000);
    const due: number[] = [];
    for (let now = 0; now < 10_000; now += 37) if (table.take(now).length > 0) due.push(table.nextOf("a")!);
    expect(due).toEqual([1100, 2100, 3100, 4100, 5100, 6100, 7100, 8100, 9100, 10_100]);
    // the machine hung for an hour
    expect(table.take(3_600_000)).toEqual(["a"]);
    expect(table.nextOf("a")).toBe(3_600_100);
  });

  test("a single one is due once; the longest overdue comes first; what is removed does not come", () => {
    const table = new Timetable();
    table.plan("late", 50, null);
    table.plan("first", 10, 1000);
    table.plan("gone", 20, 1000);
    table.remove("gone");
    expect(table.soonest()).toBe(10);
    expect(table.take(60)).toEqual(["first", "late"]);
    expect(table.take(60)).toEqual([]);
    expect(table.nextOf("late")).toBeNull();
    expect(new Timetable().soonest()).toBeNull();
  });

  test("many that are made at once are spread evenly, each always at the same place", () => {
    const tenths = Array(10).fill(0) as number[];
    for (let n = 0; n < 10_000; n += 1) {
      const phase = phaseOf(`check-${n}`);
      expect(phase).toBe(phaseOf(`check-${n}`));
      tenths[Math.floor(phase * 10)]! += 1;
    }
    expect(Math.min(...tenths)).toBeGreaterThan(850);
    expect(Math.max(...tenths)).toBeLessThan(1150);
  });
});

test("lanes hold so many at once, and each key once", async () => {
  const lanes = new Lanes(2);
  const ends = new Map<string, () => void>();
  const begun: string[] = [];
  let running = 0;
  const work = (key: string) => async () => {
    begun.push(key);
    running += 1;
    await new Promise<void>((resolve) => ends.set(key, resolve));
    running -= 1;
  };
  expect(["a", "b", "c", "a", "c", "d"].map((key) => lanes.offer(key, work(key)))).toEqual([
    ...[true, true, true, false, false, true],
  ]);
  expect([begun, running]).toEqual([["a", "b"], 2]);
  lanes.withdraw("d");
  ends.get("a")!();
  await expect.poll(() => begun).toEqual(["a", "b", "c"]);
  expect(lanes.offer("a", work("a2"))).toBe(true);
  for (const key of ["b", "c"]) ends.get(key)!();
  await expect.poll(() => ends.has("a2")).toBe(true);
  ends.get("a2")!();
  await lanes.idle();
  expect([begun, running]).toEqual([["a", "b", "c", "a2"], 0]);
});
