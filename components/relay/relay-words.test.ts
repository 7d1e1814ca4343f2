import { expect, test } from "vitest";
import { nextWords, openingWords, outcomeWords, renewalWords } from "./relay-words.ts";

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

const RENEWS = "2025-11-14T14:32:00.000Z";

test.each([
  [RENEWS, true, -10_001, "New code in 11 s"],
  [RENEWS, true, 5000, "New code any moment"],
  [RENEWS, false, -45_000, "Valid for 45 s"],
  [RENEWS, false, -120_000, "Valid for 2 min"],
  [RENEWS, false, 0, "Its time is over"],
  [null, true, 0, ""],
])("%s, it rotates: %s, %s ms later: %s", (renewsAt, rotates, after, words) => {
  expect(renewalWords({ renewsAt, rotates }, Date.parse(RENEWS) + after)).toBe(words);
});

test("what does not rotate promises no next one", () => {
  expect(nextWords({ rotates: true })).toBe("The next one appears here by itself.");
  expect(nextWords({ rotates: false })).toMatch(/^If its service prints another/);
});
