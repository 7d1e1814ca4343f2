import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StoredIncident } from "#lib/alerts/incident.ts";
import { running } from "#lib/alerts/running.ts";
import { startAlerts } from "#lib/alerts/start.ts";
import { writeIncidents } from "#lib/alerts/store.ts";
import { db } from "#lib/db/client.ts";
import { scratchApi } from "./api-rig.ts";

const { call, people } = scratchApi();
const stopping = new AbortController();
beforeAll(() => startAlerts(stopping.signal));
afterAll(() => stopping.abort());

const incident = (id: string, more: Partial<StoredIncident> = {}): StoredIncident => ({
  ...{ id, rule: "failed", kind: "state", key: id, service: "local/docker/web", subject: "web", title: "web failed" },
  ...{ why: "exit 1.", severity: "critical", openedAt: Date.parse("2026-11-21T12:00:00Z"), lastAt: 0, count: 1 },
  ...{
    endedAt: null,
    ending: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    note: null,
    parent: null,
    toldAt: null,
  },
  detail: {
    reasons: [],
    channels: null,
    again: 0,
    said: null,
    untold: "There is no channel",
    muted: false,
    cause: null,
  },
  ...more,
});
const limited = async <T>(work: () => Promise<T>): Promise<T> => {
  const { id } = people.operator;
  await db().user.update({ where: { id }, data: { services: JSON.stringify(["local/docker/wa-*"]) } });
  try {
    return await work();
  } finally {
    await db().user.update({ where: { id }, data: { services: null } });
  }
};
const idsOf = ({ body }: { body: { items: { id: string }[] } }) => body.items.map(({ id }) => id);

describe("rules", () => {
  test("sensible ones are there from the start, to be changed and turned off, not removed", async () => {
    const { body } = await call("GET", "/api/v1/alerts/rules", undefined, { as: "viewer" });
    expect(body.items.map(({ kind }: { kind: string }) => kind)).toEqual(
      expect.arrayContaining(["state", "loop", "health", "check", "backup", "disk", "certificate", "code"]),
    );
    expect(body.items.every(({ builtIn, enabled }: { builtIn: boolean; enabled: boolean }) => builtIn && enabled)).toBe(
      true,
    );
    const changed = await call("PATCH", "/api/v1/alerts/rules/disk", { config: { over: 0.8 }, lasts: 60 });
    expect(changed.body).toMatchObject({
      ...{ config: { over: 0.8, fullWithin: 24 }, lasts: 60 },
      words: "A disk is more than 80 % full, or will be full within 1 d",
    });
    expect((await call("PATCH", "/api/v1/alerts/rules/disk", { enabled: false })).body.enabled).toBe(false);
    expect((await call("DELETE", "/api/v1/alerts/rules/disk")).status).toBe(409);
  });

  test("are made, changed and removed by admins", async () => {
    const wanted = { kind: "log", name: "oom", services: ["local/docker/*"], config: { pattern: "out of memory" } };
    expect((await call("POST", "/api/v1/alerts/rules", wanted, { as: "operator" })).status).toBe(403);
    const made = await call("POST", "/api/v1/alerts/rules", wanted);
    expect(made).toMatchObject({
      status: 201,
      body: {
        builtIn: false,
        open: 0,
        config: { count: 1, within: 300 },
        words: "`local/docker/*` prints a line matching `out of memory`",
      },
    });
    const at = `/api/v1/alerts/rules/${made.body.id}`;
    expect((await call("PATCH", at, { config: { count: 5 } })).body.config).toEqual({
      pattern: "out of memory",
      count: 5,
      within: 300,
    });
    expect((await call("DELETE", at)).status).toBe(204);
    expect((await call("DELETE", at)).status).toBe(404);
  });

  test.each([
    [{ kind: "metric", name: "x", config: { series: "cpu" } }, "config.over"],
    [{ kind: "metric", name: "x", services: ["a/b/c"], config: { series: "hostCpu", over: 1 } }, "services"],
    [{ kind: "log", name: "x", config: { pattern: "a" } }, "services"],
    [{ kind: "log", name: "x", services: ["a/b/c"], config: { pattern: "(?=a)" } }, "config.pattern"],
    [{ kind: "state", name: "x" }, "config"],
    [{ kind: "moon", name: "x", config: {} }, "kind"],
    [{ kind: "health", name: "x", services: ["all"] }, "services.0"],
  ])("%j is refused, and %s named", async (wanted, path) => {
    const { status, body } = await call("POST", "/api/v1/alerts/rules", wanted);
    expect(status).toBe(400);
    expect(body.errors.map((one: { path: string }) => one.path)).toContain(path);
  });
});

