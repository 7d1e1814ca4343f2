import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { db } from "#lib/db/client.ts";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { sleep } from "#lib/platform/clock.ts";
import { nextAfter } from "./cron.ts";
import { look, type PlanWork, SCHEDULER, settle, wakePlans, watchPlans } from "./scheduler.ts";
import { findPlan, insertPlan, type PlanRow, updatePlan } from "./store.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
let begun: string[] = [];
let drilled: string[] = [];
let live = new Set<string>();

const KEY = "local/docker/wa-db";
const at = (time: string) => new Date(time);

beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());
beforeEach(async () => {
  await db().schedule.deleteMany();
  await db().job.deleteMany();
  begun = [];
  drilled = [];
  live = new Set();
});

async function job(id: string, when: Date, end: { state?: string; interrupted?: boolean } = {}): Promise<void> {
  await db().job.create({
    data: {
      id,
      kind: "backup",
      subject: KEY,
      actor: SCHEDULER,
      state: end.state ?? "succeeded",
      error: end.interrupted ? JSON.stringify({ code: "interrupted", detail: "" }) : null,
      createdAt: when,
    },
  });
}

function work(now: Date, more: Partial<PlanWork> = {}): PlanWork {
  return {
    async backup(plan) {
      const id = `job-${plan.id}-${now.toISOString()}`;
      begun.push(plan.id);
      await job(id, now);
      return id;
    },
    failed: async (_, error) => `failed: ${error}`,
    isWorthWaiting: () => false,
    isLive: (id) => live.has(id),
    async drill(plan) {
      drilled.push(plan.id);
      return "drill";
    },
    tidy: async () => undefined,
    ...more,
  };
}

async function plan(id: string, made: string, more: Partial<PlanRow> = {}): Promise<PlanRow> {
  const row: PlanRow = {
    id,
    source: { volume: KEY },
    sourceKey: KEY,
    cron: "0 3 * * *",
    timezone: "UTC",
    keep: { last: 7, daily: 0, weekly: 0, monthly: 0 },
    consistency: "pause",
    enabled: true,
    include: [],
    exclude: [],
    destinations: [],
    encryption: null,
    engine: "archive",
    drillCron: null,
    createdAt: at(made),
    lastRunAt: null,
    lastJob: null,
    lastDrillAt: null,
    dueAt: null,
    drillDueAt: null,
    ...more,
  };
  const withDue = {
    ...row,
    dueAt: more.dueAt === undefined ? nextAfter(row.cron, row.timezone, at(made)) : more.dueAt,
  };
  await insertPlan(withDue);
  return withDue;
}

const lookAt = (time: string, more?: Partial<PlanWork>) => look(at(time), work(at(time), more));

describe("due", () => {
  test("once at its time, not before and not again", async () => {
    await plan("a", "2026-05-01T12:00:00Z");
    expect(await lookAt("2026-05-02T02:59:59.999Z")).toEqual(at("2026-05-02T03:00:00Z"));
    expect(begun).toEqual([]);
    expect(await lookAt("2026-05-02T03:00:00.000Z")).toEqual(at("2026-05-03T03:00:00Z"));
    await lookAt("2026-05-02T03:00:01Z");
    expect(begun).toEqual(["a"]);
    expect(await findPlan("a")).toMatchObject({
      lastJob: "job-a-2026-05-02T03:00:00.000Z",
      lastRunAt: at("2026-05-02T03:00:00Z"),
      dueAt: at("2026-05-03T03:00:00Z"),
    });
  });

  test("what was missed while the server was off is made up once", async () => {
    await plan("a", "2026-05-01T12:00:00Z");
    await settle(at("2026-05-09T10:00:00Z"), work(at("2026-05-09T10:00:00Z")));
    expect(await lookAt("2026-05-09T10:00:00Z")).toEqual(at("2026-05-10T03:00:00Z"));
    await lookAt("2026-05-09T10:00:30Z");
    expect(begun).toEqual(["a"]);
  });

  test("two plans of one source both run; one that is off does not", async () => {
    await plan("a", "2026-05-01T12:00:00Z");
    await plan("b", "2026-05-01T12:00:00Z");
    await plan("off", "2026-05-01T12:00:00Z", { enabled: false });
    await lookAt("2026-05-02T03:00:00Z");
    expect(begun).toEqual(["a", "b"]);
  });

  test("while its last run is under way it waits for the next time", async () => {
    await plan("a", "2026-05-01T12:00:00Z", {
      cron: "*/5 * * * *",
      lastJob: "long",
      lastRunAt: at("2026-05-01T11:00:00Z"),
    });
    live.add("long");
    await lookAt("2026-05-01T12:05:00Z");
    expect(begun).toEqual([]);
    live.clear();
    await lookAt("2026-05-01T12:10:00Z");
    expect(begun).toEqual(["a"]);
  });

  test("a source that is gone leaves a failed job, and other plans run", async () => {
    await plan("gone", "2026-05-01T12:00:00Z");
    await plan("b", "2026-05-01T12:00:00Z");
    const usual = work(at("2026-05-02T03:00:00Z"));
    await lookAt("2026-05-02T03:00:00Z", {
      backup: (row) => (row.id === "gone" ? Promise.reject(new Error("no such volume")) : usual.backup(row)),
    });
    expect(begun).toEqual(["b"]);
    expect((await findPlan("gone"))?.lastJob).toBe("failed: Error: no such volume");
  });

  test("while engines are still starting it is tried again in half a minute, as if it had not been begun", async () => {
    await plan("a", "2026-05-01T12:00:00Z");
    const down = { backup: () => Promise.reject(new Error("no engine")), isWorthWaiting: () => true };
    expect(await lookAt("2026-05-02T09:00:00Z", down)).toEqual(at("2026-05-02T09:00:30Z"));
    expect(await findPlan("a")).toMatchObject({ lastJob: null, lastRunAt: null });
    await lookAt("2026-05-02T09:00:30Z");
    await lookAt("2026-05-02T09:01:00Z");
    expect(begun).toEqual(["a"]);
  });

  test("two looks at the same moment begin one run", async () => {
    await plan("a", "2026-05-01T12:00:00Z");
    await Promise.all([lookAt("2026-05-02T03:00:00Z"), lookAt("2026-05-02T03:00:00Z")]);
    expect(begun).toEqual(["a"]);
  });
});

