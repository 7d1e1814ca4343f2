import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { readJob } from "#lib/jobs/read.ts";
import { ended } from "#lib/jobs/run.ts";
import { serviceId } from "#lib/services/id.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { createFake } from "#lib/supervisors/fake/adapter.ts";
import { type FakeEngine, withVolumes } from "#lib/supervisors/fake/volumes.ts";
import { SupervisorError } from "#lib/supervisors/supervisor.ts";
import { openIntents } from "./intents.ts";
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
/** Lets the service go from the second time on; the first one seems to have taken all the patience there is. */
beforeEach(() => {
  scopes += 1;
  engine = withVolumes(createFake({ host: "local", scope: `make@${scopes}`, kind: "docker" }));
  engine.addVolume({ name: "wa-db", files: { "is.txt": "whole" } });
  const mounts = [{ type: "volume" as const, source: "wa-db", target: "/data", readOnly: false }];
  engine.add({ name: "db", state: "running" }, { detail: { mounts } });
  snapshot().add(engine);
  volume = serviceId("local", engine.scope, "wa-db");
  const act = engine.act.bind(engine);
  const now = Date.now.bind(Date);
  let failures = 0;
  engine.act = async (name, action, options, signal) => {
    if (action !== "unpause" || failures++ > 0) return act(name, action, options, signal);
    vi.spyOn(Date, "now").mockImplementation(() => now() + 60_000);
    throw new SupervisorError("refused", "the engine is on fire");
  };
});
afterEach(async () => {
  await vi.waitFor(async () => expect(await openIntents()).toEqual([]), { timeout: 4000 });
  vi.restoreAllMocks();
});

const backUp = async () => {
  const { id } = await startBackup({ source: { volume } }, { actor: "mara" });
  await ended(id);
  return (await readJob(id))!;
};
const isUp = () =>
  vi.waitFor(async () => expect((await engine.list())[0]?.state).toBe("running"), { timeout: 4000, interval: 50 });

test("an archive that was read whole is kept, although its service could not be let go at once", async () => {
  const job = await backUp();
  expect(job).toMatchObject({ state: "succeeded" });
  expect(job.message).toMatch(/verified\. 1 service could not be put back: db: the engine is on fire/);
  expect(job.steps.find(({ name }) => name === "Resume db")?.state).toBe("failed");
  expect((await listBackups({ sourceKey: volume })).length).toBe(1);
  await isUp();
});

test("a reading that fails is told, also where its service could not be let go after it", async () => {
  engine.hideFolders(true);
  engine.readVolume = async () => {
    throw new SupervisorError("refused", "the disk is gone");
  };
  const job = await backUp();
  expect(job.error?.detail).toMatch(/the engine is on fire.*First failed: .*the disk is gone/);
  expect(await listBackups({ sourceKey: volume })).toEqual([]);
  await isUp();
});
