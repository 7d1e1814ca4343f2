import { expect, test } from "vitest";
import { compileRegex } from "./regex-engine.ts";

test("finds every match, in its case or in any", () => {
  expect(compileRegex("get /\\w+", false).find("GET /a get /bc")).toEqual([
    [0, 6],
    [7, 14],
  ]);
  expect(compileRegex("get", true).test("GET")).toBe(false);
});

test("places are those of the text, beside characters of two units too", () => {
  expect(compileRegex("b", true).find("😀b")).toEqual([[2, 3]]);
});

test("an expression that matches nothing everywhere marks nothing", () => {
  expect(compileRegex("x*", true).find("aaa")).toEqual([]);
});

test("what would take forever elsewhere is answered", () => {
  expect(compileRegex("(a+)+$", true).test(`${"a".repeat(10_000)}!`)).toBe(false);
});

test("half an expression is refused", () => {
  expect(() => compileRegex("(a", true)).toThrow();
});
