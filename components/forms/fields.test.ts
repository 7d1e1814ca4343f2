import { describe, expect, test } from "vitest";
import { configOf, type Field, valuesOf } from "./fields.ts";

const FIELDS: Field[] = [
  { name: "url", label: "Address" },
  { name: "contains", label: "Holds", nullable: true },
  { name: "minutes", label: "Silent for", type: "span", unit: 60, usual: 600 },
  { name: "over", label: "Over", type: "percent", nullable: true },
  { name: "count", label: "Times", type: "number" },
  { name: "command", label: "Command", type: "lines" },
  { name: "headers", label: "Headers", type: "pairs" },
  { name: "verify", label: "Verify", type: "flag", usual: true },
  { name: "states", label: "States", type: "choices", usual: ["failed"] },
];

const KEPT = {
  url: "https://a.example/",
  contains: null,
  minutes: 15,
  over: 0.855,
  count: 3,
  command: ["test", "-f", "/tmp/a b"],
  headers: { "X-One": "a: b" },
  verify: false,
  states: ["stopped"],
};

describe("a form as a table", () => {
  test("what is kept comes back as it was", () => {
    const values = valuesOf(FIELDS, KEPT);
    expect(values).toMatchObject({ minutes: 900, over: "85.5", command: "test\n-f\n/tmp/a b", headers: "X-One: a: b" });
    expect(configOf(FIELDS, values)).toEqual(KEPT);
  });

  test("something new begins with what is usual, and leaves out what nobody typed", () => {
    const values = valuesOf(FIELDS, null);
    expect(configOf(FIELDS, values)).toEqual({
      contains: null,
      minutes: 10,
      over: null,
      command: [],
      headers: {},
      verify: true,
      states: ["failed"],
    });
  });

  test("what is kept without a field does not take the usual value of a new one", () => {
    expect(valuesOf(FIELDS, { url: "https://a.example/" })).toMatchObject({ minutes: null, verify: false, states: [] });
  });
});
