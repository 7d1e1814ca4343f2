import { expect, test } from "vitest";
import { columnsOf, inWords, spanOf } from "./spans.ts";

test("a hole in the figures is a hole in the line", () => {
  expect(
    columnsOf(
      [
        [0, 1],
        [10_000, 2],
        [60_000, 3],
      ],
      10,
    ),
  ).toEqual([
    [0, 10, 20, 60],
    [1, 2, null, 3],
  ]);
  expect(columnsOf([], 10)).toEqual([[], []]);
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
