import fs from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { openScratch } from "#lib/db/scratch-rig.ts";
import type { Job } from "#lib/jobs/job.ts";
import { readJob } from "#lib/jobs/read.ts";
import { ended, holdNames } from "#lib/jobs/run.ts";
import { sleep } from "#lib/platform/clock.ts";
import { serviceId } from "#lib/services/id.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { createFake } from "#lib/supervisors/fake/adapter.ts";
import { type FakeEngine, withVolumes } from "#lib/supervisors/fake/volumes.ts";
import { SupervisorError } from "#lib/supervisors/supervisor.ts";
import { listFolder } from "./archive/browse.ts";
import { intend, openIntents } from "./intents.ts";
import { placeOf } from "./places.ts";
import { planRestore } from "./plan-restore.ts";
import { requireBackup } from "./read.ts";
import { removeBackup } from "./remove.ts";
import { startRestore } from "./restore.ts";
import { startBackup } from "./run.ts";
import { listBackups } from "./store.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());

let engine: FakeEngine;
let volume: string;
let scopes = 0;
beforeEach(async () => {
  scopes += 1;
  engine = withVolumes(createFake({ host: "local", scope: `place@${scopes}`, kind: "docker" }));
  engine.addVolume({ name: "wa-db", files: { "is.txt": "old" } });
  snapshot().add(engine);
  volume = serviceId("local", engine.scope, "wa-db");
});

const mounts = (readOnly: boolean) => ({
  detail: { mounts: [{ type: "volume" as const, source: "wa-db", target: "/data", readOnly }] },
});
const addUser = (name: string, { readOnly = false } = {}) =>
  engine.add({ name, state: "running", health: "healthy" }, mounts(readOnly));
const content = async () => fs.readFile(path.join(await engine.folderOf("wa-db"), "is.txt"), "utf8");
const write = async (text: string) => fs.writeFile(path.join(await engine.folderOf("wa-db"), "is.txt"), text);
const stateOf = async (name: string) => (await engine.list()).find((record) => record.name === name)?.state;
const after = async ({ id }: Job) => {
  await ended(id);
  return (await readJob(id))!;
};
/** A backup of the volume while it holds `old`; it holds `new` afterwards. */
const backedUp = async (): Promise<string> => {
  const job = await after(await startBackup({ source: { volume } }, { actor: "mara" }));
  expect(job.message, job.error?.detail).toContain("verified");
  await write("new");
  return String(job.result?.backup);
};
const restore = (id: string) => startRestore(id, { inPlace: true, confirm: "wa-db" }, "mara");
/** As an engine whose volumes this process cannot read and that can empty them. */
const throughTheEngine = () => {
  engine.hideFolders(true);
  engine.clearVolume = async (name) => {
    const folder = await engine.folderOf(name);
    for (const entry of await fs.readdir(folder)) await fs.rm(path.join(folder, entry), { recursive: true });
  };
};

test("old content that cannot be put back yet: nobody is started on half of it, and it is tried again", async () => {
  addUser("db");
  const id = await backedUp();
  throughTheEngine();
  const writeVolume = engine.writeVolume.bind(engine);
  let broken = 2;
  engine.writeVolume = async (name, tar, signal) => {
    if (broken-- > 0) {
      tar.destroy();
      throw new SupervisorError("refused", "no space left on device");
    }
    return writeVolume(name, tar, signal);
  };
  const started = await restore(id);
  await vi.waitFor(async () => expect((await readJob(started.id))?.steps.at(-1)?.note).toContain("goes on trying"));
  expect([await stateOf("db"), (await openIntents()).map(({ kind }) => kind)]).toEqual([
    "stopped",
    ["quiesce", "refill"],
  ]);
  const job = await after(started);
  expect(job).toMatchObject({ state: "failed", error: { detail: "no space left on device" } });
  expect([await content(), await stateOf("db")]).toEqual(["new", "running"]);
  expect(await openIntents()).toEqual([]);
  expect(job.result?.safety).toBeTypeOf("string");
});

test("content that was decided on and fails later: a crash while it is put back brings the old one", async () => {
  addUser("db");
  const id = await backedUp();
  const act = engine.act.bind(engine);
  const bodies: unknown[] = [];
  let starts = 0;
  engine.act = async (name, action, options, signal) => {
    if (action === "start" && starts++ === 0) throw new SupervisorError("refused", "port 5432 is taken");
    if (action === "start") bodies.push(...(await openIntents()).filter(({ kind }) => kind === "swap"));
    return act(name, action, options, signal);
  };
  const list = engine.list.bind(engine);
  const states: boolean[] = [];
  engine.list = async (signal) => {
    const swap = (await openIntents()).find(({ kind }) => kind === "swap");
    if (swap && starts === 1) states.push((swap.body as { decided: boolean }).decided);
    return list(signal);
  };
  const job = await after(await restore(id));
  expect(job.error?.detail).toContain("port 5432 is taken");
  expect([await content(), await stateOf("db")]).toEqual(["new", "running"]);
  // nobody is started before the exchange is over, and whoever is looked at for stopping is so after the recall
  expect([states.at(-1), bodies]).toEqual([false, []]);
});

