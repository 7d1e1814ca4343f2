import { expect, test } from "vitest";
import { formatCount, formatExactCount, formatLineRate } from "./count-words.ts";

test("counts have three digits of meaning at most", () => {
  const counts = [0, 41, 999, 1000, 2311, 9960, 118_400, 999_700, 1_234_567, 41_000_000];
  expect(counts.map(formatCount)).toEqual(["0", "41", "999", "1k", "2.3k", "10k", "118k", "1M", "1.2M", "41M"]);
  expect(formatExactCount(1236)).toBe("1,236");
});

test("a rate is said in the unit in which it can be pictured", () => {
  const every = (step: number, count: number) => Array.from({ length: count }, (_, n) => n * step);
  expect(formatLineRate(every(25_000, 10))).toBe("2.4 lines a minute");
  expect(formatLineRate(every(1, 1000))).toBe("1k lines a second");
  expect(formatLineRate(every(2_000_000, 3))).toBe("2 lines an hour");
  expect(formatLineRate([5])).toBeNull();
  expect(formatLineRate([5, 5])).toBeNull();
});
