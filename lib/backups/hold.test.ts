import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { holdNames, type JobHandle } from "#lib/jobs/run.ts";
import { sleep } from "#lib/platform/clock.ts";
import { serviceId } from "#lib/services/id.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { createFake, type FakeSupervisor } from "#lib/supervisors/fake/adapter.ts";
import { SupervisorError, type SupervisorKind } from "#lib/supervisors/supervisor.ts";
import { type HeldService, openIntents } from "./intents.ts";
import { type HoldUser, quiesce, whoIsHeld } from "./quiesce.ts";
import { recoverBackups } from "./recover.ts";
import { putBack } from "./resume.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());

let fakes: Record<"docker" | "systemd" | "pm2", FakeSupervisor>;
let scopes = 0;
beforeEach(() => {
  scopes += 1;
  const of = (kind: SupervisorKind) => {
    const fake = createFake({ host: "local", scope: `${kind}@${scopes}`, kind });
    snapshot().add(fake);
    return fake;
  };
  fakes = { docker: of("docker"), systemd: of("systemd"), pm2: of("pm2") };
});

function userOf(supervisor: FakeSupervisor, name: string, more: Partial<HoldUser> = {}): HoldUser {
  const service = serviceId(supervisor.host, supervisor.scope, name);
  return { service, supervisor, name, containerId: null, identity: null, readOnly: false, stops: false, ...more };
}
const stateOf = async (supervisor: FakeSupervisor, name: string) =>
  (await supervisor.list()).find((record) => record.name === name)?.state;
const calls = (supervisor: FakeSupervisor) =>
  supervisor.calls.map(({ name, action, options }) => `${action} ${name}${options.signal ? ` ${options.signal}` : ""}`);
const said: string[] = [];
const job = {
  id: "job",
  signal: new AbortController().signal,
  say: (line: string) => said.push(line),
  quiesced: () => undefined,
} as unknown as JobHandle;

describe("who is held, and how", () => {
  test("containers are paused, processes stopped by a signal, unless a watchdog would kill them for it", async () => {
    fakes.docker.add({ name: "web", state: "running" });
    fakes.systemd.add({ name: "plain.service", state: "running" }, { detail: { native: { WatchdogUSec: 0 } } });
    fakes.systemd.add({ name: "dog.service", state: "running" }, { detail: { native: { WatchdogUSec: 30_000_000 } } });
    fakes.pm2.add({ name: "app", state: "running" });
    const users = [
      userOf(fakes.docker, "web"),
      userOf(fakes.systemd, "plain.service"),
      userOf(fakes.systemd, "dog.service"),
      userOf(fakes.pm2, "app"),
    ];
    const held = await whoIsHeld(users, "pause");
    expect(held.map(({ name, how }) => [name, how])).toEqual([
      ["web", "pause"],
      ["plain.service", "signal"],
      ["dog.service", "stop"],
      ["app", "signal"],
    ]);
    expect((await whoIsHeld(users, "live")).length).toBe(0);
  });

  test("nobody who only reads, rests or is frozen already; dependents before what they need", async () => {
    fakes.docker.add({ name: "db", state: "running", dependents: ["api"] });
    fakes.docker.add({ name: "api", state: "running", dependents: ["page"] });
    fakes.docker.add({ name: "page", state: "running" });
    fakes.docker.add({ name: "rests", state: "stopped" });
    fakes.docker.add({ name: "frozen", state: "paused" });
    const users = ["db", "api", "page", "rests", "frozen"].map((name) => userOf(fakes.docker, name));
    users.push(userOf(fakes.docker, "reader", { readOnly: true }));
    expect((await whoIsHeld(users, "stop")).map(({ name }) => name)).toEqual(["page", "api", "db"]);
  });

  test("one whose label says so is stopped where the others are paused, and also in live mode", async () => {
    fakes.docker.add({ name: "asks", state: "running" });
    const users = [userOf(fakes.docker, "asks", { stops: true })];
    for (const how of ["pause", "live"] as const)
      expect((await whoIsHeld(users, how)).map((one) => one.how)).toEqual(["stop"]);
  });
});

describe("a hold", () => {
  test("is on disk before anybody is touched, and everything is as it was after it", async () => {
    fakes.docker.add({ name: "db", state: "running", dependents: ["api"] });
    fakes.docker.add({ name: "api", state: "running" });
    const users = [userOf(fakes.docker, "db"), userOf(fakes.docker, "api")];
    const hold = await quiesce(job, users, await whoIsHeld(users, "stop"));
    expect(
      (await openIntents()).map(({ kind, body }) => [kind, (body as { services: HeldService[] }).services.length]),
    ).toEqual([["quiesce", 2]]);
    expect([await stateOf(fakes.docker, "db"), await stateOf(fakes.docker, "api")]).toEqual(["stopped", "stopped"]);
    await hold.release();
    await hold.release();
    expect(calls(fakes.docker)).toEqual(["stop api", "stop db", "start db", "start api"]);
    expect(await openIntents()).toEqual([]);
  });

  test("that fails half-way lets go of whom it held already", async () => {
    fakes.docker.add({ name: "first", state: "running" });
    fakes.docker.add({ name: "second", state: "running" });
    const users = [userOf(fakes.docker, "first"), userOf(fakes.docker, "second")];
    const services = await whoIsHeld(users, "stop");
    const act = fakes.docker.act.bind(fakes.docker);
    fakes.docker.act = async (name, action, options, signal) => {
      if (name === "second" && action === "stop") throw new Error("the engine is on fire");
      return act(name, action, options, signal);
    };
    await expect(quiesce(job, users, services)).rejects.toThrow("on fire");
    expect([await stateOf(fakes.docker, "first"), await stateOf(fakes.docker, "second")]).toEqual([
      "running",
      "running",
    ]);
    expect(await openIntents()).toEqual([]);
  });
});

