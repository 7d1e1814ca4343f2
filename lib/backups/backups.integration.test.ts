import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
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
import { newestGood, readBackups, requireBackup } from "./read.ts";
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
  helpers: await rig.helpers("baktest"),
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

  test("that stops its users starts them again, dependents last; one that was stopped stays so", async () => {
    const volume = await rig.volume("stops", (folder) => fillVolume(folder, 2));
    const user = await rig.container("stops", volume, { args: ["--restart", "unless-stopped"] });
    const rest = await rig.container("rests", volume);
    await rig.docker("stop", "--time", "1", rest);
    await look();
    const job = await well(startBackup({ source: sourceOf(volume), consistency: "stop" }, { actor: "mara" }));
    expect(job.log.map(({ text }) => text)).toContain(`stopped ${user}`);
    expect([await rig.state(user), await rig.state(rest)]).toEqual(["running", "exited"]);
    expect(await leftovers()).toEqual(nothing);
  });

  test("of a database that is written meanwhile is whole in each mode", async () => {
    const volume = await rig.volume("writes");
    const user = await rig.container("writes", volume, { writer: true });
    await look();
    await vi.waitFor(() => expect(fs.existsSync(path.join(rig.folder(volume), "app.db-wal"))).toBe(true), 5000);
    for (const consistency of ["pause", "live"] as const) {
      const id = await backup(volume, { consistency });
      const { result } = await well(startDrill(id, "mara"));
      expect(result?.steps).toContainEqual({ text: "PRAGMA integrity_check on app.db", result: "ok", passed: true });
      expect((await readBackups({})).items.find((one) => one.id === id)?.drilledAt).not.toBeNull();
    }
    expect(await rig.state(user)).toBe("running");
    expect(await leftovers()).toEqual(nothing);
  });

  test("two at once of volumes with one user take turns; each is whole", async () => {
    const [first, second] = [
      await rig.volume("twin-a", (f) => fillVolume(f, 3)),
      await rig.volume("twin-b", (f) => fillVolume(f, 4)),
    ];
    const user = await rig.container("twins", first, { args: ["--volume", `${second}:/more`] });
    await look();
    const jobs = await Promise.all(
      [first, second, first].map((one) => over(startBackup({ source: sourceOf(one) }, { actor: "mara" }))),
    );
    expect(jobs.map(({ state }) => state)).toEqual(["succeeded", "succeeded", "succeeded"]);
    expect(await rig.state(user)).toBe("running");
  });

  test("that is cancelled at any of its steps leaves everybody running and nothing behind", async () => {
    const volume = await rig.volume("cancelled", (folder) => fillVolume(folder, 5, { files: 300 }));
    const user = await rig.container("cancelled", volume);
    await look();
    const ends = new Set<string>();
    for (const step of [`Pause ${user}`, "Snapshot", "Write archive", "Verify checksums"]) {
      const { id } = await startBackup({ source: sourceOf(volume) }, { actor: "mara" });
      await vi.waitFor(
        async () => expect((await readJob(id))?.steps.find(({ name }) => name === step)?.state).not.toBe("waiting"),
        { timeout: 5000, interval: 1 },
      );
      await cancelJob(id).catch(() => "it was over");
      await ended(id);
      ends.add((await readJob(id))?.state ?? "");
      expect(await rig.state(user)).toBe("running");
      expect(await leftovers()).toEqual(nothing);
    }
    expect(ends).toContain("cancelled");
    expect([...ends].filter((state) => state === "failed")).toEqual([]);
  });

  test("of what is not there, or no source, is refused at once", async () => {
    const by = { actor: "mara" };
    await expect(startBackup({ source: sourceOf("trihelm-bak-none") }, by)).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(startBackup({ source: { path: "relative" } }, by)).rejects.toMatchObject({ code: "validation" });
  });

  test("that is the last good one is removed only by its name", async () => {
    const volume = await rig.volume("last", (folder) => fillVolume(folder, 6));
    const id = await backup(volume);
    const { archive, manifest } = filesOf(placeOf(await requireBackup(id)));
    await expect(removeBackup(id)).rejects.toMatchObject({ code: "conflict", extensions: { confirm: volume } });
    await removeBackup(id, { confirm: volume });
    expect([archive, manifest].filter((file) => fs.existsSync(file))).toEqual([]);
    await expect(requireBackup(id)).rejects.toMatchObject({ code: "not_found" });
  });

  test("with a flipped bit is found out, told, and no good one any more", async () => {
    const volume = await rig.volume("flipped", (folder) => fillVolume(folder, 7));
    const id = await backup(volume);
    await well(startVerify(id, "mara"));
    const { archive } = filesOf(placeOf(await requireBackup(id)));
    const bytes = fs.readFileSync(archive);
    bytes[bytes.length >> 1]! ^= 1;
    fs.writeFileSync(archive, bytes);
    expect((await over(startVerify(id, "mara"))).state).toBe("failed");
    const { items } = await readBackups({ source: `local/docker/${volume}` });
    expect(items[0]?.damage).toEqual(expect.any(String));
    expect(await newestGood(`local/docker/${volume}`)).toBeNull();
    const job = await over(startRestore(id, { inPlace: true, confirm: volume }, "mara"));
    expect(job).toMatchObject({ state: "failed", error: { code: "conflict" } });
    expect(treeHash(rig.folder(volume))).toBe(treeHash(rig.folder(volume)));
    expect(await leftovers()).toEqual(nothing);
  });
});

