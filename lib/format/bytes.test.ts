import { expect, test } from "vitest";
import { amount, formatBytes, ofLimit } from "./bytes.ts";
import { plural } from "./plural.ts";
import { formatRates } from "./rate.ts";

const MB = 1024 ** 2;
const GB = 1024 ** 3;

test.each([
  [0, "0 B"],
  [-5, "0 B"],
  [999, "999 B"],
  [1000, "1 kB"],
  [48 * MB, "48 MB"],
  [9.5 * MB, "9.5 MB"],
  [1.31 * GB, "1.31 GB"],
  [113 * GB, "113 GB"],
  [999.6 * MB, "0.98 GB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test("the unit is named once where both share it", () => {
  expect(ofLimit(amount(1.31 * GB), amount(2 * GB))).toEqual({ used: "1.31", limit: "2 GB" });
  expect(ofLimit(amount(762 * MB), amount(1.6 * GB))).toEqual({ used: "762 MB", limit: "1.6 GB" });
});

test("two rates share the unit of the larger", () => {
  expect(formatRates(1.8 * MB, 0.6 * MB)).toEqual({ first: "1.8", second: "0.6 MB/s" });
  expect(formatRates(0, 0)).toEqual({ first: "0", second: "0 B/s" });
  expect(formatRates(300, 12 * 1024)).toEqual({ first: "0.3", second: "12 kB/s" });
});

test("one is no plural", () => {
  expect([plural(0, "unit"), plural(1, "unit"), plural(2, "process", "processes")]).toEqual([
    "0 units",
    "1 unit",
    "2 processes",
  ]);
});
