import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { hasRepository, openRepository } from "./repository.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());

test("a password whose writing was cut off does not stay one, and a lost one is told", {
  timeout: 60_000,
}, async () => {
  const file = path.join(scratch.folder, "restic-password");
  fs.writeFileSync(file, "");
  fs.writeFileSync(`${file}.part`, "half");
  await openRepository();
  expect(await hasRepository()).toBe(true);
  expect(fs.readFileSync(file, "utf8").trim().length).toBeGreaterThan(30);
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  expect(fs.readdirSync(scratch.folder)).not.toContain("restic-password.part");
  fs.writeFileSync(file, "");
  await expect(openRepository()).rejects.toThrow(/password of restic's repository is missing/);
});
