import { expect, test } from "vitest";
import { columnsOf, inWords, type Point, shifted, spanOf, stepOf, zoomed } from "./spans.ts";

const HOUR = 3_600_000;

test("a hole in the figures is a hole in the line", () => {
  const points: Point[] = [
    [0, 1],
    [10_000, 2],
    [60_000, 3],
  ];
  expect(columnsOf([points], 10)).toEqual([
    [0, 10, 20, 60],
    [1, 2, null, 3],
  ]);
  expect(columnsOf([[]], 10)).toEqual([[], []]);
});

test("two lines of one drawing stand at the same times", () => {
  const [first, second]: Point[][] = [
    [
      [0, 1],
      [10_000, 2],
    ],
    [[10_000, 7]],
  ];
  expect(columnsOf([first!, second!], 10)).toEqual([
    [0, 10],
    [1, 2],
    [null, 7],
  ]);
});

test("the line in words", () => {
  const words = { value: (value: number) => `${value} %`, time: (at: number) => `t${at}` };
  expect(
    inWords(
      [
        [1, 5],
        [2, 9],
        [3, 4],
      ],
      words,
    ),
  ).toBe("last 4 %, highest 9 % at t2");
  expect(inWords([], words)).toBe("nothing measured");
});

test("a span that nobody offers is the first", () => {
  expect(spanOf("7d").seconds).toBe(604_800);
  expect(spanOf("x").key).toBe("1h");
  expect(spanOf(null).key).toBe("1h");
});

test("a part of the time is drawn as finely as a span of its length, and is never too short to see", () => {
  expect(stepOf(zoomed(0, 5 * HOUR))).toBe(30);
  expect(stepOf(zoomed(0, 4000 * HOUR))).toBe(21_600);
  expect(zoomed(1_000_000, 1_000_010)).toEqual({ from: 940_005, to: 1_060_005 });
});

test("earlier and later go by half of what is seen; later than now goes on with now", () => {
  const now = 100 * HOUR;
  expect(shifted({ last: "6h" }, -1, now)).toEqual({ from: 91 * HOUR, to: 97 * HOUR });
  expect(shifted({ from: 91 * HOUR, to: 97 * HOUR }, -1, now)).toEqual({ from: 88 * HOUR, to: 94 * HOUR });
  expect(shifted({ from: 91 * HOUR, to: 97 * HOUR }, 1, now)).toEqual({ last: "6h" });
  expect(shifted({ from: 98 * HOUR, to: 99.6 * HOUR }, 1, now)).toEqual({ last: "6h" });
});
