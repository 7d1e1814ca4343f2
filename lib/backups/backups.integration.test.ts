import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openScratch } from "#lib/db/scratch-rig.ts";
import type { Job, JobWithLog } from "#lib/jobs/job.ts";
import { readJob } from "#lib/jobs/read.ts";
import { cancelJob, ended } from "#lib/jobs/run.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { createDocker } from "#lib/supervisors/docker/adapter.ts";
import { type DockerRig, ENDPOINT, fillVolume, openDockerRig, treeHash } from "./backup-rig.ts";
import { startVerify } from "./check.ts";
import { startDrill } from "./drill.ts";
import { openIntents } from "./intents.ts";
import { backupsFolder, filesOf, placeOf } from "./places.ts";
import { planRestore } from "./plan-restore.ts";
import { readBackups, requireBackup } from "./read.ts";
import { removeBackup } from "./remove.ts";
import { startRestore } from "./restore.ts";
import { startBackup } from "./run.ts";
import { startUndo } from "./undo.ts";

const PREFIX = "trihelm-bak";
const supervisor = createDocker({ host: "local", endpoint: ENDPOINT, owner: "baktest" });
let scratch: Awaited<ReturnType<typeof openScratch>>;
let rig: DockerRig;

beforeAll(async () => {
  scratch = await openScratch();
  rig = await openDockerRig(PREFIX);
  snapshot().add(supervisor);
  await look();
}, 60_000);
afterAll(async () => {
  supervisor.close();
  await rig.close();
  await scratch.close();
}, 60_000);

const look = async () => snapshot().apply(supervisor, { type: "reset", records: await supervisor.list() });
const sourceOf = (volume: string) => ({ volume: `local/docker/${volume}` });
const over = async (starting: Promise<Job>): Promise<JobWithLog> => {
  const { id } = await starting;
  await ended(id);
  return (await readJob(id)) as JobWithLog;
};
const well = async (starting: Promise<Job>): Promise<JobWithLog> => {
  const job = await over(starting);
  expect(job.state, JSON.stringify([job.message, job.steps, job.log], null, 1)).toBe("succeeded");
  return job;
};
const backup = async (volume: string, more: object = {}) =>
  String((await well(startBackup({ source: sourceOf(volume), ...more }, { actor: "mara" }))).result?.backup);
const leftovers = async () => ({
  intents: (await openIntents()).map(({ kind }) => kind),
  helpers: await rig.helpers(),
  parts: fs.existsSync(backupsFolder())
    ? fs.readdirSync(backupsFolder(), { recursive: true }).filter((name) => /part|spill|scratch/.test(String(name)))
    : [],
});
const nothing = { intents: [], helpers: "", parts: [] };

describe("a backup", { timeout: 60_000 }, () => {
  test("of a volume in use: held while it is read, proven, listed, and nothing stays behind", async () => {
    const volume = await rig.volume("used", (folder) => fillVolume(folder, 1));
    const user = await rig.container("user", volume, { args: ["--restart", "always"] });
    await look();
    const job = await well(startBackup({ source: sourceOf(volume) }, { actor: "mara" }));
    expect(job.steps.map(({ name, state }) => [name, state])).toEqual([
      [`Pause ${user}`, "done"],
      ["Snapshot", "done"],
      [`Resume ${user}`, "done"],
      ["Write archive", "done"],
      ["Verify checksums", "done"],
    ]);
    const { items } = await readBackups({ source: `local/docker/${volume}` });
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ id: job.result?.backup, title: volume, consistency: "pause", damage: null });
    expect(items[0]?.verifiedAt).not.toBeNull();
    expect(await rig.state(user)).toBe("running");
    expect(await leftovers()).toEqual(nothing);
  });
});