describe("a restore", { timeout: 60_000 }, () => {
  test("into a new volume is the same tree; a taken name is refused", async () => {
    const volume = await rig.volume("source", (folder) => fillVolume(folder, 10));
    const id = await backup(volume);
    const target = `${PREFIX}-restored`;
    await well(startRestore(id, { target: { volume: target } }, "mara"));
    expect(treeHash(rig.folder(target))).toBe(treeHash(rig.folder(volume)));
    await expect(startRestore(id, { target: { volume: target } }, "mara")).rejects.toMatchObject({ code: "conflict" });
    const some = `${PREFIX}-some`;
    await well(startRestore(id, { paths: ["/d1", "d2/e0"], target: { volume: some } }, "mara"));
    expect(fs.readdirSync(rig.folder(some)).sort()).toEqual(["d1", "d2"]);
    expect(await leftovers()).toEqual(nothing);
  });

  test("in place: exactly the backup, users as before, a safety copy that undoes it", async () => {
    const volume = await rig.volume("place", (folder) => fillVolume(folder, 11));
    const user = await rig.container("place", volume, { args: ["--restart", "always"] });
    const rest = await rig.container("place-exited", volume, { command: ["true"] });
    await look();
    const before = treeHash(rig.folder(volume));
    const id = await backup(volume);
    fillVolume(rig.folder(volume), 12);
    const changed = treeHash(rig.folder(volume));
    const plan = await planRestore(id, { inPlace: true });
    expect(plan).toMatchObject({ refusal: null, stops: [`local/docker/${user}`] });
    await expect(startRestore(id, { inPlace: true, confirm: "else" }, "mara")).rejects.toMatchObject({
      code: "conflict",
      extensions: { confirm: volume },
    });
    const job = await well(startRestore(id, { inPlace: true, confirm: volume }, "mara"));
    expect(job.steps.map(({ name }) => name)).toEqual([
      ...["Verify backup", "Unpack", "Stop 1 service", "Make safety copy", "Finish safety copy", "Verify safety copy"],
      ...["Replace contents", "Start services", "Wait for health checks"],
    ]);
    expect(treeHash(rig.folder(volume))).toBe(before);
    expect([await rig.state(user), await rig.state(rest)]).toEqual(["running", "exited"]);
    const safety = (await readBackups({})).items.find((one) => one.id === job.result?.safety);
    expect(safety?.safety?.for).toBe("restore");
    await well(startUndo(job.id, "mara"));
    expect(treeHash(rig.folder(volume))).toBe(changed);
    expect(await rig.state(user)).toBe("running");
    expect(fs.readdirSync(path.dirname(rig.folder(volume)))).toEqual(["_data"]);
    expect(await leftovers()).toEqual(nothing);
  });

  test("whose services do not come up puts the old content back by itself", async () => {
    const volume = await rig.volume("sick", (folder) => fillVolume(folder, 13));
    const id = await backup(volume);
    fs.writeFileSync(path.join(rig.folder(volume), "needed"), "");
    const script = "while [ -e /data/needed ]; do sleep 1; done; exit 3";
    const user = await rig.container("sick", volume, { args: ["--restart", "always"], command: ["sh", "-c", script] });
    await look();
    const before = treeHash(rig.folder(volume));
    const job = await over(startRestore(id, { inPlace: true, confirm: volume }, "mara"));
    expect(job).toMatchObject({ state: "failed", error: { code: "action_failed" } });
    expect(treeHash(rig.folder(volume))).toBe(before);
    await vi.waitFor(async () => expect(await rig.state(user)).toBe("running"), 5000);
    expect(await leftovers()).toEqual(nothing);
  }, 150_000);

  test("that is cancelled at any of its steps puts the old content back", async () => {
    const volume = await rig.volume("undone", (folder) => fillVolume(folder, 14, { files: 200 }));
    const user = await rig.container("undone", volume);
    await look();
    const id = await backup(volume);
    fillVolume(rig.folder(volume), 15);
    const before = treeHash(rig.folder(volume));
    for (const step of [
      "Verify backup",
      "Unpack",
      "Stop 1 service",
      "Make safety copy",
      "Replace contents",
      "Wait for health checks",
    ]) {
      const job = await startRestore(id, { inPlace: true, confirm: volume }, "mara");
      await vi.waitFor(
        async () =>
          expect((await readJob(job.id))?.steps.find(({ name }) => name === step)?.state).toMatch(/running|done/),
        { timeout: 20_000, interval: 1 },
      );
      await cancelJob(job.id);
      await ended(job.id);
      expect((await readJob(job.id))?.state, step).toBe("cancelled");
      expect(treeHash(rig.folder(volume)), step).toBe(before);
      expect(await rig.state(user)).toBe("running");
      expect(await leftovers()).toEqual(nothing);
    }
  }, 120_000);

  test("through the engine is as exact, forth and back", async () => {
    const { volumeFolder } = supervisor;
    const volume = await rig.volume("far", (folder) => fillVolume(folder, 16));
    const user = await rig.container("far", volume);
    await look();
    supervisor.volumeFolder = async () => null;
    try {
      const id = await backup(volume);
      const before = treeHash(rig.folder(volume), { seconds: true });
      fillVolume(rig.folder(volume), 17);
      const changed = treeHash(rig.folder(volume), { seconds: true });
      const job = await well(startRestore(id, { inPlace: true, confirm: volume }, "mara"));
      expect(treeHash(rig.folder(volume), { seconds: true })).toBe(before);
      await well(startUndo(job.id, "mara"));
      expect(treeHash(rig.folder(volume), { seconds: true })).toBe(changed);
      await well(startDrill(id, "mara"));
      expect(await rig.state(user)).toBe("running");
      expect(await leftovers()).toEqual(nothing);
    } finally {
      supervisor.volumeFolder = volumeFolder;
    }
  });

  test("of a folder of the host swaps it whole", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-bak-home-"));
    fillVolume(folder, 18);
    const before = treeHash(folder);
    const job = await well(startBackup({ source: { path: folder } }, { actor: "mara" }));
    fillVolume(folder, 19);
    await well(startRestore(String(job.result?.backup), { inPlace: true, confirm: folder }, "mara"));
    expect(treeHash(folder)).toBe(before);
    await well(startDrill(String(job.result?.backup), "mara"));
    expect(await leftovers()).toEqual(nothing);
    fs.rmSync(folder, { recursive: true });
  });
});
