import { expect, test } from "vitest";
import { formatCpu, formatPercent, share } from "./percent.ts";

test.each([
  [0, "0.0"],
  [0.0004, "0.0"],
  [0.062, "6.2"],
  [0.314, "31.4"],
  [0.9994, "99.9"],
  [0.9996, "100"],
  [3.5, "350"],
  [-0.1, "0.0"],
])("CPU %d is %s", (fraction, text) => {
  expect(formatCpu(fraction)).toBe(text);
});

test("whole percentages round and never go below nothing", () => {
  expect([0.589, 1.2, -1].map(formatPercent)).toEqual(["59", "120", "0"]);
});

test("a share stays between 0 and 1", () => {
  expect([share(1, 4), share(9, 4), share(-1, 4), share(1, 0)]).toEqual([0.25, 1, 0, 0]);
});
