import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { cancelJob, ended, holdNames } from "#lib/jobs/run.ts";
import { startImport } from "./import.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());

test("what was sent goes also when the import is cancelled while it waits for its turn", async () => {
  fs.writeFileSync(path.join(scratch.folder, "a.txt"), "words");
  const tar = execFileSync("tar", ["-cf", "-", "-C", scratch.folder, "a.txt"]);
  const signal = new AbortController().signal;
  const letGo = await holdNames(["source local/docker/elsewhere"], signal);
  const wanted = { title: "elsewhere", volume: null, length: tar.length, actor: "alice" };
  const job = await startImport(new Blob([new Uint8Array(tar)]).stream(), wanted, signal);
  const folder = path.join(scratch.folder, "backups");
  expect(fs.readdirSync(folder)).toHaveLength(1);
  await cancelJob(job.id);
  await ended(job.id);
  letGo();
  await expect.poll(() => fs.readdirSync(folder)).toEqual([]);
});
