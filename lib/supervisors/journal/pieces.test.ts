import { describe, expect, test } from "vitest";
import { backwardPieces, type Entry, forwardPieces, type Pieces } from "./pieces.ts";

const entry = (cursor: string, text: string, lane: string | null = "1", more = false): Entry => ({
  lines: [{ cursor, time: `2026-11-21T12:00:0${cursor}Z`, stream: "stdout", text, priority: 6 }],
  ...{ cursor, lane, more },
});
/** two writers; the first one's line is cut into three, the second's into two */
const ENTRIES = [
  entry("1", "whole"),
  entry("2", "aa", "1", true),
  entry("3", "B", "2", true),
  entry("4", "bb", "1", true),
  entry("5", "kernel", null),
  entry("6", "C", "2"),
  entry("7", "cc", "1"),
  entry("8", "next"),
];
const read = (pieces: Pieces, entries: readonly Entry[], step = entries.length) => {
  const found: string[] = [];
  const add = (lines: ReturnType<Pieces["rest"]>) =>
    found.push(...lines.map(([line]) => `${line!.cursor} ${line!.text}`));
  for (let at = 0; at < entries.length; at += step) add(pieces.push(entries.slice(at, at + step)));
  add(pieces.rest());
  return found;
};
const WHOLE = ["1 whole", "5 kernel", "6 BC", "7 aabbcc", "8 next"];
const NONE = new Set<string>();

describe("a line of several entries is one line, with the place of its last", () => {
  test.each([1, 3, 8])("forward, %i at a time", (step) => {
    expect(read(forwardPieces(NONE), ENTRIES, step)).toEqual(WHOLE);
  });

  test.each([1, 3, 8])("backward, %i at a time", (step) => {
    expect(read(backwardPieces(NONE), ENTRIES.toReversed(), step)).toEqual(WHOLE.toReversed());
  });
});

test("what is not whole yet is shown as far as it goes", () => {
  const begun = ENTRIES.slice(0, 5);
  expect(read(forwardPieces(NONE), begun)).toEqual(["1 whole", "5 kernel", "4 aabb", "3 B"]);
  expect(read(backwardPieces(NONE), begun.toReversed())).toEqual(["5 kernel", "4 aabb", "3 B", "1 whole"]);
});

test("who has read up to the middle of a line gets the rest of it, and nothing twice", () => {
  const ends = new Set(["4"]);
  expect(read(forwardPieces(ends), ENTRIES.slice(3))).toEqual(["4 bb", "5 kernel", "6 C", "7 cc", "8 next"]);
  expect(read(backwardPieces(ends), ENTRIES.toReversed())).toContain("4 aabb");
  expect(read(backwardPieces(ends), ENTRIES.toReversed())).toContain("7 cc");
});

test("reading backwards does not wait for ever for what may stand before", () => {
  const pieces = backwardPieces(NONE);
  pieces.push([entry("0", "the last of its process", "9")]);
  const others = Array.from({ length: 500 }, (_, at) => entry(`${at + 1}`, "x", null));
  expect(pieces.push(others).length).toBeGreaterThan(400);
});

test("a line without an end is cut", () => {
  const pieces = forwardPieces(NONE);
  for (let at = 0; at < 100; at += 1) pieces.push([entry(`${at}`, "x".repeat(49_152), "1", true)]);
  expect(pieces.rest()[0]![0]!.text.length).toBe(1024 * 1024);
});
