import { expect, test } from "vitest";
import { LineRing } from "./line-ring.ts";

const ring = (lines: number, weight = Number.POSITIVE_INFINITY) =>
  new LineRing<string>({ lines, weight, weigh: (line) => line.length });

function all(of: LineRing<string>): string[] {
  return Array.from({ length: of.size }, (_, offset) => of.at(of.first + offset)!);
}

test("a line keeps its index when older ones are put before it", () => {
  const lines = ring(10);
  lines.append(["c", "d"]);
  lines.prepend(["a", "b"]);
  expect(all(lines)).toEqual(["a", "b", "c", "d"]);
  expect(lines.at(0)).toBe("c");
  expect([lines.first, lines.end]).toEqual([-2, 2]);
});

test("beyond its bound the far end goes, and only that", () => {
  const lines = ring(3);
  expect(lines.append(["a", "b", "c", "d", "e"])).toBe(2);
  expect(all(lines)).toEqual(["c", "d", "e"]);
  expect(lines.prepend(["y", "z"])).toBe(2);
  expect(all(lines)).toEqual(["y", "z", "c"]);
  expect(lines.at(4)).toBeUndefined();
});

test("heavy lines push out more than light ones", () => {
  const lines = ring(100, 10);
  lines.append(["aaaa", "bbbb", "cccc"]);
  expect(all(lines)).toEqual(["aaaa", "bbbb", "cccc"]);
  expect(lines.full).toBe(true);
  lines.append(["d"]);
  expect(all(lines)).toEqual(["bbbb", "cccc", "d"]);
});

test("a single line over the weight is kept alone", () => {
  const lines = ring(100, 10);
  lines.append(["a", "x".repeat(50), "b"]);
  expect(all(lines)).toEqual(["b"]);
});

test("after clear it begins anew", () => {
  const lines = ring(3, 4);
  lines.append(["aaaa"]);
  lines.clear();
  expect([lines.size, lines.full, lines.at(0)]).toEqual([0, false, undefined]);
});

test("scrolling back over a million lines keeps the bound", () => {
  const lines = ring(1000);
  for (let page = 0; page < 1000; page++) lines.prepend(Array.from({ length: 1000 }, (_, n) => `${page}:${n}`));
  expect(lines.size).toBe(1000);
  expect(lines.first).toBe(-1_000_000);
  expect(lines.at(lines.first)).toBe("999:0");
});
