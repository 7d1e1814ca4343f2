import { beforeEach, describe, expect, test } from "vitest";
import { Bus } from "#lib/events/bus.ts";
import { createFake, type FakeSupervisor } from "#lib/supervisors/fake/adapter.ts";
import type { Probe } from "#lib/supervisors/supervisor.ts";
import { Snapshot } from "./snapshot.ts";

const GONE: Probe = { status: "absent", detail: "connect ENOENT", hint: "start it", command: null };

let bus: Bus;
let board: Snapshot;
let docker: FakeSupervisor;
let told: { name: string; data: unknown }[];

beforeEach(async () => {
  bus = new Bus();
  board = new Snapshot(bus);
  docker = createFake({ host: "local", scope: "docker", kind: "docker" });
  docker.add({ name: "umami" });
  docker.add({ name: "a b/ü" });
  board.add(docker);
  board.apply(docker, { type: "reset", records: await docker.list() });
  told = [];
  bus.subscribe(({ name, data }) => told.push({ name, data }));
});

const record = async (name: string) => (await docker.list()).find((r) => r.name === name)!;

test("services have their ids, and are found by them whatever their name holds", () => {
  expect(board.services().map((s) => s.id)).toEqual(["local/docker/umami", "local/docker/a%20b%2F%C3%BC"]);
  expect(board.service("local/docker/a%20b%2F%C3%BC")?.name).toBe("a b/ü");
  for (const id of ["local/docker/nope", "", "umami", "local/pm2/umami", "local/docker/%zz", "../docker/umami"])
    expect(board.service(id), id).toBeNull();
});

test("a difference is told once, an equal record not at all", async () => {
  board.apply(docker, { type: "changed", record: await record("umami") });
  expect(told).toEqual([]);
  docker.set("umami", { health: "unhealthy" });
  board.apply(docker, { type: "changed", record: await record("umami") });
  expect(told.filter((t) => t.name === "service")).toHaveLength(1);
  await expect.poll(() => told.some((t) => t.name === "needs")).toBe(true);
  expect(told.find((t) => t.name === "needs")?.data).toMatchObject({ items: [{ kind: "unhealthy" }] });
  board.apply(docker, { type: "gone", name: "umami" });
  expect(told.at(-1)).toEqual({ name: "gone", data: { id: "local/docker/umami" } });
  expect(board.services()).toHaveLength(1);
});

test("a reset removes what is not in it", async () => {
  board.apply(docker, { type: "reset", records: [await record("umami")] });
  expect(board.services().map((s) => s.name)).toEqual(["umami"]);
  expect(told).toContainEqual({ name: "gone", data: { id: "local/docker/a%20b%2F%C3%BC" } });
});

describe("a daemon that is gone", () => {
  test("leaves the last values, marked with their time and without actions; coming back clears that", async () => {
    expect(board.supervisors()[0]).toMatchObject({ available: true, error: null });
    board.apply(docker, { type: "down", probe: GONE });
    expect(board.service("local/docker/umami")).toMatchObject({
      state: "running",
      actions: [],
      stale: expect.stringMatching(/Z$/),
    });
    expect(board.supervisors()[0]).toMatchObject({
      available: false,
      error: { code: "unreachable", hint: "start it" },
    });
    board.apply(docker, { type: "reset", records: await docker.list() });
    expect(board.service("local/docker/umami")).toMatchObject({ stale: null });
    expect(board.service("local/docker/umami")?.actions).toContain("stop");
    expect(board.supervisors()[0]).toMatchObject({ available: true, error: null });
  });

  test("that was never there is absent, not unreachable", () => {
    const pm2 = createFake({ host: "local", scope: "pm2", kind: "pm2" });
    board.add(pm2);
    board.apply(pm2, { type: "down", probe: GONE });
    expect(board.supervisors()[1]).toMatchObject({ id: "local/pm2", error: { code: "absent" } });
  });
});

test("marks and actions under way show on the service and go out on the bus", () => {
  board.setMark("local/docker/umami", { pinned: true, protected: true });
  board.setPending("local/docker/umami", { action: "restart", since: new Date().toISOString(), actor: "mara" });
  expect(told.at(-1)?.data).toMatchObject({
    pinned: true,
    protected: true,
    pending: { action: "restart", actor: "mara" },
  });
  board.setPending("local/docker/umami", null);
  expect(board.service("local/docker/umami")?.pending).toBeNull();
});

test("the age in a supervisor's words is as of now, and growing older is no change", async () => {
  docker.set("umami", { nativeState: "Up {age} (healthy)", since: new Date(Date.now() - 185_000).toISOString() });
  board.apply(docker, { type: "changed", record: await record("umami") });
  expect(board.service("local/docker/umami")?.nativeState).toBe("Up 3 minutes (healthy)");
  told = [];
  board.apply(docker, { type: "changed", record: await record("umami") });
  expect(told).toEqual([]);
});

test("a check that fails makes a running service unhealthy, whatever its supervisor thinks, and that is a look", async () => {
  const looks: string[] = [];
  let said: ReturnType<Parameters<Snapshot["useChecks"]>[0]> = null;
  const ID = "local/docker/umami";
  board.useChecks((id) => (id === ID ? said : null));
  board.onLook(({ id, record: { health, reason } }) => looks.push(`${id} ${health} ${reason}`));
  const tell = async (change: Parameters<FakeSupervisor["set"]>[1]) => {
    docker.set("umami", change);
    board.apply(docker, { type: "changed", record: await record("umami") });
  };
  said = { health: "healthy", reason: null };
  board.refreshHealth(ID);
  board.refreshHealth(ID);
  said = { health: "unhealthy", reason: "Check `a`: Answered 502" };
  board.refreshHealth(ID);
  board.refreshHealth("local/docker/nobody");
  expect(looks).toEqual([`${ID} healthy null`, `${ID} unhealthy Check \`a\`: Answered 502`]);
  expect(board.service(ID)).toMatchObject({ health: "unhealthy", reason: "Check `a`: Answered 502" });
  expect(board.history.of(ID).map(({ kind }) => kind)).toEqual(["healthy", "unhealthy"]);
  await tell({ health: "healthy" });
  expect(board.service(ID)?.health).toBe("unhealthy");
  // its supervisor's own words stand where it has some
  await tell({ health: "unhealthy", reason: "its own" });
  expect(board.service(ID)?.reason).toBe("its own");
  await tell({ health: "none", state: "stopped", reason: null });
  expect(board.service(ID)).toMatchObject({ health: "none", reason: null });
});
