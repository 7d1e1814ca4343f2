import { expect, test } from "vitest";
import { parseAssignment, parseEnvironmentFile } from "./environment-file.ts";

test.each([
  ["A=1\nB=two words \n", { A: "1", B: "two words" }],
  ["# A=1\n; B=2\n\n  C=3", { C: "3" }],
  ['A=\'single $x \\n\'\nB="double \\"q\\" \\n"', { A: "single $x \\n", B: 'double "q" \\n' }],
  ["A=one\\\ntwo\nB=x", { A: "onetwo", B: "x" }],
  ['A="line\nline"\nB=x', { A: "line\nline", B: "x" }],
  ["A=\nB=' keeps '", { A: "", B: " keeps " }],
  ["A=x=y=z\nno assignment\n1BAD=x\nexport C=1", { A: "x=y=z" }],
  ["A=1\nA=2", { A: "2" }],
  ["A='never closed", { A: "never closed" }],
  ["", {}],
])("%j", (text, expected) => {
  expect(Object.fromEntries(parseEnvironmentFile(text).map(({ name, value }) => [name, value]))).toEqual(expected);
});

test("assignments as systemd gives them", () => {
  expect(parseAssignment("A=b=c")).toEqual({ name: "A", value: "b=c" });
  expect(parseAssignment("nothing")).toBeNull();
});
