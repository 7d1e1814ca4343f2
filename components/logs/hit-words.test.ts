import { expect, test } from "vitest";
import { hitWords } from "./hit-words.ts";

const of = (count: number, done = true, after = 0) => ({ count, done, countAfter: () => after });
const BASE = { bad: false, searching: false, head: null, more: false };

test("says where one is among the matches, and whether there may be more", () => {
  expect(hitWords({ ...BASE, matches: of(35, true, 32), head: 7 })).toEqual({ text: "3 of 35" });
  expect(hitWords({ ...BASE, matches: of(1235, true, 0), head: 7, more: true })).toEqual({ text: "1,235 of 1,235+" });
  expect(hitWords({ ...BASE, matches: of(35) })).toEqual({ text: "35" });
  expect(hitWords({ ...BASE, matches: of(35, true, 35), head: 7 })).toEqual({ text: "35" });
});

test("says when there is nothing, as far as it is known", () => {
  expect(hitWords({ ...BASE, matches: null })).toBeNull();
  expect(hitWords({ ...BASE, matches: of(0) })).toEqual({ text: "no match" });
  expect(hitWords({ ...BASE, matches: of(0), more: true })).toEqual({ text: "none so far" });
  expect(hitWords({ ...BASE, matches: of(0, false) })).toEqual({ text: "searching" });
  expect(hitWords({ ...BASE, matches: null, bad: true })).toEqual({ text: "not an expression", bad: true });
  expect(hitWords({ ...BASE, matches: of(3), searching: true })).toEqual({ text: "searching back" });
});
