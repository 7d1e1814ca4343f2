import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { db } from "#lib/db/client.ts";
import { ended } from "#lib/jobs/run.ts";
import { scratchApi } from "./api-rig.ts";

const { call, request, folder } = scratchApi();
let tree: string;

beforeAll(() => {
  tree = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-tree-"));
  fs.writeFileSync(path.join(tree, "a.txt"), "what is kept");
  fs.writeFileSync(path.join(tree, "big"), randomBytes(3_000_000));
});
afterAll(() => fs.rmSync(tree, { recursive: true }));

async function done(method: string, at: string, body?: unknown) {
  const begun = await call(method, `/api/v1${at}`, body);
  expect(begun.status).toBe(202);
  await ended(begun.body.id);
  return (await call("GET", `/api/v1/jobs/${begun.body.id}`)).body;
}

test("the same buttons work with a backup in restic", { timeout: 120_000 }, async () => {
  const order = { source: { path: tree }, consistency: "live", engine: "restic" };
  const job = await done("POST", "/backups", order);
  expect(job).toMatchObject({ state: "succeeded", message: expect.stringMatching(/^2 files, .*verified$/) });
  const { backup: id } = job.result;
  const shown = (await call("GET", `/api/v1/backups/${id}`)).body;
  expect(shown).toMatchObject({ engine: "restic", encrypted: false, files: 2, verifiedAt: expect.any(String) });
  expect(
    fs
      .readdirSync(path.join(folder(), "backups"), { recursive: true })
      .filter((name) => /tar|json|part/.test(String(name))),
  ).toEqual([]);

  expect(await done("POST", `/backups/${id}/verify`)).toMatchObject({ state: "succeeded" });
  const files = (await call("GET", `/api/v1/backups/${id}/files?path=/`)).body;
  expect(files.items.map((one: { name: string }) => one.name)).toEqual(["a.txt", "big"]);
  const archive = Buffer.from(await (await request(`/api/v1/backups/${id}/archive`)).arrayBuffer());
  const out = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-out-"));
  expect(spawnSync("sh", ["-c", "zstd -dc | tar -x"], { cwd: out, input: archive }).status).toBe(0);
  expect(spawnSync("diff", ["-r", tree, out], { encoding: "utf8" }).stdout).toBe("");
  fs.rmSync(out, { recursive: true });

  fs.writeFileSync(path.join(tree, "a.txt"), "spoilt since");
  const restored = await done("POST", `/backups/${id}/restore`, { inPlace: true, confirm: tree });
  expect(restored).toMatchObject({ state: "succeeded" });
  expect(fs.readFileSync(path.join(tree, "a.txt"), "utf8")).toBe("what is kept");

  const gone = await call("DELETE", `/api/v1/backups/${id}`, { confirm: tree });
  expect(gone.status).toBe(204);
  expect(await db().backup.count({ where: { id } })).toBe(0);
});

test("its copies are refused where they would not be made", async () => {
  const encrypted = { source: { path: tree }, engine: "restic", encryption: "x" };
  expect((await call("POST", "/api/v1/backups", encrypted)).status).toBe(400);
});
