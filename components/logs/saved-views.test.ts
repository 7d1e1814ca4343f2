import { expect, test } from "vitest";
import { MOST_VIEWS, parseSavedViews, withView } from "./saved-views.ts";

test("what was stored comes back, and whatever else lies there does not", () => {
  const views = [{ name: "errors", search: "?levels=error" }];
  expect(parseSavedViews(JSON.stringify(views))).toEqual(views);
  expect(parseSavedViews(null)).toEqual([]);
  expect(parseSavedViews("{half")).toEqual([]);
  expect(parseSavedViews(JSON.stringify([null, 3, { name: "", search: "" }, { name: "x", search: "//evil" }]))).toEqual(
    [],
  );
});

test("one of the same name gives way, and of too many the oldest", () => {
  const one = { name: "a", search: "?q=1" };
  expect(withView([one, { name: "b", search: "" }], { name: "a", search: "?q=2" })).toEqual([
    { name: "b", search: "" },
    { name: "a", search: "?q=2" },
  ]);
  const many = Array.from({ length: MOST_VIEWS }, (_, n) => ({ name: `v${n}`, search: "" }));
  expect(
    withView(many, one)
      .map(({ name }) => name)
      .at(0),
  ).toBe("v1");
});
