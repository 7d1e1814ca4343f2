import { expect, test } from "vitest";
import { hitWords, type Standing } from "./hit-words.ts";

const of = (count: number, done = true, after = 0) => ({ count, done, countAfter: () => after });
const far = (phase: Standing["far"]["phase"], count = 0) => ({ phase, count, searchedTo: null });
const BASE: Standing = { bad: false, going: false, matches: null, complete: true, far: far("idle"), head: null };

test("says where one is among the matches on the page, where everything is there", () => {
  const head = { index: 7, farAfter: 0 };
  expect(hitWords({ ...BASE, matches: of(35, true, 32), head })).toEqual({ text: "3 of 35" });
  expect(hitWords({ ...BASE, matches: of(35) })).toEqual({ text: "35" });
  expect(hitWords({ ...BASE, matches: of(35, true, 35), head })).toEqual({ text: "35" });
});

test("where the server has more than the page, its count counts", () => {
  const some = { ...BASE, complete: false, matches: of(35, true, 32), head: { index: 7, farAfter: 50 } };
  expect(hitWords({ ...some, far: far("running", 12) })).toEqual({ text: "3 of 35+" });
  expect(hitWords({ ...some, far: far("running", 1235) })).toEqual({ text: "1,185 of 1,235+" });
  expect(hitWords({ ...some, far: far("done", 1235) })).toEqual({ text: "1,185 of 1,235" });
  expect(hitWords({ ...some, far: far("stopped", 1235), head: null })).toEqual({ text: "1,235+" });
});

test("says when there is nothing, as far as it is known", () => {
  expect(hitWords({ ...BASE })).toBeNull();
  expect(hitWords({ ...BASE, matches: of(0) })).toEqual({ text: "no match" });
  expect(hitWords({ ...BASE, matches: of(0), complete: false, far: far("running") })).toEqual({ text: "none so far" });
  expect(hitWords({ ...BASE, matches: of(0), complete: false, far: far("done") })).toEqual({ text: "no match" });
  expect(hitWords({ ...BASE, matches: of(0, false) })).toEqual({ text: "searching" });
  expect(hitWords({ ...BASE, bad: true })).toEqual({ text: "not an expression", bad: true });
  expect(hitWords({ ...BASE, matches: of(3), going: true })).toEqual({ text: "searching back" });
});
