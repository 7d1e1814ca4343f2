import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { db } from "#lib/db/client.ts";
import { ended } from "#lib/jobs/run.ts";
import { scratchApi } from "./api-rig.ts";

const { call, folder, people } = scratchApi();
const SECRET = "canary-s3cret-of-a-place";
const PASSPHRASE = "canary horse battery staple";

let source: { path: string };
let tree: string;
beforeAll(() => {
  tree = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-tree-"));
});
afterAll(() => fs.rmSync(tree, { recursive: true }));
beforeEach(async () => {
  await db().schedule.deleteMany();
  await db().destination.deleteMany();
  source = { path: tree };
  fs.writeFileSync(path.join(source.path, "a.txt"), "what is kept");
});

const plan = (more = {}) => ({
  ...{ source, cron: "0 3 * * *", timezone: "Europe/Berlin", keep: { last: 2 }, consistency: "live" },
  ...more,
});
const create = (more = {}, as: "admin" | "operator" = "admin") => call("POST", "/api/v1/schedules", plan(more), { as });

describe("plans", () => {
  test("are made, listed, changed, turned off and removed", async () => {
    const made = await create();
    expect(made).toMatchObject({
      status: 201,
      body: {
        ...{
          words: "Daily 03:00",
          title: source.path,
          enabled: true,
          engine: "archive",
          encryption: null,
          lastRun: null,
        },
        keep: { last: 2, daily: 0, weekly: 0, monthly: 0 },
        nextRuns: [expect.stringMatching(/T0[12]:00:00\.000Z$/), expect.any(String), expect.any(String)],
      },
    });
    const { id, nextRun, nextRuns } = made.body;
    expect(nextRun).toBe(nextRuns[0]);
    expect((await call("GET", "/api/v1/schedules")).body.items).toEqual([made.body]);
    const changed = await call("PATCH", `/api/v1/schedules/${id}`, { cron: "0 */6 * * *", keep: { daily: 7 } });
    expect(changed.body).toMatchObject({ words: "Every 6 h", consistency: "live", keep: { last: 2, daily: 7 } });
    const off = await call("PATCH", `/api/v1/schedules/${id}`, { enabled: false });
    expect(off.body).toMatchObject({ enabled: false, nextRun: null, nextRuns: [], words: "Every 6 h" });
    expect((await call("PATCH", `/api/v1/schedules/${id}`, { enabled: true })).body.nextRun).toMatch(/Z$/);
    expect((await call("DELETE", `/api/v1/schedules/${id}`)).status).toBe(204);
    expect((await call("DELETE", `/api/v1/schedules/${id}`)).status).toBe(404);
    expect((await call("GET", "/api/v1/schedules")).body.items).toEqual([]);
  });

  test.each([
    [{ cron: "0 3 * *  " }, "cron"],
    [{ cron: "0 25 * * *" }, "cron"],
    [{ timezone: "Mars/Phobos" }, "timezone"],
    [{ drillCron: "0 3 30 2 *" }, "drillCron"],
    [{ destinations: ["nowhere"] }, "destinations"],
    [{ encryption: "none" }, "encryption"],
    [{ keep: { last: -1 } }, "keep.last"],
    [{ surprise: 1 }, "body"],
  ])("%j is refused, and %s named", async (more, field) => {
    const { status, body } = await create(more);
    expect(status).toBe(400);
    expect(body.errors.map((one: { path: string }) => one.path)).toContain(field);
    expect(await db().schedule.count()).toBe(0);
  });

  test("a folder that is not there is told at once", async () => {
    expect((await create({ source: { path: "/nowhere/at/all" } })).status).toBe(404);
  });

  test("run now they leave a backup, and keep no more than they say", async () => {
    const { body } = await create();
    for (let n = 0; n < 3; n += 1) {
      const run = await call("POST", `/api/v1/schedules/${body.id}/run`, undefined, { as: "operator" });
      expect(run).toMatchObject({ status: 202, body: { kind: "backup", title: expect.any(String) } });
      await ended(run.body.id);
      expect((await call("GET", `/api/v1/jobs/${run.body.id}`)).body).toMatchObject({ state: "succeeded" });
    }
    const [shown] = (await call("GET", "/api/v1/schedules")).body.items;
    expect(shown.lastRun).toMatchObject({ state: "succeeded", message: expect.stringMatching(/^1 file/) });
    const backups = await db().backup.findMany({ where: { schedule: body.id } });
    expect(backups).toHaveLength(2);
    for (const { place } of backups)
      expect(fs.existsSync(path.join(folder(), "backups", `${place}.tar.zst`))).toBe(true);
  });

  test("are for admins to make and for operators to run; a viewer reads them", async () => {
    const { body } = await create();
    const status = async (as: "viewer" | "operator", method: string, at: string, sent?: unknown) =>
      (await call(method, `/api/v1/schedules${at}`, sent, { as })).status;
    expect((await create({}, "operator")).status).toBe(403);
    expect(await status("operator", "PATCH", `/${body.id}`, { enabled: false })).toBe(403);
    expect(await status("operator", "DELETE", `/${body.id}`)).toBe(403);
    expect(await status("viewer", "POST", `/${body.id}/run`)).toBe(403);
    expect(await status("viewer", "GET", "")).toBe(200);
    expect(await status("viewer", "GET", "/preview?cron=0%203%20*%20*%20*&timezone=UTC")).toBe(200);
  });

  test("somebody who is limited to some services sees only their plans", async () => {
    await create();
    await db().user.update({
      where: { id: people.viewer.id },
      data: { services: JSON.stringify(["local/docker/wa-*"]) },
    });
    expect((await call("GET", "/api/v1/schedules", undefined, { as: "viewer" })).body.items).toEqual([]);
    await db().user.update({ where: { id: people.viewer.id }, data: { services: null } });
  });
});

