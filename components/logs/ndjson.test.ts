import fc from "fast-check";
import { expect, test } from "vitest";
import { createLineParser } from "./ndjson.ts";

test("gives a value when its line is complete", () => {
  const parse = createLineParser();
  expect(parse('{"a":')).toEqual([]);
  expect(parse('1}\n{"a":2}\n{"a"')).toEqual([{ a: 1 }, { a: 2 }]);
  expect(parse(":3}\n")).toEqual([{ a: 3 }]);
});

test("blank lines are heartbeats and foreign text is left out", () => {
  expect(createLineParser()('\n\n{"a":1}\n<html>\n \n{"a":2}\n')).toEqual([{ a: 1 }, { a: 2 }]);
});

test("however it is cut, the values are the same", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.array(fc.nat(40)), (values, cuts) => {
      const text = values.map((value) => `${JSON.stringify(value)}\n`).join("");
      const parse = createLineParser();
      const got: unknown[] = [];
      let at = 0;
      for (const cut of cuts) {
        got.push(...parse(text.slice(at, at + cut)));
        at += cut;
      }
      got.push(...parse(text.slice(at)));
      expect(got).toEqual(JSON.parse(JSON.stringify(values)));
    }),
  );
});
