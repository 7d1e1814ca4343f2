import { expect, test } from "vitest";
import { type BoardView, DEFAULT_VIEW, parseView, viewSearch } from "./board-view.ts";

test("the default view has no query string", () => {
  expect(viewSearch(DEFAULT_VIEW)).toBe("");
  expect(parseView("")).toEqual(DEFAULT_VIEW);
});

test("a view comes back from its own address", () => {
  const view: BoardView = { q: "a&b=ü", state: "needs", group: "app", sort: "memory", all: true };
  expect(parseView(viewSearch(view))).toEqual(view);
});

test("what it does not know is the default", () => {
  expect(parseView("?state=<x>&group=1&sort=size&all=yes&other=1")).toEqual(DEFAULT_VIEW);
});

test("a text of absurd length is cut", () => {
  expect(parseView(`?q=${"a".repeat(5000)}`).q).toHaveLength(200);
});