describe("clocks that jump", () => {
  test("forward: what lies between runs once", async () => {
    await plan("a", "2026-05-01T12:00:00Z", { cron: "0 * * * *" });
    await lookAt("2026-05-03T00:30:00Z");
    await lookAt("2026-05-03T00:31:00Z");
    expect(begun).toEqual(["a"]);
  });
  test("back by an hour: the run of today is not repeated", async () => {
    await plan("a", "2026-05-01T12:00:00Z");
    await lookAt("2026-05-02T03:00:10Z");
    expect(await lookAt("2026-05-02T02:10:00Z")).toEqual(at("2026-05-03T03:00:00Z"));
    await lookAt("2026-05-02T03:00:10Z");
    expect(begun).toEqual(["a"]);
  });
  test("back by years: it does not wait for the wrong year", async () => {
    await plan("a", "2031-05-01T12:00:00Z", { lastRunAt: at("2031-05-01T03:00:00Z"), lastJob: "x" });
    expect(await lookAt("2026-05-02T02:00:00Z")).toEqual(at("2026-05-02T03:00:00Z"));
    await lookAt("2026-05-02T03:00:00Z");
    expect(begun).toEqual(["a"]);
  });
});

describe("a server that ends in the middle", () => {
  const restart = async (time: string) => {
    await settle(at(time), work(at(time)));
    await lookAt(time);
  };
  test("between taking the time and beginning the job: it is made up", async () => {
    await plan("a", "2026-05-01T12:00:00Z", {
      dueAt: at("2026-05-03T03:00:00Z"),
      lastRunAt: at("2026-05-02T03:00:00Z"),
    });
    await restart("2026-05-02T03:01:00Z");
    await restart("2026-05-02T03:02:00Z");
    expect(begun).toEqual(["a"]);
  });
  test("between the job's row and the plan's: it is not repeated", async () => {
    await plan("a", "2026-05-01T12:00:00Z", {
      dueAt: at("2026-05-03T03:00:00Z"),
      lastRunAt: at("2026-05-02T03:00:00Z"),
    });
    await job("j", at("2026-05-02T03:00:00.020Z"));
    await restart("2026-05-02T03:01:00Z");
    expect(begun).toEqual([]);
    expect((await findPlan("a"))?.lastJob).toBe("j");
  });
  test("in the middle of the run: once more, and not again when that is cut off too", async () => {
    const cutOff = { lastRunAt: at("2026-05-02T03:00:00Z"), lastJob: "j1" };
    await plan("a", "2026-05-01T12:00:00Z", { dueAt: at("2026-05-03T03:00:00Z"), ...cutOff });
    await job("j1", at("2026-05-02T03:00:00.020Z"), { state: "failed", interrupted: true });
    await restart("2026-05-02T03:01:00Z");
    expect(begun).toEqual(["a"]);
    const second = `job-a-2026-05-02T03:01:00.000Z`;
    await db().job.update({ where: { id: second }, data: { state: "failed", error: '{"code":"interrupted"}' } });
    await restart("2026-05-02T03:02:00Z");
    await restart("2026-05-02T03:03:00Z");
    expect(begun).toEqual(["a"]);
  });
});

test("drills have times of their own", async () => {
  await plan("a", "2026-05-01T12:00:00Z", { drillCron: "0 5 * * 0", drillDueAt: at("2026-05-03T05:00:00Z") });
  await lookAt("2026-05-03T04:59:00Z");
  expect(drilled).toEqual([]);
  await lookAt("2026-05-03T05:00:00Z");
  await lookAt("2026-05-03T05:00:01Z");
  expect(drilled).toEqual(["a"]);
  expect((await findPlan("a"))?.drillDueAt).toEqual(at("2026-05-10T05:00:00Z"));
});

test("the timer sleeps until something is due or has changed", async () => {
  const ending = new AbortController();
  const id = randomUUID();
  const watching = watchPlans(ending.signal, work(new Date()));
  await sleep(20);
  await plan(id, "2026-05-01T12:00:00Z");
  await updatePlan(id, { dueAt: new Date(Date.now() - 1000) });
  wakePlans();
  await expect.poll(() => begun, { timeout: 5000 }).toEqual([id]);
  ending.abort();
  await watching;
});
