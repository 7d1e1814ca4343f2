import { expect, test } from "vitest";
import { openingWords, outcomeWords, secondsUntil } from "./relay-words.ts";

test.each([
  [0, null, "Not opened yet"],
  [1, null, "Opened once"],
  [4, null, "Opened 4 times"],
  [0, 3, "Not opened yet"],
  [1, 1, "Opened 1 of 1 time"],
  [2, 3, "Opened 2 of 3 times"],
])("%s openings of %s: %s", (opens, mostOpens, words) => {
  expect(openingWords({ opens, mostOpens })).toBe(words);
});

test.each([
  ["linked", 41, ["Connected", "41 s after opening"]],
  ["linked", null, ["Connected", ""]],
  ["expired", null, ["Expired", "nobody scanned"]],
  ["gone", null, ["Ended", "its service stopped"]],
] as const)("%s after %s s: %s", (outcome, tookSeconds, words) => {
  expect(outcomeWords({ outcome, tookSeconds })).toEqual(words);
});

test("what is left is never less than nothing, and a second that began counts", () => {
  const time = "2025-11-14T14:32:00.000Z";
  expect(secondsUntil(time, Date.parse(time) - 10_001)).toBe(11);
  expect(secondsUntil(time, Date.parse(time) + 5000)).toBe(0);
});
