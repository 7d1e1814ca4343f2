import { expect, test } from "vitest";
import { parseFields } from "./fields.ts";

test("JSON objects and logfmt", () => {
  expect(parseFields('{"a":1,"b":{"c":[2]}}')).toEqual({ a: 1, b: { c: [2] } });
  expect(parseFields('level=info msg="a \\"b\\" c" took=12ms empty=')).toEqual({
    level: "info",
    msg: 'a "b" c',
    took: "12ms",
    empty: "",
  });
});

test.each([
  "[1,2]",
  "{not json}",
  '{"cut":"off',
  "x = y and z = 1",
  "a=1",
  "sentence with a=1 b=2",
  "a=1 b=2 and more",
  `{"a":${"[".repeat(300)}${"]".repeat(300)}}`,
])("%s is text", (text) => expect(parseFields(text)).toBeNull());

test("keys that mean something to an object do no harm", () => {
  const fields = parseFields("__proto__=x constructor=y")!;
  expect(Object.keys(fields)).toEqual(["__proto__", "constructor"]);
  expect(Object.getPrototypeOf(fields)).toBe(Object.prototype);
});
