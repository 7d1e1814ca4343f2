import { describe, expect, test } from "vitest";
import { completeRecord } from "#lib/supervisors/fake/record.ts";
import type { ServiceRecord } from "#lib/supervisors/supervisor.ts";
import { compare, seenOf, unseen } from "./compare.ts";

const AT = "2026-11-21T12:00:00.000Z";
const BEFORE = "2026-11-21T11:00:00.000Z";
const base = completeRecord({ name: "web", since: BEFORE, source: "web:1" }, "docker");
const exit = (code: number | null, signal: string | null = null, oomKilled = false) => ({
  lastExit: { code, signal, oomKilled, at: "2026-11-21T11:59:59.000Z" },
});
const looked = (
  before: Partial<ServiceRecord>,
  after: Partial<ServiceRecord>,
  { asked = null as { action: string; actor: string } | null, missed = false } = {},
) => {
  const record = { ...base, ...after };
  const seen = seenOf({ ...base, ...before }, "docker");
  return compare(seen, { record, now: seenOf(record, "docker") }, { at: AT, asked, missed });
};
const container = (id: string) => ({ instances: [{ id, pid: 1, state: "running", restarts: 0, since: null }] });
const mara = { action: "restart", actor: "mara" };

describe("what happened between two looks", () => {
  test.each<[string, Partial<ServiceRecord>, Partial<ServiceRecord>, object[]]>([
    ["nothing", {}, {}, []],
    ["figures of no weight", { title: "a" }, { title: "b" }, []],
    [
      "it failed",
      {},
      { state: "failed", ...exit(1), reason: "exit 1" },
      [{ kind: "exited", code: 1, reason: "exit 1", at: "2026-11-21T11:59:59.000Z" }],
    ],
    ["a signal", {}, { state: "failed", ...exit(null, "SIGSEGV") }, [{ kind: "exited", signal: "SIGSEGV" }]],
    [
      "memory",
      {},
      { state: "failed", memoryLimit: 4096, ...exit(137, null, true) },
      [{ kind: "exited", oomKilled: true, detail: { memoryLimit: 4096 } }],
    ],
    ["it ended with success", {}, { state: "stopped", ...exit(0) }, [{ kind: "stopped", code: 0 }]],
    [
      "seventeen crashes that nobody saw",
      { restarts: 3 },
      { restarts: 20, since: AT, ...exit(1) },
      [{ kind: "restarted", count: 17, code: 1 }],
    ],
    ["a counter that began anew", { restarts: 20 }, { restarts: 0, since: AT }, [{ kind: "restarted", count: 1 }]],
    ["it crashed and waits", {}, { state: "restarting", ...exit(1) }, [{ kind: "exited", code: 1 }]],
    [
      "it was started again after waiting",
      { state: "restarting", restarts: 1 },
      { restarts: 2, since: AT },
      [{ kind: "restarted", count: 1 }],
    ],
    [
      "the last of its starts",
      { state: "restarting", restarts: 4 },
      { state: "failed", restarts: 5, ...exit(2) },
      [{ kind: "restarted" }, { kind: "exited", code: 2 }],
    ],
    ["it came up", { state: "stopped", since: null }, { since: AT }, [{ kind: "started", at: AT }]],
    ["another tool restarted it", {}, { since: AT }, [{ kind: "restarted", by: null }]],
    ["one start told at two times", { since: "2026-11-21T11:59:59.000Z" }, { since: AT }, []],
    ["it was frozen", {}, { state: "paused" }, [{ kind: "paused" }]],
    ["it goes on", { state: "paused" }, {}, [{ kind: "unpaused" }]],
    [
      "sick",
      { health: "healthy" },
      { health: "unhealthy", reason: "3 checks failed" },
      [{ kind: "unhealthy", reason: "3 checks failed" }],
    ],
    [
      "another image",
      container("a".repeat(12)),
      { ...container("b".repeat(12)), source: "web:2", since: AT },
      [{ kind: "changed", detail: { from: "web:1", to: "web:2" } }, { kind: "recreated" }, { kind: "restarted" }],
    ],
    ["failed and reset", { state: "failed" }, { state: "stopped" }, []],
    [
      "a crash, with how long it ran",
      {},
      { state: "failed", ...exit(1) },
      [{ kind: "exited", detail: { ran: 3599 }, at: "2026-11-21T11:59:59.000Z" }],
    ],
    [
      "an end that was told before: of the new one the start alone is known",
      exit(1),
      { ...exit(1), restarts: 1, since: "2026-11-21T11:59:59.500Z" },
      [{ kind: "restarted", at: "2026-11-21T11:59:59.499Z", detail: { asked: "policy" } }],
    ],
    [
      "what another tool had it do, though the counter counts it",
      {},
      { restarts: 1, lastExit: { ...exit(0).lastExit, asked: true } },
      [{ kind: "restarted", detail: { asked: "elsewhere" } }],
    ],
    [
      "a start that was refused",
      { state: "stopped" },
      { state: "stopped", reason: "It was not started: ConditionPathExists=/x does not hold" },
      [{ kind: "unstarted", reason: "It was not started: ConditionPathExists=/x does not hold" }],
    ],
    [
      "each of several processes has its share of the limit",
      container("1"),
      {
        ...{ state: "failed", memoryLimit: 4096, ...exit(0, null, true) },
        instances: [...container("1").instances, ...container("2").instances],
      },
      [{ kind: "exited", oomKilled: true, detail: { memoryLimit: 2048 } }],
    ],
  ])("%s", (_, before, after, wanted) => {
    expect(looked(before, after)).toMatchObject(wanted);
    expect(looked(before, after).length).toBe(wanted.length);
  });
});