describe("alerts", () => {
  beforeAll(() =>
    writeIncidents([
      incident("a", { openedAt: Date.parse("2026-11-21T12:00:00Z") }),
      incident("b", { openedAt: Date.parse("2026-11-21T12:00:00Z"), service: "local/docker/wa-1", parent: "a" }),
      incident("c", { openedAt: Date.parse("2026-11-21T13:00:00Z"), service: null, subject: "/" }),
      incident("d", {
        openedAt: Date.parse("2026-11-21T11:00:00Z"),
        endedAt: Date.parse("2026-11-21T11:30:00Z"),
        ending: "It runs again",
      }),
    ]),
  );

  test("are listed newest first, page by page, by state and service", async () => {
    expect(idsOf(await call("GET", "/api/v1/alerts"))).toEqual(["c", "b", "a", "d"]);
    const first = await call("GET", "/api/v1/alerts?limit=2");
    expect(idsOf(first)).toEqual(["c", "b"]);
    const next = await call("GET", `/api/v1/alerts?limit=2&before=${encodeURIComponent(first.body.next)}`);
    expect([idsOf(next), next.body.next]).toEqual([["a", "d"], null]);
    expect(idsOf(await call("GET", "/api/v1/alerts?state=ended"))).toEqual(["d"]);
    expect(idsOf(await call("GET", "/api/v1/alerts?state=open&service=local%2Fdocker%2Fwa-1"))).toEqual(["b"]);
    expect((await call("GET", "/api/v1/alerts?before=x")).status).toBe(400);
    expect((await call("GET", "/api/v1/alerts/a")).body).toMatchObject({
      ...{ id: "a", state: "open", parts: 1, untold: "There is no channel", with: [{ id: "b", parent: "a" }] },
    });
  });

  test("stand on the line of time where they began and where they ended", async () => {
    const lines: [string, string, string][] = [];
    for (let before = ""; ; ) {
      const { body } = await call("GET", `/api/v1/activity?kind=alert&limit=2${before}`);
      for (const { at, alert, words } of body.items) lines.push([at.slice(11, 16), alert, words]);
      if (body.next === null) break;
      before = `&before=${encodeURIComponent(body.next)}`;
    }
    expect(lines).toEqual([
      ["13:00", "c", "alert: web failed"],
      ["12:00", "b", "alert: failed"],
      ["12:00", "a", "alert: failed"],
      ["11:30", "d", "alert ended after 30 min: It runs again"],
      ["11:00", "d", "alert: failed"],
    ]);
  });

  test("somebody looks after one: whoever does it first, and as often as it is sent", async () => {
    expect((await call("POST", "/api/v1/alerts/a/acknowledge", {}, { as: "viewer" })).status).toBe(403);
    const first = await call("POST", "/api/v1/alerts/a/acknowledge", undefined, { as: "operator" });
    expect(first).toMatchObject({
      status: 200,
      body: { state: "acknowledged", acknowledgedBy: expect.any(String), note: null },
    });
    const again = await call("POST", "/api/v1/alerts/a/acknowledge", { note: "on it" });
    expect(again.body).toMatchObject({ ...first.body, note: "on it" });
    expect(idsOf(await call("GET", "/api/v1/alerts?state=open"))).toContain("a");
    expect((await call("POST", "/api/v1/alerts/nothing/acknowledge")).status).toBe(404);
  });

  test("who is limited to some services knows of theirs alone, and of nothing that is the host's", () =>
    limited(async () => {
      const as = { as: "operator" as const };
      expect(idsOf(await call("GET", "/api/v1/alerts", undefined, as))).toEqual(["b"]);
      for (const id of ["a", "c"]) {
        expect((await call("GET", `/api/v1/alerts/${id}`, undefined, as)).status).toBe(404);
        expect((await call("POST", `/api/v1/alerts/${id}/acknowledge`, {}, as)).status).toBe(404);
      }
      expect((await call("POST", "/api/v1/alerts/b/acknowledge", {}, as)).status).toBe(200);
      expect((await call("POST", "/api/v1/alerts/mutes", {}, as)).status).toBe(403);
      expect((await call("POST", "/api/v1/alerts/mutes", { services: ["local/*/*"] }, as)).status).toBe(403);
      expect((await call("POST", "/api/v1/alerts/mutes", { services: ["local/docker/wa-1"] }, as)).status).toBe(201);
    }));
});

describe("mutes", () => {
  test("are made, seen, changed and ended", async () => {
    const made = await call("POST", "/api/v1/alerts/mutes", { reason: "moving" }, { as: "operator" });
    expect(made).toMatchObject({ status: 201, body: { kind: "mute", active: true, services: [], until: null } });
    const at = `/api/v1/alerts/mutes/${made.body.id}`;
    expect(idsOf(await call("GET", "/api/v1/alerts/mutes", undefined, { as: "viewer" }))).toContain(made.body.id);
    expect((await call("PATCH", at, { until: "2020-01-01T00:00:00Z" })).status).toBe(400);
    expect((await call("PATCH", at, { from: "2100-01-01T01:00:00+01:00" })).body).toMatchObject({
      active: false,
      from: "2100-01-01T00:00:00.000Z",
    });
    expect((await call("DELETE", at, undefined, { as: "viewer" })).status).toBe(403);
    expect((await call("DELETE", at)).status).toBe(204);
  });

  test.each([
    [{ kind: "maintenance", cron: "0 2 * * 0", lasts: 3600 }, "timezone"],
    [{ kind: "maintenance", cron: "0 2 * * 0", timezone: "Europe/Berlin" }, "lasts"],
    [{ kind: "maintenance", cron: "0 25 * * 0", timezone: "Europe/Berlin", lasts: 3600 }, "cron"],
    [{ rule: "nothing" }, "rule"],
    [{ services: ["web"] }, "services.0"],
  ])("%j is refused, and %s named", async (wanted, path) => {
    const { status, body } = await call("POST", "/api/v1/alerts/mutes", wanted);
    expect(status).toBe(400);
    expect(body.errors.map((one: { path: string }) => one.path)).toContain(path);
  });
});

test("a server that starts goes on with what is open, and repeats nothing that a channel took", async () => {
  const detail = { ...incident("x").detail, untold: null };
  await writeIncidents([incident("told", { detail }), incident("untold", { detail })]);
  await db().delivery.create({ data: { channel: "none", incident: "told", kind: "opened", message: "{}" } });
  await startAlerts(stopping.signal);
  const live = running().engine!.live();
  expect(live.map(({ id }) => id).sort()).toEqual(["a", "b", "c", "told", "untold"]);
  const saidOf = (id: string) => live.find((one) => one.id === id)?.detail.said;
  expect([saidOf("told"), saidOf("untold")]).toEqual([{ state: "open", severity: "critical" }, null]);
});
