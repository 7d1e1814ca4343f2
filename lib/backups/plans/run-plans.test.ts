import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { accessOf } from "#lib/auth/access.ts";
import { db } from "#lib/db/client.ts";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { ended } from "#lib/jobs/run.ts";
import { runSchedules } from "./run-plans.ts";
import { wakePlans } from "./scheduler.ts";
import { createSchedule, listSchedules } from "./schedules.ts";
import { findPlan, updatePlan } from "./store.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
let tree: string;
let ending: AbortController;
let running: Promise<void>;
const everything = accessOf({ role: "admin", verbs: null, services: null });

beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());
beforeEach(() => {
  tree = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-tree-"));
  fs.writeFileSync(path.join(tree, "a.txt"), "what is kept");
  ending = new AbortController();
  running = runSchedules(ending.signal);
});
afterEach(async () => {
  ending.abort();
  await running;
  fs.rmSync(tree, { recursive: true, force: true });
});

async function plan(more = {}): Promise<string> {
  const { id } = await createSchedule({
    ...{
      source: { path: tree },
      cron: "0 3 1 1 *",
      timezone: "UTC",
      consistency: "live",
      enabled: true,
      engine: "archive",
    },
    ...{ keep: { last: 1, daily: 0, weekly: 0, monthly: 0 }, include: [], exclude: [], destinations: [] },
    ...{ encryption: null, drillCron: null, ...more },
  });
  return id;
}

/** Its job, once it has one, at its end. */
async function lastJob(id: string): Promise<{ state: string; message: string }> {
  await expect.poll(async () => (await findPlan(id))?.lastJob, { timeout: 20_000 }).toBeTruthy();
  await ended((await findPlan(id))!.lastJob!);
  const shown = (await listSchedules(everything)).find((one) => one.id === id)!;
  return shown.lastRun!;
}

test("a plan whose time has come leaves a backup of its own, with its rows in the trail", {
  timeout: 60_000,
}, async () => {
  const id = await plan();
  await updatePlan(id, { dueAt: new Date(Date.now() - 1000) });
  wakePlans();
  expect(await lastJob(id)).toMatchObject({ state: "succeeded" });
  expect(await db().backup.findMany({ where: { schedule: id } })).toMatchObject([
    { verifiedAt: expect.any(Date), sourceKey: `local/path/${tree}` },
  ]);
  const rows = await db().auditEntry.findMany({ where: { subject: `local/path/${tree}` }, orderBy: { seq: "asc" } });
  expect(rows.map(({ actor, action, outcome }) => `${actor} ${action} ${outcome}`)).toEqual([
    "schedule backup.create intended",
    "schedule backup.create done",
  ]);
  expect((await findPlan(id))!.dueAt!.getTime()).toBeGreaterThan(Date.now());
});

test("a drill at its own time tries what is there", { timeout: 60_000 }, async () => {
  const id = await plan({ drillCron: "0 4 1 1 *" });
  await updatePlan(id, { dueAt: new Date(Date.now() - 1000) });
  wakePlans();
  await lastJob(id);
  await updatePlan(id, { drillDueAt: new Date(Date.now() - 1000) });
  wakePlans();
  const drills = () => db().job.findMany({ where: { kind: "drill" } });
  await expect.poll(async () => (await drills()).length, { timeout: 20_000 }).toBe(1);
  const [drill] = await drills();
  await ended(drill!.id);
  expect((await db().job.findUniqueOrThrow({ where: { id: drill!.id } })).state).toBe("succeeded");
  expect((await db().backup.findFirstOrThrow({ where: { schedule: id } })).drilledAt).toBeInstanceOf(Date);
});