test("what was made and failed between two looks is told whole; of what had failed before its end", () => {
  const record = { ...base, state: "failed" as const, restarts: 3, ...exit(1) };
  const now = seenOf(record, "docker");
  const before = unseen(record, now, Date.parse("2026-11-21T11:59:58.000Z"));
  expect(before?.missed).toBe(false);
  expect(compare(before!.seen, { record, now }, { at: AT, asked: null, missed: false })).toMatchObject([
    { kind: "restarted", count: 3, code: 1 },
    { kind: "exited", code: 1, detail: null },
  ]);
  const old = unseen(record, now, Date.parse(AT));
  expect(old?.missed).toBe(true);
  expect(compare(old!.seen, { record, now }, { at: AT, asked: null, missed: true })).toMatchObject([
    { kind: "exited", code: 1, missed: true, at: "2026-11-21T11:59:59.000Z" },
  ]);
  expect(unseen({ ...record, state: "running" }, now, 0)).toBeNull();
});

test("a service that is down is known by the ports that it had", () => {
  const up = seenOf({ ...base, ports: [{ protocol: "tcp", address: "::", port: 3000, target: null }] }, "docker");
  expect(seenOf({ ...base, state: "failed", ports: [] }, "docker", up).ports).toEqual([3000]);
});

test("who asked is told where somebody here did, and not for what the supervisor did by itself", () => {
  expect(looked({}, { since: AT }, { asked: mara })).toMatchObject([{ kind: "restarted", by: "mara" }]);
  const stop = { action: "stop", actor: "jon" };
  expect(looked({}, { state: "stopped", ...exit(143) }, { asked: stop })).toMatchObject([
    { kind: "stopped", by: "jon" },
  ]);
  expect(looked({}, { restarts: 1, since: AT }, { asked: stop })).toMatchObject([{ kind: "restarted", by: null }]);
});

test("what happened while nobody looked has the supervisor's time", () => {
  const since = "2026-11-21T11:30:00.000Z";
  expect(looked({}, { since }, { missed: true })).toMatchObject([{ kind: "restarted", at: since, missed: true }]);
  // its clock and the look are an hour apart: the look's time is the better one
  const late = { lastExit: { code: 1, signal: null, oomKilled: false, at: "2026-11-21T10:00:00.000Z" } };
  expect(looked({}, { state: "failed", ...late })).toMatchObject([{ at: AT }]);
});
