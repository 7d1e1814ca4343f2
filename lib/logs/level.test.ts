import fs from "node:fs";
import { describe, expect, test } from "vitest";
import { parseFields } from "./fields.ts";
import { levelOf } from "./level.ts";

const of = (text: string, priority: number | null = null) => levelOf({ text, fields: parseFields(text), priority });

describe("by what wrote it", () => {
  test.each([
    ["pino", '{"level":50,"time":1700000000000,"msg":"db down"}', "error"],
    ["pino trace", '{"level":10,"msg":"x"}', "trace"],
    ["bunyan", '{"name":"a","level":40,"msg":"slow","v":0}', "warn"],
    ["winston", '{"level":"warn","message":"info about error"}', "warn"],
    ["winston http", '{"level":"http","message":"GET /"}', "info"],
    ["zap", '{"level":"dpanic","ts":1700000000.1,"caller":"a.go:1","msg":"x"}', "fatal"],
    ["slog json", '{"time":"2026-11-21T12:00:00Z","level":"DEBUG","msg":"error"}', "debug"],
    ["slog text", 'time=2026-11-21T12:00:00Z level=ERROR msg="it broke"', "error"],
    ["ecs", '{"@timestamp":"x","log":{"level":"WARN"},"message":"x"}', "warn"],
    ["google", '{"severity":"CRITICAL","message":"x"}', "fatal"],
    ["logfmt", "level=warning msg=slow took=3s", "warn"],
    ["klog", "E1121 12:00:00.000000       1 main.go:5] cannot list", "error"],
    ["klog info", 'I1121 12:00:00.000000       1 main.go:5] "error"', "info"],
    ["python", "2026-11-21 12:00:00,123 - root - WARNING - low disk", "warn"],
    ["python short", "CRITICAL:root:gone", "fatal"],
    ["nginx", "2026/11/21 12:00:00 [error] 7#7: *1 connect() failed", "error"],
    ["nginx crit", "2026/11/21 12:00:00 [emerg] 1#1: bind() failed", "fatal"],
    ["log4j", "2026-11-21 12:00:00.123  INFO 1 --- [main] o.s.b.App : Started", "info"],
    ["postgres", "2026-11-21 12:00:00.123 UTC [1] FATAL:  role does not exist", "fatal"],
    ["coloured", "\x1b[33mwarn\x1b[39m: something", "warn"],
    ["rust", "2026-11-21T12:00:00Z DEBUG hyper: flushed", "debug"],
    ["node", "TypeError: Cannot read properties of undefined", "error"],
    ["traceback", "Traceback (most recent call last):", "error"],
    ["npm", "npm warn deprecated x", "warn"],
    ["go panic", "panic: runtime error: index out of range", "fatal"],
  ])("%s", (_name, text, level) => {
    expect(of(text)).toBe(level);
  });
});

test.each(["Server listening on 3000", "0 errors, 0 found", "GET /error_log 200", "constructor", "toString: x", ""])(
  "%j says no level",
  (text) => expect(of(text)).toBeNull(),
);

test("the journal's priority counts, but what it gives to everything does not hide the line's own word", () => {
  expect(of("all is well", 3)).toBe("error");
  expect(of("ERROR in a unit", 6)).toBe("error");
  expect(of("plain", 6)).toBe("info");
  expect(of("ERROR as it may say", 4)).toBe("warn");
  expect(of('{"level":"info","msg":"x"}', 3)).toBe("info");
});

test("levels of lines as many programs write them: the rate that is told is kept", () => {
  const fixture = fs.readFileSync(new URL("fixtures/levels.tsv", import.meta.url), "utf8");
  const lines = fixture
    .trim()
    .split("\n")
    .map((line) => line.split("\t") as [string, string]);
  const wrong = lines.flatMap(([level, text]) => {
    const found = levelOf({ text, fields: parseFields(text), priority: null }) ?? "none";
    return found === level ? [] : [`${level}, not ${found}: ${text.slice(0, 90)}`];
  });
  expect(lines.length).toBeGreaterThan(60);
  expect(wrong).toEqual([]);
});

test("levels of lines that programs have really written: 207 of 211", () => {
  const fixture = fs.readFileSync(new URL("fixtures/levels-recorded.tsv", import.meta.url), "utf8");
  const lines = fixture.trimEnd().split("\n");
  const wrong = lines.flatMap((line) => {
    const [program, level, text = ""] = line.replaceAll("\\x1b", "\x1b").split("\t");
    const found = levelOf({ text, fields: parseFields(text), priority: null }) ?? "none";
    return found === level ? [] : [`${program}: ${level}, not ${found}`];
  });
  expect(lines.length).toBe(211);
  // npm's own names before a colon, where an address may stand; an arrow is many things
  expect(wrong).toEqual([
    "winston-simple: info, not none",
    "winston-printf: info, not none",
    "consola-fancy: trace, not none",
    "npmlog: debug, not none",
  ]);
});
