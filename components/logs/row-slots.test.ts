import { expect, test } from "vitest";
import { RowSlots } from "./row-slots.ts";

test("a line that stays keeps its row, and one that comes takes that of one that left", () => {
  const slots = new RowSlots();
  expect(slots.assign(0, 4, true)).toEqual([0, 1, 2, 3]);
  expect(slots.assign(1, 5, true)).toEqual([1, 2, 3, 0]);
  expect(slots.assign(2, 7, true)).toEqual([2, 3, 0, 1, 4]);
});

test("where all are new the rows stay in their order", () => {
  const slots = new RowSlots();
  slots.assign(0, 4, true);
  expect(slots.assign(100, 104, true)).toEqual([0, 1, 2, 3]);
  expect(slots.assign(50, 53, true)).toEqual([0, 1, 2]);
});

test("while somebody reads no row is given to another line", () => {
  const slots = new RowSlots();
  slots.assign(0, 3, true);
  expect(slots.assign(2, 5, false)).toEqual([2, 3, 4]);
  expect(slots.assign(0, 3, false)).toEqual([5, 6, 2]);
});

test("no two lines have one row, however they go", () => {
  const slots = new RowSlots();
  for (let n = 0; n < 5000; n += 1) {
    const from = Math.floor(Math.random() * 60);
    const given = slots.assign(from, from + Math.floor(Math.random() * 30), Math.random() < 0.5);
    expect(new Set(given).size).toBe(given.length);
  }
});
