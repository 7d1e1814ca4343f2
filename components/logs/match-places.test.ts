import fc from "fast-check";
import { expect, test } from "vitest";
import { MatchPlaces } from "./match-places.ts";

function lines(first: number, end: number) {
  return { first, end };
}
const everyThird = (index: number) => index % 3 === 0;

function searched(of: { first: number; end: number }): MatchPlaces {
  const index = new MatchPlaces(of, everyThird);
  while (index.step(7));
  return index;
}

test("walks from match to match, both ways, and stops at the ends", () => {
  const index = searched(lines(-5, 8));
  expect(index.count).toBe(4);
  expect([index.first(), index.next(-3), index.next(1), index.next(6)]).toEqual([-3, 0, 3, null]);
  expect([index.last(), index.previous(6), index.previous(0), index.previous(-3)]).toEqual([6, 3, -3, null]);
  expect([index.countAfter(-3), index.countAfter(6)]).toEqual([3, 0]);
});

test("a slice at a time, newest first", () => {
  const index = new MatchPlaces(lines(0, 30), everyThird);
  expect(index.step(10)).toBe(true);
  expect([index.count, index.first(), index.last()]).toEqual([3, 21, 27]);
  expect(index.step(100)).toBe(false);
  expect(index.count).toBe(10);
});

test("without a match there is nowhere to go", () => {
  const index = new MatchPlaces(lines(0, 10), () => false);
  expect(index.step(100)).toBe(false);
  expect([index.first(), index.next(3), index.previous(3), index.count]).toEqual([null, null, null, 0]);
});

test("after any growth and loss it knows exactly the matches that are kept", () => {
  const change = fc.record({ first: fc.integer({ min: -20, max: 20 }), end: fc.integer({ min: -20, max: 40 }) });
  fc.assert(
    fc.property(fc.array(change), fc.nat(30), (changes, most) => {
      const kept = { first: 0, end: 5 };
      const index = new MatchPlaces(kept, everyThird);
      for (const { first, end } of changes) {
        // the ring grows and loses at its ends; it never jumps past what it held
        kept.first = Math.min(first, kept.end);
        kept.end = Math.max(end, kept.first);
        index.step(most);
      }
      while (index.step(50));
      const wanted = [];
      for (let at = kept.first; at < kept.end; at++) if (everyThird(at)) wanted.push(at);
      const got = [];
      for (let at = index.first(); at !== null; at = index.next(at)) got.push(at);
      expect(got).toEqual(wanted);
      expect(index.count).toBe(wanted.length);
    }),
  );
});
