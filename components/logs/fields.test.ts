import { expect, test } from "vitest";
import { fieldRows, fieldValue, messageOf } from "./fields.ts";

const LINE = { level: 50, msg: "send failed", req: { id: "c81f", "x.y": 1 }, ok: true, none: null, list: [1, 2] };

test("nested values have paths, and each its kind", () => {
  expect(fieldRows(LINE)).toEqual([
    { path: "level", shown: "50", value: "50", kind: "number" },
    { path: "msg", shown: '"send failed"', value: "send failed", kind: "text" },
    { path: "req.id", shown: '"c81f"', value: "c81f", kind: "text" },
    { path: "req.x.y", shown: "1", value: "1", kind: "number" },
    { path: "ok", shown: "true", value: "true", kind: "word" },
    { path: "none", shown: "null", value: "null", kind: "word" },
    { path: "list", shown: "[1,2]", value: "[1,2]", kind: "word" },
  ]);
});

test("every row's value is found by its path", () => {
  for (const { path, value } of fieldRows(LINE)) expect(fieldValue(LINE, path)).toBe(value);
  expect(fieldValue(LINE, "req.no")).toBeNull();
  expect(fieldValue(LINE, "msg.length")).toBeNull();
  expect(fieldValue({}, "constructor")).toBeNull();
});

test("a huge object is cut, a deep one is written out", () => {
  expect(fieldRows(Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`k${n}`, n])))).toHaveLength(200);
  let deep: Record<string, unknown> = { end: 1 };
  for (let n = 0; n < 50; n++) deep = { a: deep };
  expect(fieldRows(deep)).toHaveLength(1);
});

test("the message comes first, what has its own column is left out", () => {
  expect(messageOf(LINE)).toEqual({ message: "send failed", rest: 'req={"id":"c81f","x.y":1} ok=true list=[1,2]' });
  expect(messageOf({ a: 1 })).toBeNull();
  expect(messageOf({ msg: "" })).toBeNull();
});
