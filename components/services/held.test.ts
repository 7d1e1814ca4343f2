import { expect, test } from "vitest";
import type { App } from "./board-apps.ts";
import type { RowGroup } from "./board-columns.ts";
import { holdApps, holdGroups } from "./held.ts";
import { aService } from "./testing.ts";

const group = (key: string, ...ids: string[]): RowGroup => ({ key, head: null, scope: "docker", ids, up: 0, total: 0 });
const app = (key: string, ...ids: string[]): App => ({
  key,
  name: key,
  ids,
  total: ids.length,
  worst: aService(key),
  troubles: [],
  noneUp: false,
});

test("groups and their rows keep their place, with what is true now in them", () => {
  const next = [group("new", "n"), { ...group("b", "b2", "b1"), up: 2 }, group("a", "a3", "a1")];
  expect(holdGroups([group("a", "a1", "a2"), group("b", "b1", "b2")], next)).toEqual([
    group("a", "a1", "a3"),
    { ...group("b", "b1", "b2"), up: 2 },
    group("new", "n"),
  ]);
});

test("apps keep their column, gone ones leave, new ones go under the shortest", () => {
  const held = [[app("a", "a1")], [app("b", "b1", "b2"), app("gone", "g")], [app("c", "c1", "c2", "c3")]];
  const next = [[app("c", "c3", "c2", "c1")], [app("new", "n")], [app("b", "b2", "b1"), app("a", "a1")]];
  expect(holdApps(held, next).map((column) => column.map(({ key, ids }) => `${key}: ${ids.join(" ")}`))).toEqual([
    ["a: a1", "new: n"],
    ["b: b1 b2"],
    ["c: c1 c2 c3"],
  ]);
});
