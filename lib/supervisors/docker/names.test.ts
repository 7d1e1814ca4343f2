import { expect, test } from "vitest";
import { checkName, containerPath } from "./names.ts";

test.each(["web", "wa-scheduler_api.1", "0", "A.b-c_d"])("%s is a name", (name) => {
  expect(() => checkName(name)).not.toThrow();
});

test.each(["", "-f", ".x", "../info", "a/b", "a b", "a\n", "ä", "a%2f", "x".repeat(256)])("%s is none", (name) => {
  expect(() => checkName(name)).toThrow(expect.objectContaining({ reason: "invalid_name" }));
});

test.each(["../info", "", "a".repeat(11), "A".repeat(64), "a".repeat(65), `${"a".repeat(12)}/..`])(
  "%s never becomes a path",
  (id) => {
    expect(() => containerPath(id, "json")).toThrow(expect.objectContaining({ reason: "invalid_name" }));
  },
);

test("an id becomes a path", () => {
  expect(containerPath("abcdef012345", "json")).toBe("/containers/abcdef012345/json");
});
