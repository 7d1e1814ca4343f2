import { expect, test } from "vitest";
import { flatten, matchesProperty } from "./flatten.ts";

test("nested properties become paths, plain lists one row, empty ones none", () => {
  expect(
    flatten({
      Id: "abc",
      HostConfig: { Memory: 512, Binds: ["a:/a", "b:/b"], Empty: {}, None: null, Blank: "", List: [] },
      Mounts: [{ Name: "x" }, { Name: "y", RW: false }],
    }),
  ).toEqual([
    { path: "Id", value: "abc" },
    { path: "HostConfig.Memory", value: "512" },
    { path: "HostConfig.Binds", value: "a:/a\nb:/b" },
    { path: "Mounts[0].Name", value: "x" },
    { path: "Mounts[1].Name", value: "y" },
    { path: "Mounts[1].RW", value: "false" },
  ]);
});

test("nothing that is nested without end or has no end hangs it", () => {
  let deep: Record<string, unknown> = { end: 1 };
  for (let n = 0; n < 50; n += 1) deep = { deep };
  expect(flatten(deep)).toHaveLength(1);
  expect(flatten(Object.fromEntries(Array.from({ length: 9000 }, (_, n) => [`k${n}`, n])))).toHaveLength(3000);
});

test("every word is found in path or value", () => {
  const property = { path: "HostConfig.Memory", value: "512" };
  expect(["memory 512", "", "HOSTCONFIG"].map((q) => matchesProperty(property, q))).toEqual([true, true, true]);
  expect(matchesProperty(property, "memory 513")).toBe(false);
});
