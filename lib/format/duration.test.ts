import { expect, test } from "vitest";
import { formatDuration, formatSince } from "./duration.ts";

test.each([
  [-3, "0 s"],
  [59.9, "59 s"],
  [60, "1 min"],
  [3599, "59 min"],
  [3600, "1 h"],
  [86_399, "23 h"],
  [86_400, "1 d"],
  [6 * 86_400 + 4 * 3600, "6 d 4 h"],
  [41 * 86_400 + 6 * 3600, "41 d"],
])("%d seconds are %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test("time since is counted from now", () => {
  expect(formatSince("2025-11-14T14:19:22.000Z", Date.parse("2025-11-14T14:32:08.000Z"))).toBe("12 min");
});
