import { expect, test } from "vitest";
import { type Rig, supervisorContract } from "../contract.ts";
import { isUsageSource, type ServiceAction, type SupervisorKind } from "../supervisor.ts";
import { createFake, supportedBy } from "./adapter.ts";
import { demoSupervisors } from "./demo.ts";

const PLAIN = { timeout: null, signal: null, force: false, detached: false };

for (const kind of ["docker", "systemd"] as const) supervisorContract(`fake ${kind}`, async () => rig(kind));

function rig(kind: SupervisorKind): Rig {
  const supervisor = createFake({ host: "local", scope: kind, kind });
  const denied = createFake({ host: "local", scope: kind, kind });
  denied.down({ status: "denied", detail: "EACCES", hint: "Join the group.", command: null });
  const absent = createFake({ host: "local", scope: kind, kind });
  absent.down();
  const record = async (name: string) => (await supervisor.list()).find((one) => one.name === name);
  return {
    supervisor,
    subject: "trihelm-contract",
    async create(name) {
      const environment = [{ name: "CONTRACT_SECRET", value: "contract-secret-value" }];
      supervisor.add({ name, state: "stopped" }, { detail: { environment } });
      await supervisor.act(name, "start", PLAIN);
    },
    async remove(name) {
      supervisor.remove(name);
    },
    native: {
      act: (name: string, action: ServiceAction) => supervisor.act(name, action, PLAIN),
      async state(name) {
        const state = (await record(name))?.state ?? "gone";
        return state === "running" || state === "paused" || state === "gone" ? state : "stopped";
      },
      incarnation: async (name) => String((await record(name))?.instances[0]?.pid),
    },
    supports: supportedBy(kind),
    legalNames: ["with space", "dots.and-dashes_@:\\x", "Ünïcode 名前", "all"],
    hostileNames: ["", "a\nb", "a\0b", "-rf", "../etc", "x".repeat(257)],
    unreachable: [
      { is: "denied", supervisor: denied },
      { is: "absent", supervisor: absent },
    ],
    daemon: {
      stop: async () => supervisor.down(),
      kill: async () => supervisor.down(),
      start: async () => supervisor.up(),
    },
    async close() {
      supervisor.close();
    },
  };
}

test("a crash restarts or fails as its policy says", async () => {
  const fake = createFake({ host: "local", scope: "pm2", kind: "pm2" });
  fake.add({ name: "kept" });
  fake.add({ name: "once", restartPolicy: { policy: "no", delay: null, limit: null, window: null } });
  fake.crash("kept", { code: 1 });
  fake.crash("once", { oomKilled: true, signal: "SIGKILL" });
  const [kept, once] = await fake.list();
  expect(kept).toMatchObject({ state: "running", restarts: 1, lastExit: { code: 1 } });
  expect(once).toMatchObject({ state: "failed", lastExit: { oomKilled: true }, actions: ["start"] });
  expect(once!.reason).toContain("memory limit");
});

test("refusals and delays are the daemon's, and only accepted calls are noted", async () => {
  const fake = createFake({ host: "local", scope: "docker", kind: "docker", records: [{ name: "a" }, { name: "b" }] });
  fake.refuse("a", { reason: "start_limit", message: "start limit hit", retryAfter: 7 });
  await expect(fake.act("a", "restart", PLAIN)).rejects.toMatchObject({ reason: "start_limit", retryAfter: 7 });
  fake.refuse("a", null);
  fake.delay(40);
  const restarting = fake.act("a", "restart", PLAIN);
  expect((await fake.list())[0]!.state).toBe("stopping");
  await restarting;
  expect((await fake.list())[0]!.state).toBe("running");
  await fake.act("b", "stop", { ...PLAIN, detached: true });
  expect((await fake.list())[1]!.state).toBe("stopping");
  expect(fake.calls.map(({ name, action }) => `${action} ${name}`)).toEqual(["restart a", "stop b"]);
});

test("records given out are copies: nobody can change the daemon's by accident", async () => {
  const fake = createFake({ host: "local", scope: "pm2", kind: "pm2", records: [{ name: "a" }] });
  (await fake.list())[0]!.state = "failed";
  expect((await fake.list())[0]!.state).toBe("running");
});

test("the demo server: three supervisors, what the design shows, figures that grow", async () => {
  const supervisors = demoSupervisors();
  expect(supervisors.map(({ scope }) => scope)).toEqual(["systemd", "pm2@deploy", "docker"]);
  const lists = await Promise.all(supervisors.map((one) => one.list()));
  const services = lists.flat();
  expect(new Set(services.map((one) => one.name)).size).toBe(services.length);
  expect(services.filter((one) => one.state === "failed").map((one) => one.name)).toEqual(["mongod.service"]);
  expect(services.find((one) => one.name === "cosyworld")).toMatchObject({ state: "restarting", restarts: 17 });
  expect(services.find((one) => one.name === "fondation-worker")!.instances).toHaveLength(4);
  expect(services.filter((one) => one.group === "wa-scheduler")).toHaveLength(3);
  for (const [at, supervisor] of supervisors.entries()) {
    if (!isUsageSource(supervisor)) throw new Error("no usage");
    const first = await supervisor.usage(lists[at]!);
    await new Promise((resolve) => setTimeout(resolve, 15));
    const second = await supervisor.usage(lists[at]!);
    expect(second.map((one) => one.cpuSeconds! > first.find((f) => f.name === one.name)!.cpuSeconds!)).not.toContain(
      false,
    );
    for (const { name } of lists[at]!) expect((await supervisor.inspect(name)).facts.length).toBeGreaterThan(2);
    supervisor.close();
  }
});
