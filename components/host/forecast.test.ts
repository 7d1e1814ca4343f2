import { expect, test } from "vitest";
import { forecastOf } from "./forecast.ts";

const NOW = Date.parse("2025-11-14T14:00:00Z");
const disk = (perDay: number | null, days: number | null) => ({
  path: "/",
  used: 1,
  total: 2,
  perDay,
  fullAt: days === null ? null : new Date(NOW + days * 86_400_000).toISOString(),
});

test.each([
  [disk(null, null), "no steady growth", false],
  [disk(200_000, null), "steady", false],
  [disk(-(2 ** 30), null), "−1 GB a day", false],
  [disk(2 ** 30, 12), "full in 12 d, +1 GB a day", false],
  [disk(2 ** 30, 0.5), "full in 12 h, +1 GB a day", true],
  [disk(2 ** 30, 900), "+1 GB a day, full in over a year", false],
] as const)("%j: %s", (one, words, isSoon) => expect(forecastOf(one, NOW)).toEqual({ words, isSoon }));
