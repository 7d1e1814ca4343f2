import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { ended, isNameTaken, startJob } from "#lib/jobs/run.ts";
import { serviceId } from "#lib/services/id.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { createFake, type FakeSupervisor } from "#lib/supervisors/fake/adapter.ts";
import { withVolumes } from "#lib/supervisors/fake/volumes.ts";
import { type HeldService, intend, openIntents } from "./intents.ts";
import { recoverBackups } from "./recover.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());

let fake: FakeSupervisor;
let folder: string;
let scopes = 0;
beforeEach(async () => {
  scopes += 1;
  fake = createFake({ host: "local", scope: `recover@${scopes}`, kind: "docker" });
  snapshot().add(fake);
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "trihelm-recover-"));
});
afterEach(async () => {
  for (const intent of await openIntents()) await intent.done();
  await fs.rm(folder, { recursive: true, force: true });
});

const held = (supervisor: FakeSupervisor, name: string): HeldService => ({
  ...{ service: serviceId("local", supervisor.scope, name), name, containerId: null, identity: null },
  ...{ how: "stop", since: null },
});
const holding = (name: string, job = "job") => intend(job, "quiesce", { services: [held(fake, name)] });

/** An exchange that was cut off after both renames and before it was decided. */
async function exchanged(job = "job") {
  const beside = (word: string) => path.join(folder, `.data.trihelm-${job}-${word}`);
  const data = path.join(folder, "data");
  await fs.mkdir(data);
  await fs.writeFile(path.join(data, "is"), "new");
  await fs.mkdir(beside("old"));
  await fs.writeFile(path.join(beside("old"), "is"), "old");
  const body = { data, fresh: beside("new"), old: beside("old"), decided: false };
  return { body, intent: await intend(job, "swap", body) };
}
const kinds = async () => (await openIntents()).map(({ kind }) => kind);

test("content that is back is done for good, although a service does not start again yet", async () => {
  fake.add({ name: "db", state: "running" });
  const { body } = await exchanged();
  await holding("db");
  const act = fake.act.bind(fake);
  let isBroken = true;
  fake.act = async (name, action, options, signal) => {
    if (action === "start" && isBroken) throw new Error("port 5432 is taken");
    return act(name, action, options, signal);
  };
  await recoverBackups(500);
  expect(await fs.readFile(path.join(body.data, "is"), "utf8")).toBe("old");
  expect(await kinds()).toEqual(["quiesce"]);
  await act("db", "start", { timeout: null, signal: null, force: false, detached: false });
  isBroken = false;
  await vi.waitFor(async () => expect(await kinds()).toEqual([]), { timeout: 8000, interval: 100 });
  // what it was started for by its owner goes on: it was stopped for the exchange once
  expect(fake.calls.filter(({ action }) => action === "stop").length).toBe(1);
});

test("holds the names of its job until all is put back, also at a start after the one that told the job's end", async () => {
  const late = withVolumes(createFake({ host: "local", scope: `late@${scopes}`, kind: "docker" }));
  late.add({ name: "db", state: "stopped" });
  const { id } = await startJob(
    { kind: "restore", subject: "local/docker/x", title: "x", actor: "mara", locks: ["source a", "volume b"] },
    async (job) => {
      const volume = { host: "local", scope: late.scope, name: "x" };
      await intend(job.id, "refill", { volume, safety: "copy", decided: true });
      await intend(job.id, "quiesce", { services: [held(late, "db")] });
      return null;
    },
  );
  await ended(id);
  await recoverBackups(200);
  for (const name of ["source a", "volume b", "backup copy"]) expect(isNameTaken(name), name).toBe(true);
  snapshot().add(late);
  await vi.waitFor(async () => expect(await kinds()).toEqual([]), { timeout: 8000, interval: 100 });
  await vi.waitFor(() => expect(isNameTaken("source a")).toBe(false));
});

test("old content that cannot be removed stays beside the new one, and keeps nobody from starting", async () => {
  fake.add({ name: "db", state: "stopped" });
  const { body, intent } = await exchanged();
  await intent.update({ ...body, decided: true });
  await holding("db");
  const rm = vi.spyOn(fs, "rm").mockRejectedValue(new Error("operation not permitted"));
  try {
    await recoverBackups();
  } finally {
    rm.mockRestore();
  }
  expect(await kinds()).toEqual([]);
  expect((await fake.list())[0]?.state).toBe("running");
  expect(await fs.readFile(path.join(body.data, "is"), "utf8")).toBe("new");
});
