import { describe, expect, test } from "vitest";
import { exitSaying } from "./exit-words.ts";
import { aNeed, aService } from "./testing.ts";

const NOW = Date.parse("2025-11-14T14:32:08.000Z");
const AT = "2025-11-14T14:10:00.800Z";
const exit = { code: null, signal: null, oomKilled: false, at: AT };

describe("nothing to say", () => {
  test.each([
    ["it never ended", {}],
    ["it was asked to end", { lastExit: { ...exit, signal: "SIGTERM" } }],
    ["it ended with success", { lastExit: { ...exit, code: 0 } }],
    ["its shell says it was asked to", { lastExit: { ...exit, code: 143 } }],
    ["long ago", { lastExit: { ...exit, code: 1, at: "2025-11-12T14:10:00.000Z" } }],
  ])("%s", (_, over) => {
    expect(exitSaying(aService("x", over), null, NOW)).toBeNull();
  });
});

test("an exit of today that was not asked for, and how it went on", () => {
  const service = aService("wa", {
    supervisor: "docker",
    since: "2025-11-14T14:10:02.000Z",
    memory: { used: 0, limit: 512 * 1024 ** 2 },
    lastExit: { ...exit, code: 137, oomKilled: true },
  });
  expect(exitSaying(service, null, NOW)).toEqual({
    tone: "fail",
    literal: "Exit 137",
    title: "Killed at its 512 MB memory limit",
    at: AT,
    after: "Docker started it again 1.2 s later.",
  });
});

test("failed says the reason that the board says", () => {
  const service = aService("mongod.service", { state: "failed", lastExit: { ...exit, signal: "SIGKILL" } });
  const need = aNeed(service, { why: "Killed (`oom-kill`). Not set to restart." });
  expect(exitSaying(service, need, NOW)).toMatchObject({
    literal: "SIGKILL",
    title: "Killed (`oom-kill`). Not set to restart",
    after: "",
  });
});

test("failed without any exit known", () => {
  const service = aService("x.service", { state: "failed", nativeState: "failed (resources)" });
  expect(exitSaying(service, null, NOW)).toMatchObject({ literal: "Failed", title: "failed (resources)", at: null });
});

test("a restart loop tells its count, also while it is up for a moment", () => {
  const service = aService("cosy", { supervisor: "pm2", lastExit: { ...exit, code: 1 } });
  const need = aNeed(service, { kind: "restarting", what: "17 restarts in 12 min", why: "Exit 1: `refused`." });
  expect(exitSaying(service, need, NOW)).toMatchObject({
    literal: "Exit 1",
    title: "Exit 1: `refused`",
    after: "17 restarts in 12 min.",
  });
});

test("unhealthy is a warning with its own time", () => {
  const service = aService("umami", { supervisor: "docker", health: "unhealthy" });
  const need = aNeed(service, { kind: "unhealthy", why: "Timed out 5 times.", since: AT });
  expect(exitSaying(service, need, NOW)).toMatchObject({
    tone: "warn",
    literal: "Unhealthy",
    title: "Timed out 5 times",
    at: AT,
  });
});