test("is refused while what an earlier one has left is being put back", async () => {
  const id = await backedUp();
  const address = { host: "local", scope: engine.scope, name: "wa-db" };
  const left = await intend("earlier", "refill", { volume: address, safety: id, decided: false });
  await expect(restore(id)).rejects.toThrow("still being put back");
  await left.done();
  expect(await after(await restore(id))).toMatchObject({ state: "succeeded" });
  expect(await content()).toBe("old");
});

test("is refused for the volume that Trihelm's own data are in, also where an engine could empty it", async () => {
  const id = await backedUp();
  throughTheEngine();
  engine.volumeFolder = async (_, wanted) => (wanted?.write ? null : scratch.folder);
  await expect(restore(id)).rejects.toThrow("Trihelm's own data");
  engine.volumeFolder = async () => scratch.folder;
  await expect(restore(id)).rejects.toThrow("Trihelm's own data");
});

test("leaves the archives themselves out of a backup of what they lie in", async () => {
  await fs.mkdir(path.join(scratch.folder, "restic"), { recursive: true });
  await fs.writeFile(path.join(scratch.folder, "restic", "pack"), "pack");
  await fs.writeFile(path.join(scratch.folder, "kept.txt"), "kept");
  engine.volumeFolder = async () => scratch.folder;
  const job = await after(await startBackup({ source: { volume } }, { actor: "mara" }));
  const row = await requireBackup(String(job.result?.backup));
  const entries = await listFolder(placeOf(row), null, "", { limit: 100 });
  const names = entries.items.map(({ name }) => name);
  expect(names).toContain("kept.txt");
  expect(names.filter((name) => name === "backups" || name === "restic")).toEqual([]);
});

test("stops who only reads it too, and waits for whoever holds that one", async () => {
  addUser("reader", { readOnly: true });
  const id = await backedUp();
  const letGo = await holdNames(
    [`service ${serviceId("local", engine.scope, "reader")}`],
    new AbortController().signal,
  );
  const started = await restore(id);
  await sleep(100);
  expect((await readJob(started.id))?.state).toBe("queued");
  letGo();
  const job = await after(started);
  expect(job).toMatchObject({ state: "succeeded" });
  expect(engine.calls.map(({ action, name }) => `${action} ${name}`)).toEqual(["stop reader", "start reader"]);
  expect((await planRestore(id, { inPlace: true })).stops).toEqual([serviceId("local", engine.scope, "reader")]);
});

test("replaces nothing under a container that came while the safety copy was made", async () => {
  addUser("db");
  const id = await backedUp();
  const act = engine.act.bind(engine);
  engine.act = async (name, action, options, signal) => {
    await act(name, action, options, signal);
    if (action === "stop") setTimeout(() => addUser("newcomer"), 1);
  };
  const job = await after(await restore(id));
  expect(job.error?.detail).toContain("newcomer was started meanwhile");
  expect([await content(), await stateOf("db"), await stateOf("newcomer")]).toEqual(["new", "running", "running"]);
  expect(await openIntents()).toEqual([]);
});

test("ends well where the old content cannot be removed", async () => {
  addUser("db");
  const id = await backedUp();
  const remove = fs.rm.bind(fs);
  const rm = vi.spyOn(fs, "rm").mockImplementation(async (file, options) => {
    if (String(file).endsWith("-old")) throw new Error("operation not permitted");
    return remove(file, options);
  });
  const job = await after(await restore(id)).finally(() => rm.mockRestore());
  expect(job).toMatchObject({ state: "succeeded" });
  expect(job.log.map(({ text }) => text).join()).toContain("-old cannot be removed");
  expect([await content(), await openIntents()]).toEqual(["old", []]);
});

test("keeps the safety copy that it would go back to from being removed", async () => {
  const id = await backedUp();
  throughTheEngine();
  const clear = engine.clearVolume!.bind(engine);
  let refused: unknown;
  engine.clearVolume = async (name, signal) => {
    const [copy] = await listBackups({ sourceKey: volume });
    refused = await removeBackup(copy!.id, { confirm: "wa-db" }).catch((error: unknown) => error);
    return clear(name, signal);
  };
  const job = await after(await restore(id));
  expect(job).toMatchObject({ state: "succeeded" });
  expect(String(refused)).toContain("would go back to this backup");
  expect((await requireBackup(String(job.result?.safety))).damage).toBeNull();
});
