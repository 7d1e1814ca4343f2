import { describe, expect, test } from "vitest";
import type { LogLine } from "#lib/logs/line.ts";
import { foldWords, isFoldedMatch, lineMatches, linePieces } from "./line-look.ts";
import { finderOf } from "./matching.ts";

const aLine = (text: string, more: Partial<LogLine> = {}): LogLine => ({
  cursor: "1",
  time: "2025-11-14T14:19:20.914Z",
  service: "local/docker/api",
  stream: "stdout",
  level: "info",
  text,
  ...more,
});
const find = (q: string) =>
  finderOf({ q, regex: false, matchCase: false }, () => {
    throw new Error("no expression here");
  });
const shown = (line: LogLine, q = "", open = false) => linePieces(line, find(q), open);
const words = (line: LogLine, q = "", open = false) =>
  shown(line, q, open)
    .map((piece) => (piece.hit ? `[${piece.text}]` : piece.text))
    .join("");

describe("text", () => {
  test("figures and addresses have their weight, errors are left as they are", () => {
    const text = "GET /api/heartbeat 200 in 4 ms from 127.0.0.1:80, b-22";
    expect(shown(aLine(text))).toEqual([
      { text: "GET ", hit: false },
      { text: "/api/heartbeat", quiet: true, hit: false },
      { text: " ", hit: false },
      { text: "200", strong: true, hit: false },
      { text: " in ", hit: false },
      { text: "4 ms", strong: true, hit: false },
      { text: " from ", hit: false },
      { text: "127.0.0.1:80", quiet: true, hit: false },
      { text: ", b-22", hit: false },
    ]);
    expect(shown(aLine(text, { level: "error" }))).toEqual([{ text, hit: false }]);
  });

  test("a stack trace is its first line until it is opened", () => {
    const line = aLine("Error: no\n  at a\n  at b");
    expect(words(line)).toBe("Error: no");
    expect(words(line, "", true)).toBe(line.text);
    expect(foldWords(line)).toBe("stack, 2 lines");
    expect(foldWords(aLine("usage:\n  -h help"))).toBe("1 more line");
    expect(foldWords(aLine("all of it"))).toBeNull();
    expect([isFoldedMatch(line, find("at b")), isFoldedMatch(line, find("no")), isFoldedMatch(line, null)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("a line of 256 KiB draws a little of it", () => {
    expect(words(aLine("x".repeat(262_144))).length).toBe(1200);
  });
});

describe("fields", () => {
  const text = '{"level":30,"msg":"send failed","req":{"id":"c81f"},"n":18}';
  const line = aLine(text, { fields: JSON.parse(text) as Record<string, unknown> });

  test("the message first, then the rest, which stands beneath when it is opened", () => {
    expect(words(line)).toBe('send failed  req={"id":"c81f"} n=18');
    expect(words(line, "", true)).toBe("send failed");
  });

  test("what is found is seen, wherever it is", () => {
    expect(words(line, "failed")).toBe('send [failed]  req={"id":"c81f"} n=18');
    expect(words(line, '"level":30')).toBe('{["level":30],"msg":"send failed","req":{"id":"c81f"},"n":18}');
    expect(words(line, "absent")).toBe('send failed  req={"id":"c81f"} n=18');
  });

  test("a field's value is found by its path", () => {
    expect(lineMatches(line, find("req.id:c81f")!)).toBe(true);
    expect(lineMatches(line, find("req.id:c8")!)).toBe(false);
    expect(words(line, "req.id:c81f")).toBe('send failed  req={"id":"[c81f]"} n=18');
  });
});

test("colours do not come between the letters of what is searched for", () => {
  const line = aLine("\u001b[31mcon\u001b[1mnect\u001b[0m failed");
  expect(lineMatches(line, find("connect")!)).toBe(true);
  expect(words(line, "connect")).toBe("[con][nect] failed");
});

test("a gap matches nothing", () => {
  expect(lineMatches(aLine("lines skipped", { gap: { lines: 3, reason: "" } }), find("lines")!)).toBe(false);
});
