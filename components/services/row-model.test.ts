import { describe, expect, test } from "vitest";
import type { Service } from "#lib/services/service.ts";
import { exitNote, rowModel, splitName } from "./row-model.ts";
import { aNeed, aService } from "./testing.ts";

const GB = 1024 ** 3;
const AT = "2025-11-14T14:19:22.000Z";
const exit = (over: Partial<NonNullable<Service["lastExit"]>>) => ({
  lastExit: { code: null, signal: null, oomKilled: false, at: AT, ...over },
});

describe("row", () => {
  test("running is quiet: no word, its uptime, restarts and ports", () => {
    const service = aService("caddy.service", {
      restarts: 2,
      ports: [{ protocol: "tcp", address: "::", port: 80, target: null }],
    });
    expect(rowModel(service, null)).toEqual({
      mark: "running",
      word: null,
      tone: "plain",
      since: service.since,
      ago: false,
      note: null,
      restarts: 2,
      ports: [":80"],
      off: false,
      wide: false,
    });
  });

  test("failed says when and why, and keeps its limit in sight", () => {
    const service = aService("mongod.service", {
      state: "failed",
      cpu: null,
      memory: { used: 0, limit: GB },
      ...exit({ signal: "SIGKILL", oomKilled: true }),
    });
    expect(rowModel(service, aNeed(service))).toMatchObject({
      mark: "failed",
      word: "Failed",
      tone: "fail",
      ago: true,
      note: "killed at 1 GB limit",
      restarts: null,
      wide: false,
    });
  });

  test("a restart loop is told by the server's count, also while it is up for a moment", () => {
    const service = aService("cosyworld", { supervisor: "pm2", ...exit({ code: 1 }) });
    const need = aNeed(service, { kind: "restarting", what: "17 restarts in 12 min" });
    expect(rowModel(service, need)).toMatchObject({
      mark: "restarting",
      word: "17 restarts in 12 min",
      tone: "fail",
      since: null,
      note: "exit 1",
      restarts: null,
    });
  });

  test("unhealthy has the time since when it is, not since when it runs", () => {
    const service = aService("umami", { supervisor: "docker", health: "unhealthy" });
    expect(rowModel(service, aNeed(service, { kind: "unhealthy", since: AT }))).toMatchObject({
      mark: "unhealthy",
      word: "Unhealthy",
      tone: "warn",
      since: AT,
      restarts: 0,
    });
    expect(rowModel(service, null).since).toBeNull();
  });

  test("an action under way comes before everything else", () => {
    const service = aService("api", { state: "failed", pending: { action: "restart", since: AT, actor: "mara" } });
    expect(rowModel(service, aNeed(service))).toMatchObject({
      mark: "starting",
      word: "Restarting",
      since: AT,
      note: "asked by mara",
      ports: [],
      wide: true,
    });
  });

  test("stopped containers say their exit, units do not", () => {
    const over = { state: "stopped", cpu: null, memory: null, ...exit({ code: 0 }) } as const;
    expect(rowModel(aService("registry", { supervisor: "docker", ...over }), null)).toMatchObject({
      mark: "stopped",
      word: "Exited (0)",
      tone: "off",
      off: true,
      wide: true,
    });
    expect(rowModel(aService("a.service", over), null).word).toBe("Stopped");
  });

  test.each([
    ["starting", "Starting"],
    ["stopping", "Stopping"],
    ["paused", "Paused"],
    ["unknown", "Not known"],
    ["restarting", "Waits to restart"],
  ] as const)("%s never looks like running", (state, word) => {
    const model = rowModel(aService("x", { state }), null);
    expect(model.word).toBe(word);
    expect(model.mark).toBe(state);
  });

  test("running with its health not known yet is not fine yet", () => {
    expect(rowModel(aService("x", { health: "starting" }), null)).toMatchObject({ mark: "starting", word: "Starting" });
  });
});

describe("exit note", () => {
  test.each([
    [exit({ code: 137 }), "exit 137"],
    [exit({ code: 0 }), null],
    [exit({ signal: "SIGSEGV", code: 139 }), "killed by SIGSEGV"],
    [{ ...exit({ oomKilled: true }), memory: null }, "killed, out of memory"],
    [{}, null],
  ])("%j", (over, note) => {
    expect(exitNote(aService("x", over))).toBe(note);
  });
});

test("only a unit's .service is set apart, and never the whole name", () => {
  expect(splitName(aService("a@b.service"))).toEqual({ name: "a@b", suffix: ".service" });
  expect(splitName(aService("restic.timer"))).toEqual({ name: "restic.timer", suffix: "" });
  expect(splitName(aService(".service"))).toEqual({ name: ".service", suffix: "" });
  expect(splitName(aService("x.service", { supervisor: "docker" }))).toEqual({ name: "x.service", suffix: "" });
});

test("a service that shows a code waits for a person, as long as it runs", () => {
  const code = { kind: "whatsapp" as const, since: "2025-11-14T14:10:00.000Z", every: 20 };
  const asking = aService("worker", { code, health: "unhealthy" });
  expect(rowModel(asking, null)).toMatchObject({ mark: "human", word: "QR waiting", since: code.since });
  expect(rowModel({ ...asking, state: "failed" }, null).mark).toBe("failed");
});
