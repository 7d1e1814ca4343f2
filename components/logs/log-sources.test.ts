import { expect, test } from "vitest";
import { chosenOf, type LogSourceItem, MOST_SOURCES } from "./log-sources.ts";

const some = (count: number): LogSourceItem[] =>
  Array.from({ length: count }, (_, n) => ({
    ...{ id: `local/docker/c${n}`, name: `c${n}`, helm: "docker" as const },
    ...{ problem: null, removable: false },
  }));

test("as many as can be merged are shown, and it is known that others are not", () => {
  const { ids, isFull } = chosenOf(some(62), new Set());
  expect(ids).toHaveLength(MOST_SOURCES);
  expect(isFull).toBe(true);
  expect(chosenOf(some(62), new Set(some(55).map(({ id }) => id))).isFull).toBe(true);
});

test("nothing is left out of a choice that fits", () => {
  expect(chosenOf(some(MOST_SOURCES), new Set()).isFull).toBe(false);
  expect(chosenOf(some(62), new Set(["local/docker/c61"]))).toEqual({ ids: ["local/docker/c61"], isFull: false });
});

test("what cannot be read is shown where it is asked for", () => {
  const sources = some(2).map((source, n) => (n === 0 ? { ...source, problem: "no such file" } : source));
  expect(chosenOf(sources, new Set()).ids).toEqual(["local/docker/c1"]);
  expect(chosenOf(sources, new Set(["local/docker/c0"])).ids).toEqual(["local/docker/c0"]);
});