test("an expression in words and times, before it is a plan", async () => {
  const { status, body } = await call(
    "GET",
    "/api/v1/schedules/preview?cron=30%202%20*%20*%201-5&timezone=Europe/Berlin",
  );
  expect(status).toBe(200);
  expect(body).toEqual({
    words: "Mon–Fri 02:30",
    nextRuns: [expect.any(String), expect.any(String), expect.any(String)],
  });
  expect((await call("GET", "/api/v1/schedules/preview?cron=61%202%20*%20*%20*&timezone=UTC")).status).toBe(400);
});

describe("destinations and keys", () => {
  const config = { endpoint: "http://127.0.0.1:9", region: "test-1", bucket: "b", prefix: "", pathStyle: true };
  const secrets = { accessKeyId: "AKIATEST", secretAccessKey: SECRET };

  test("a destination is kept without telling its secrets, and says why it cannot be reached", async () => {
    const made = await call("POST", "/api/v1/destinations", { kind: "s3", name: "s3", config, secrets });
    expect(made).toMatchObject({ status: 201, body: { name: "s3", config, problem: null, backups: 0 } });
    const at = `/api/v1/destinations/${made.body.id}`;
    const again = await call("POST", "/api/v1/destinations", { kind: "s3", name: "s3", config, secrets });
    expect(again.status).toBe(409);
    const checked = await call("POST", `${at}/check`);
    expect(checked.body).toMatchObject({ problem: expect.stringMatching(/^s3:b: /), failingSince: expect.any(String) });
    const moved = await call("PATCH", at, { config: { endpoint: "http://elsewhere.example" } });
    expect(moved).toMatchObject({ status: 400, body: { errors: [{ path: "secrets" }] } });
    expect((await call("PATCH", at, { config: { prefix: "hel-1", region: 5 } })).status).toBe(400);
    const changed = await call("PATCH", at, { config: { prefix: "hel-1" }, name: "nightly" });
    expect(changed.body).toMatchObject({ name: "nightly", config: { ...config, prefix: "hel-1" } });
    const listed = await call("GET", "/api/v1/destinations", undefined, { as: "operator" });
    expect(listed.body.items.map((one: { id: string }) => one.id)).toEqual(["local", made.body.id]);
    const used = await create({ destinations: [made.body.id, "local"] });
    expect(used.body.destinations).toEqual([made.body.id]);
    expect((await call("DELETE", at)).status).toBe(409);
    await call("DELETE", `/api/v1/schedules/${used.body.id}`);
    expect((await call("DELETE", at)).status).toBe(204);
    const told = JSON.stringify([made, again, checked, moved, changed, listed, await db().auditEntry.findMany()]);
    expect(told).not.toContain(SECRET);
    expect(told).not.toContain("AKIATEST");
  });

  test("an SFTP server takes a password or a key that can be used", async () => {
    const sftp = { host: "nas.lan", port: 22, user: "b", folder: "/b", hostKey: "SHA256:x" };
    const add = (given: object) =>
      call("POST", "/api/v1/destinations", { kind: "sftp", name: "nas", config: sftp, secrets: given });
    expect((await add({})).body.errors).toEqual([{ path: "secrets", message: expect.any(String) }]);
    expect((await add({ privateKey: "no key" })).body.errors[0].path).toBe("secrets.privateKey");
    expect((await add({ password: "x" })).status).toBe(201);
  });

  test("a key's kit is told when it is made, and again to an admin; nowhere else", async () => {
    const made = await call("POST", "/api/v1/encryptions", { kind: "generated", name: "nightly" });
    expect(made).toMatchObject({ status: 201, body: { kind: "recipient", readable: true } });
    const secret = /AGE-SECRET-KEY-1\w+/.exec(made.body.kit)![0];
    await call("POST", "/api/v1/encryptions", { kind: "passphrase", name: "phrase", passphrase: PASSPHRASE });
    const at = `/api/v1/encryptions/${made.body.id}`;
    expect((await call("GET", `${at}/kit`, undefined, { as: "operator" })).status).toBe(403);
    const listed = await call("GET", "/api/v1/encryptions", undefined, { as: "operator" });
    expect(listed.body.items).toHaveLength(2);
    const told = JSON.stringify([listed.body, await db().auditEntry.findMany(), await db().encryption.findMany()]);
    expect(told).not.toContain(secret);
    expect(told).not.toContain("canary horse");
    expect((await call("DELETE", at)).status).toBe(204);
  });
});

test("an encrypted run: verified, and its archive opens with nothing but the key", async () => {
  const { body: key } = await call("POST", "/api/v1/encryptions", { kind: "generated", name: "run" });
  const { body } = await create({ encryption: key.id });
  const run = await call("POST", `/api/v1/schedules/${body.id}/run`);
  await ended(run.body.id);
  const [row] = await db().backup.findMany({ where: { schedule: body.id } });
  expect(row).toMatchObject({ encrypted: true, verifiedAt: expect.any(Date) });
  const archive = fs.readFileSync(path.join(folder(), "backups", `${row!.place}.tar.zst.age`));
  expect(archive.subarray(0, 22).toString()).toBe("age-encryption.org/v1\n");
  expect((await call("DELETE", `/api/v1/encryptions/${key.id}`)).status).toBe(409);
});
