import { describe, expect, test } from "vitest";
import { compilePattern } from "./pattern.ts";
import { parseSelection, parseTime } from "./query.ts";

const NOW = Date.parse("2026-11-21T12:00:00.000Z");
const parse = (raw: Parameters<typeof parseSelection>[0]) => parseSelection(raw, NOW);

test("what is not given", () => {
  expect(parse({})).toEqual({
    ...{ tail: 500, since: null, until: null, q: null, regex: null, level: null },
    ...{ stream: null, follow: false, before: null, after: null },
    ...{ isNewestFirst: false, markers: false, progress: false },
  });
  expect(parse({ after: "x" }).tail).toBeNull();
});

test.each([
  ["15m", "2026-11-21T11:45:00.000Z"],
  ["1h30m", "2026-11-21T10:30:00.000Z"],
  ["7d", "2026-11-14T12:00:00.000Z"],
  ["0.5s", "2026-11-21T11:59:59.500Z"],
  ["2026-11-21T14:00:00.123456789+02:00", "2026-11-21T12:00:00.123456789Z"],
  ["2026-11-21 12:00:00Z", "2026-11-21T12:00:00.000Z"],
])("%s is %s", (text, time) => expect(parseTime(text, NOW)).toBe(time));

test.each([
  ["tail", "-1"],
  ["tail", "1e3"],
  ["tail", "99999999"],
  ["since", "yesterday"],
  ["since", "2026-13-01T00:00:00Z"],
  ["since", "2026-02-30T00:00:00Z"],
  ["since", "2026-02-29T23:00:00-05:00"],
  ["since", "15"],
  ["until", "2026-11-21"],
  ["level", "loud"],
  ["stream", "both"],
  ["follow", "yes"],
  ["regex", "(a"],
  ["regex", "(?=a)"],
  ["regex", "(a)\\1"],
  ["regex", "x".repeat(100_000)],
  ["regex", "((a{1,100}){1,100}){1,100}"],
  ["q", "x".repeat(1001)],
])("a wrong %s is a clear error (case %#)", (path, value) => {
  expect(() => parse({ [path]: value })).toThrow(
    expect.objectContaining({ code: "validation", problems: [{ path, message: expect.stringMatching(/\w{3,}/) }] }),
  );
});

test("every wrong parameter is named at once", () => {
  expect(() => parse({ tail: "x", level: "y", since: "1m", until: "2m" })).toThrow(
    expect.objectContaining({
      problems: [
        { path: "tail", message: expect.any(String) },
        { path: "level", message: expect.any(String) },
        { path: "until", message: "is earlier than since" },
      ],
    }),
  );
});

describe("expressions", () => {
  test("RE2 syntax", () => {
    expect(compilePattern("(?i)time(out|r)").test("a TIMEOUT")).toBe(true);
    expect(compilePattern("^\\d+$").test("12a")).toBe(false);
  });

  test("one that would hang another engine comes to an end, however long the line", () => {
    const text = `${"a".repeat(256 * 1024)}!`;
    for (const source of ["(a+)+$", "(a|a)*b$", "(.*)(.*)(.*)b$", "(?:a?){30}a{30}b"])
      expect(compilePattern(source).test(text), source).toBe(false);
  });
});
