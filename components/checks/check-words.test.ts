import { describe, expect, test } from "vitest";
import type { CheckKind } from "#lib/checks/shapes.ts";
import { latencyWords, markOfCheck, resultWords, targetOf, uptimeWords } from "./check-words.ts";

const target = (kind: CheckKind, config: Record<string, unknown>) =>
  targetOf({ kind, config, every: 86_400, timeout: 300 });

describe("what a row says of a check", () => {
  test.each([
    ["http", { method: "HEAD", url: "https://a.example/" }, "HEAD https://a.example/"],
    ["tcp", { host: "127.0.0.1", port: 5432 }, "127.0.0.1:5432"],
    ["tcp", { host: "::1", port: 80 }, "[::1]:80"],
    ["command", { command: ["test", "-f", "/tmp/it's here"] }, "test -f '/tmp/it'\\''s here'"],
    ["silent", { minutes: 15, matching: null }, "silent for 15 min"],
    ["silent", { minutes: 90, matching: "tick" }, "silent for 1 h, matching tick"],
    ["prints", { pattern: "ready", within: 30 }, "ready within 30 s of its start"],
    ["heartbeat", { cron: null, timezone: "UTC" }, "every 1 d, 5 min of grace"],
    ["heartbeat", { cron: "0 3 * * *", timezone: "Europe/Paris" }, "0 3 * * * Europe/Paris, 5 min of grace"],
  ] as const)("%s %j", (kind, config, words) => expect(target(kind, config)).toBe(words));

  test("a paused check is neither up nor down", () => {
    expect(markOfCheck({ state: "down", enabled: false }).word).toBe("Paused");
    expect(markOfCheck({ state: "down", enabled: true }).word).toBe("Down");
  });

  test("a beginning is not counted as a result", () => {
    const result = (state: "up" | "down" | "started") => ({ at: "", state, latency: null, message: null });
    expect(resultWords([result("started")])).toBe("no result yet");
    expect(resultWords([result("up"), result("started"), result("down")])).toBe("1 of 2 up");
  });

  test("less than all is never rounded up to all", () => {
    expect([1, 0.99999, 0.9994, 0.5, 0].map(uptimeWords)).toEqual(["100 %", "99.99 %", "99.94 %", "50.0 %", "0.0 %"]);
    expect([84, 999, 2400].map(latencyWords)).toEqual(["84 ms", "999 ms", "2.4 s"]);
  });
});
