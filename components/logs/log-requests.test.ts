import { describe, expect, test } from "vitest";
import type { LogLine } from "#lib/logs/line.ts";
import { askOf, logPath } from "./log-requests.ts";
import { type LogView, NO_FILTER } from "./log-view.ts";

const VIEW: LogView = { ...NO_FILTER, services: [], range: null };
const ONE = ["local/systemd/mongod.service"];
const paramsOf = (view: Partial<LogView>) => Object.fromEntries(askOf({ ...VIEW, ...view }, ONE).params);
const aLine = (more: Partial<LogLine>): LogLine => ({
  cursor: "1",
  time: "2025-11-14T14:19:20.914Z",
  service: ONE[0]!,
  stream: "stdout",
  level: "info",
  text: "",
  ...more,
});

describe("what the server is asked", () => {
  test("one service by its own address, several by theirs", () => {
    expect(logPath(askOf(VIEW, ONE), { tail: 500, follow: true })).toBe(
      "/api/v1/services/local/systemd/mongod.service/logs?tail=500&follow=1&markers=1",
    );
    expect(logPath(askOf(VIEW, ["a/b/c", "a/b/d"]), { before: "x&y" }, "/download")).toBe(
      "/api/v1/logs/download?service=a%2Fb%2Fc&service=a%2Fb%2Fd&before=x%26y",
    );
  });

  test("a range that ends does not go on", () => {
    const range = { since: "2025-11-14T14:00:00Z", until: "2025-11-14T15:00:00Z" };
    expect(askOf({ ...VIEW, range }, ONE).endless).toBe(false);
    expect(paramsOf({ range })).toEqual(range);
    expect(paramsOf({ range: { last: "30m" } })).toEqual({ since: "30m" });
  });

  test("the least of the levels shown, and a search only where nothing else is shown", () => {
    expect(paramsOf({ levels: ["error", "info"] })).toEqual({ level: "info" });
    expect(paramsOf({ levels: ["error", "debug"], q: "x" })).toEqual({});
    expect(paramsOf({ q: "x", only: true })).toEqual({ q: "x" });
    expect(paramsOf({ q: "a+", only: true, regex: true })).toEqual({ regex: "(?i)a+" });
    expect(paramsOf({ q: "a+", only: true, regex: true, matchCase: true })).toEqual({ regex: "a+" });
    expect(paramsOf({ fields: [{ path: "req.id", value: "c81f" }] })).toEqual({ q: "c81f" });
  });

  test("of a field's value a part that every way of writing it has in common", () => {
    const asked = (value: string) => paramsOf({ fields: [{ path: "msg", value }] }).q;
    expect(asked('said "no" to C:\\temp')).toBe(" to C:");
    expect(asked("/a/users?x<3")).toBe("users?x");
    expect(asked("first\nsecond line")).toBe("second line");
    expect(asked("Grüße aus Köln")).toBe("e aus K");
    expect(asked('"\n')).toBe('\\"\\n');
    expect(asked("x".repeat(5000))).toBe("x".repeat(200));
    expect(paramsOf({ q: 'msg:so "it" goes', only: true })).toEqual({ q: " goes" });
  });
});

describe("what is kept of the answer", () => {
  const keeps = (view: Partial<LogView>, line: Partial<LogLine>) => askOf({ ...VIEW, ...view }, ONE).keeps(aLine(line));

  test("the levels shown; a line without one is info, and a gap is never hidden", () => {
    expect(keeps({ levels: ["error", "debug"] }, { level: "info" })).toBe(false);
    expect(keeps({ levels: ["error", "debug"] }, { level: "fatal" })).toBe(true);
    expect(keeps({ levels: ["error", "debug"] }, { level: "trace" })).toBe(true);
    expect(keeps({ levels: ["error"] }, { level: null })).toBe(false);
    expect(keeps({ levels: ["error"] }, { gap: { lines: 3, reason: "" }, level: "warn" })).toBe(true);
  });

  test("a field has exactly its value", () => {
    const fields = [{ path: "req.id", value: "c81f" }];
    expect(keeps({ fields }, { fields: { req: { id: "c81f" } } })).toBe(true);
    expect(keeps({ fields }, { fields: { req: { id: "c81f0" } } })).toBe(false);
    expect(keeps({ fields }, { text: "c81f" })).toBe(false);
  });

  test("of a search that may mean a field, what has the text or the value", () => {
    const search = { q: "worker:started", only: true };
    expect(keeps(search, { text: "api started" })).toBe(false);
    expect(keeps(search, { text: "[worker:started] 3" })).toBe(true);
    expect(keeps(search, { text: '{"worker":"started"}', fields: { worker: "started" } })).toBe(true);
    expect(keeps({ q: "worker:started" }, { text: "api started" })).toBe(true);
  });

  test("an expression is left to the server", () => {
    expect(keeps({ q: "^a+$", only: true, regex: true }, { text: "b" })).toBe(true);
  });

  test("case counts where it was asked to", () => {
    expect(keeps({ q: "GET", only: true, matchCase: true }, { text: "get /" })).toBe(false);
    expect(keeps({ q: "GET", only: true, matchCase: true }, { text: "GET /" })).toBe(true);
  });
});
