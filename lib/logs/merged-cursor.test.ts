import { expect, test } from "vitest";
import { MergedCursor, parseMergedCursor } from "./merged-cursor.ts";

const SERVICES = ["a", "b", "c"];
const time = (second: number) => `2026-11-21T12:00:0${second}.000Z`;

test("one place has one cursor, whichever way it was come to", () => {
  const forward = new MergedCursor(SERVICES);
  forward.advance(0, "a1", time(1));
  forward.advance(1, "b2", time(2));
  const there = forward.advance(2, "c3", time(3));
  const other = new MergedCursor(SERVICES);
  other.advance(2, "c0", time(0));
  other.advance(1, "b2", time(2));
  other.advance(0, "a1", time(1));
  expect(other.advance(2, "c3", time(3))).toBe(there);
  expect(parseMergedCursor(there, SERVICES, "after")).toMatchObject({ time: time(3), own: 2 });
});
