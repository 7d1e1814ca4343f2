import { expect, test } from "vitest";
import { addStretch, type Hour, uptimeOf } from "./uptime.ts";

const HOUR = 3_600_000;
const T = 480_000 * HOUR;

test("a share of what is known of the last day, hour by hour", () => {
  const hours: Hour[] = [];
  expect(uptimeOf(hours, T)).toBeNull();
  addStretch(hours, { from: T, to: T + 3 * HOUR, isUp: true });
  addStretch(hours, { from: T + 5 * HOUR, to: T + 6 * HOUR, isUp: false });
  expect(uptimeOf(hours, T + 6 * HOUR)).toBe(0.75);
  expect(hours).toHaveLength(4);
  // what is older than a day goes hour by hour, until only the one in which it was down is left
  expect(uptimeOf(hours, T + 25 * HOUR)).toBe(0.5);
  expect(uptimeOf(hours, T + 26 * HOUR)).toBe(0);
  expect(uptimeOf(hours, T + 29 * HOUR)).toBeNull();
});

test("does not grow, and no hour is longer than one where the clock was set back", () => {
  const hours: Hour[] = [];
  for (let at = T; at < T + 100 * HOUR; at += 7 * 60_000)
    addStretch(hours, { from: at, to: at + 7 * 60_000, isUp: true });
  expect(hours.length).toBeLessThanOrEqual(24);
  for (let n = 0; n < 3; n += 1) addStretch(hours, { from: T, to: T + HOUR, isUp: n > 0 });
  expect(hours).toEqual([[480_000, 3600, 3600]]);
  addStretch(hours, { from: T - 1000 * HOUR, to: T, isUp: false });
  expect(uptimeOf(hours, T)).toBeLessThan(0.1);
});