describe("an order to hold that comes late", () => {
  const pausedLater = (supervisor: FakeSupervisor, late: string, { answers }: { answers: boolean }) => {
    const act = supervisor.act.bind(supervisor);
    const landing = Promise.withResolvers<void>();
    supervisor.act = async (name, action, options, signal) => {
      if (action !== "pause") return act(name, action, options, signal);
      if (name !== late) throw new SupervisorError("refused", `${name} cannot be paused`);
      if (!answers) {
        void landing.promise.then(() => act(name, action, options, signal));
        throw new SupervisorError("timeout", "The engine did not answer in 60 s");
      }
      await sleep(150);
      return act(name, action, options, signal);
    };
    return landing.resolve;
  };

  test("is awaited where another one fails before it, and undone", async () => {
    fakes.docker.add({ name: "fails", state: "running" });
    fakes.docker.add({ name: "late", state: "running" });
    const users = [userOf(fakes.docker, "fails"), userOf(fakes.docker, "late")];
    pausedLater(fakes.docker, "late", { answers: true });
    await expect(quiesce(job, users, await whoIsHeld(users, "pause"))).rejects.toThrow("cannot be paused");
    expect(calls(fakes.docker)).toEqual(["pause late", "unpause late"]);
    expect(await stateOf(fakes.docker, "late")).toBe("running");
    expect(await openIntents()).toEqual([]);
  });

  test("is undone when it lands after nobody waited for it any more, but not while a job works with its service", async () => {
    fakes.docker.add({ name: "late", state: "running" });
    const users = [userOf(fakes.docker, "late")];
    const land = pausedLater(fakes.docker, "late", { answers: false });
    await expect(quiesce(job, users, await whoIsHeld(users, "pause"))).rejects.toThrow("did not answer");
    expect((await openIntents()).map(({ kind }) => kind)).toEqual(["quiesce"]);
    const letGo = await holdNames([`service ${users[0]!.service}`], job.signal);
    land();
    await sleep(1500);
    expect(await stateOf(fakes.docker, "late")).toBe("paused");
    letGo();
    await vi.waitFor(async () => expect(await stateOf(fakes.docker, "late")).toBe("running"), { timeout: 3000 });
    for (const intent of await openIntents()) await intent.done();
  });
});

describe("putting back", () => {
  const heldAs = (name: string, how: HeldService["how"], more: Partial<HeldService> = {}): HeldService => ({
    ...{
      service: serviceId("local", fakes.docker.scope, name),
      name,
      containerId: null,
      identity: null,
      how,
      since: null,
    },
    ...more,
  });

  test("starts what we have stopped, and leaves what its owner has stopped since", async () => {
    fakes.docker.add({ name: "ours", state: "stopped", since: "2026-01-01T00:00:00.000Z" });
    fakes.docker.add({ name: "owners", state: "stopped", since: "2026-01-01T00:05:00.000Z" });
    const since = "2026-01-01T00:00:00.000Z";
    expect(await putBack([heldAs("ours", "stop", { since }), heldAs("owners", "stop", { since })])).toEqual([]);
    expect([await stateOf(fakes.docker, "ours"), await stateOf(fakes.docker, "owners")]).toEqual([
      "running",
      "stopped",
    ]);
  });

  test("again is nothing, and what is gone is no problem", async () => {
    fakes.docker.add({ name: "frozen", state: "paused" });
    const services = [heldAs("frozen", "pause"), heldAs("removed", "pause")];
    for (const _ of [1, 2]) expect(await putBack(services)).toEqual([]);
    expect(calls(fakes.docker)).toEqual(["unpause frozen"]);
  });

  test("is told where a supervisor is not known or does not answer", async () => {
    expect(await putBack([{ ...heldAs("x", "pause"), service: "local/elsewhere/x" }])).toEqual([
      "local/elsewhere is not known to this server",
    ]);
  });

  test("at the next start: what a run that was cut off held goes on", async () => {
    fakes.docker.add({ name: "left", state: "running" });
    const users = [userOf(fakes.docker, "left")];
    await quiesce(job, users, await whoIsHeld(users, "pause"));
    expect(await stateOf(fakes.docker, "left")).toBe("paused");
    await recoverBackups();
    expect(await stateOf(fakes.docker, "left")).toBe("running");
    expect(await openIntents()).toEqual([]);
    await recoverBackups();
    expect(calls(fakes.docker)).toEqual(["pause left", "unpause left"]);
  });
});
