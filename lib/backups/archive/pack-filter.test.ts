import { describe, expect, test } from "vitest";
import { literalPattern, pathFilter } from "./pack-filter.ts";
import { pathOf } from "./tar-name.ts";

describe("an exclude", () => {
  test.each([
    ["node_modules", "a/node_modules/b.js", false],
    ["node_modules", "a/node_modules2", true],
    ["*.log", "a/b.log", false],
    ["/cache", "cache/a", false],
    ["/cache", "a/cache", true],
    ["a/b", "a/b/c", false],
    ["a/b", "x/a/b", true],
    ["**/tmp/*.txt", "x/y/tmp/a.txt", false],
    ["**/tmp/*.txt", "tmp/a.txt", false],
    ["a/**/z", "a/b/c/z", false],
    ["a/**/z", "a/z", false],
    ["[ab]?.db", "b1.db", false],
    ["[!ab]?.db", "b1.db", true],
    ["[a-c].db", "b.db", false],
    ["\\*", "*", false],
    ["\\*", "a", true],
    ["tmp/", "tmp", true],
    ["tmp/", "tmp/a", false],
  ])("%s and %s", (pattern, path, isTaken) => {
    expect(pathFilter([], [pattern]).takes(path, false)).toBe(isTaken);
  });

  test("that is for folders leaves one out whole", () => {
    expect(pathFilter([], ["tmp/"]).prunes("a/tmp")).toBe(true);
    expect(pathFilter([], ["tmp/*"]).prunes("tmp")).toBe(false);
  });
});

describe("includes", () => {
  const filter = pathFilter(["/data/db", "*.conf"], ["secret.conf"]);

  test.each([
    ["data/db/x", true],
    ["data/other", false],
    ["etc/a.conf", true],
    ["etc/secret.conf", false],
  ])("%s", (path, isTaken) => expect(filter.takes(path, false)).toBe(isTaken));

  test("keep the folders on the way, and no others", () => {
    const tied = pathFilter(["/data/db"], []);
    expect(tied.takes("data", true)).toBe(true);
    expect(tied.prunes("data")).toBe(false);
    expect(tied.prunes("other")).toBe(true);
    expect(tied.prunes("data/other")).toBe(true);
  });
});

test("a pattern and a path made to be slow come to an end", () => {
  // tried in every way they would outlive the machine
  const filter = pathFilter([], [`${"a*".repeat(200)}b`, `${"**/a/".repeat(100)}b`]);
  expect(filter.takes("a".repeat(4000), false)).toBe(true);
  expect(filter.takes("a/".repeat(2000), false)).toBe(true);
});

test.each([
  ["srv/[old]/data", "srv/o/data"],
  ["a*", "ab"],
  ["a?b", "acb"],
  ["with space ", "with space"],
  ["back\\slash", "backslash"],
])("the pattern of %s fits it and nothing else", (name, other) => {
  const filter = pathFilter([], [literalPattern(name)]);
  expect(filter.takes(pathOf(Buffer.from(name)), true)).toBe(false);
  expect(filter.takes(other, true)).toBe(true);
  expect(filter.takes(`below/${pathOf(Buffer.from(name))}`, true)).toBe(true);
});
