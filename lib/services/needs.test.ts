import { expect, test } from "vitest";
import { completeRecord } from "#lib/supervisors/fake/record.ts";
import { compare, seenOf } from "./events/compare.ts";
import { History } from "./history.ts";
import { needsOf } from "./needs.ts";
import type { Service } from "./service.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();

function service(name: string, more: Partial<Service>): Service {
  return {
    ...completeRecord({ name }, "docker"),
    id: `local/docker/${name}`,
    stale: null,
    pending: null,
    since: ago(8),
    ...more,
  } as unknown as Service;
}

/** What two looks at a service show whose supervisor counts its restarts. */
function between(before: number, after: number, by: string | null = null) {
  const seen = (restarts: number) => completeRecord({ name: "loop", restarts, since: null }, "docker");
  const record = seen(after);
  const asked = by === null ? null : { action: "restart", actor: by };
  const now = seenOf(record, "docker");
  return compare(seenOf(seen(before), "docker"), { record, now }, { at: ago(0), asked, missed: false });
}

test("failed, then restarting, then unhealthy; newest first within each; what is fine needs nobody", () => {
  const needs = needsOf(
    [
      service("fine", {}),
      service("unhealthy", { health: "unhealthy" }),
      service("old", { state: "failed", since: ago(60) }),
      service("new", { state: "failed", since: ago(1) }),
      service("loop", { state: "restarting", restarts: 4 }),
      service("stopped", { state: "stopped" }),
    ],
    new History(),
    NOW,
  );
  expect(needs.map((n) => n.service.split("/")[2])).toEqual(["new", "old", "loop", "unhealthy"]);
  expect(needs[2]).toMatchObject({ kind: "restarting", what: "4 restarts" });
});

test("who shows a login code waits for a person, between restarting and unhealthy; what is broken goes first", () => {
  const code = { kind: "whatsapp", since: ago(22), every: 20 } as const;
  const needs = needsOf(
    [
      service("unhealthy", { health: "unhealthy" }),
      service("worker", { code }),
      service("plain", { code: { ...code, kind: "text", every: null }, health: "unhealthy", since: ago(1) }),
      service("broken", { code, state: "failed" }),
      service("loop", { code, state: "restarting", restarts: 4 }),
      service("gone", { code, stale: ago(1) }),
    ],
    new History(),
    NOW,
  );
  expect(needs.map(({ service: id, kind }) => [id.split("/")[2], kind])).toEqual([
    ["broken", "failed"],
    ["loop", "restarting"],
    ["plain", "code"],
    ["worker", "code"],
    ["unhealthy", "unhealthy"],
  ]);
  expect(needs[3]).toMatchObject({
    ...{ what: "waits for login", since: ago(22), action: null },
    why: "WhatsApp login code in its log, renewed every 20 s. Nobody has scanned it yet.",
  });
  expect(needs[2]).toMatchObject({ what: "shows a code", why: "QR code in its log. Nobody has scanned it yet." });
});

test("a loop shows by the counter although every look finds it running", () => {
  const history = new History();
  const look = (restarts: number, at: number) => {
    history.note("local/docker/loop", between(restarts - 1, restarts), "running", at);
  };
  for (let n = 1; n <= 5; n += 1) look(n, NOW - (6 - n) * 60_000);
  expect(needsOf([service("loop", { restarts: 5 })], history, NOW)).toMatchObject([
    { kind: "restarting", what: "5 restarts in 5 min", evidence: [{ kind: "restart" }, {}, {}, {}, {}] },
  ]);
  expect(needsOf([service("loop", { restarts: 5 })], history, NOW + 3_600_000)).toEqual([]);
});

test("what a person has restarted again and again is no loop", () => {
  const history = new History();
  for (let n = 1; n <= 5; n += 1) history.note("local/docker/calm", between(n - 1, n, "mara"), "running", NOW);
  expect(needsOf([service("calm", { restarts: 5 })], history, NOW)).toEqual([]);
  expect(history.of("local/docker/calm", NOW).length).toBe(5);
});

test("one restart is one restart", () => {
  expect(
    needsOf([service("x", { state: "restarting", restarts: 1, since: ago(0) })], new History(), NOW)[0]?.what,
  ).toBe("1 restart");
});

test("a counter that went down is a new beginning", () => {
  const history = new History();
  history.note("x", between(9, 0), "running", NOW);
  expect(history.restarts("x", 60_000, NOW).count).toBe(0);
});

test("what is being acted on, or was read before its daemon went away, is not called out", () => {
  const pending = { action: "restart" as const, since: ago(0), actor: "mara" };
  expect(
    needsOf(
      [service("a", { state: "failed", pending }), service("b", { state: "failed", stale: ago(3) })],
      new History(),
      NOW,
    ),
  ).toEqual([]);
});

test("the remedy is offered only where it may be done", () => {
  expect(needsOf([service("a", { state: "failed", actions: [] })], new History(), NOW)[0]?.action).toBeNull();
  expect(needsOf([service("a", { state: "failed", actions: ["start"] })], new History(), NOW)[0]?.action).toBe("start");
});

test("a failure that nothing will restart says so, once", () => {
  const policy = { policy: "no" as const, delay: null, limit: null, window: null };
  const why = (reason: string) =>
    needsOf([service("a", { state: "failed", reason, restartPolicy: policy })], new History(), NOW)[0]?.why;
  expect(why("Exit 1")).toBe("Exit 1. Not set to restart.");
  expect(why("Exit 1. Not set to restart.")).toBe("Exit 1. Not set to restart.");
});
