import fc from "fast-check";
import { expect, test } from "vitest";
import { RowHeights } from "./row-heights.ts";

test("rows of one height need no memory of any", () => {
  const heights = new RowHeights(20);
  expect(heights.offset(-500_000, 500_000)).toBe(20_000_000);
  expect(heights.rowAt(-500_000, 500_000, 30)).toEqual({ row: -499_999, into: 10 });
});

test("an unusual row moves those after it and none before it", () => {
  const heights = new RowHeights(20);
  expect(heights.set(3, 120)).toBe(true);
  expect(heights.set(3, 120)).toBe(false);
  expect([heights.offset(0, 3), heights.offset(0, 4)]).toEqual([60, 180]);
  expect(heights.rowAt(0, 10, 179)).toEqual({ row: 3, into: 119 });
  heights.set(3, 20);
  expect(heights.offset(0, 4)).toBe(80);
});

test("beyond the last row is the last row", () => {
  expect(new RowHeights(20).rowAt(0, 3, 1000)).toEqual({ row: 2, into: 960 });
  expect(new RowHeights(20).rowAt(0, 0, 0)).toEqual({ row: 0, into: 0 });
});

test("rows that are gone are forgotten, and the rest stands where it stood", () => {
  const heights = new RowHeights(20);
  heights.set(-5, 40);
  heights.set(5, 60);
  heights.set(50, 80);
  heights.keep(0, 20);
  expect(heights.offset(0, 20)).toBe(20 * 20 + 40);
  expect(heights.offset(-10, 0)).toBe(200);
});

test("agrees with adding up one by one", () => {
  const measured = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 200 })));
  fc.assert(
    fc.property(measured, fc.integer({ min: -50, max: 50 }), (rows, row) => {
      const heights = new RowHeights(20);
      for (const [index, height] of rows) heights.set(index, height);
      const own = new Map(rows);
      let sum = 0;
      for (let index = -50; index < row; index++) sum += own.get(index) ?? 20;
      expect(heights.offset(-50, row)).toBe(sum);
      expect(heights.rowAt(-50, 51, sum)).toEqual({ row, into: 0 });
    }),
  );
});
