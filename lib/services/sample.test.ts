import { expect, test } from "vitest";
import { Bus } from "#lib/events/bus.ts";
import { createFake } from "#lib/supervisors/fake/adapter.ts";
import type { ServiceUsage } from "#lib/supervisors/supervisor.ts";
import { Sampler } from "./sample.ts";
import { Snapshot } from "./snapshot.ts";

async function rig(past?: (id: string) => number[]) {
  const docker = createFake({ host: "local", scope: "docker", kind: "docker" });
  docker.add({ name: "a" });
  let readings: ServiceUsage[] = [];
  docker.usage = async () => readings;
  const board = new Snapshot(new Bus());
  board.add(docker);
  board.apply(docker, { type: "reset", records: await docker.list() });
  const sampler = new Sampler(board, past);
  const read = (...next: ServiceUsage[]) => {
    readings = next;
    return sampler.read();
  };
  return { board, read, sampler };
}

const usage = (at: number, cpuSeconds: number | null, memory = 1e6): ServiceUsage => ({
  name: "a",
  at,
  cpuSeconds,
  memory,
  instances: [{ id: "0", cpuSeconds, memory }],
});

test("CPU is the difference of two readings over the time between them", async () => {
  const { board, read } = await rig();
  expect(await read(usage(1000, 5))).toMatchObject([{ cpu: null, memory: { used: 1e6, limit: null } }]);
  expect(await read(usage(3000, 6))).toMatchObject([{ id: "local/docker/a", cpu: 0.5 }]);
  expect(board.service("local/docker/a")).toMatchObject({ cpu: 0.5, memory: { used: 1e6 } });
});

test("a counter that fell (a restart) or cannot be read gives no figure, never a negative one", async () => {
  const { read } = await rig();
  await read(usage(1000, 5));
  await read(usage(2000, 6));
  expect(await read(usage(3000, 1))).toMatchObject([{ cpu: null }]);
  expect(await read(usage(4000, null, 5e6))).toMatchObject([{ cpu: null, memory: { used: 5e6 } }]);
});

test("a row is told only when its figures changed", async () => {
  const { read } = await rig();
  await read(usage(60_000_000, 5));
  await read(usage(60_001_000, 5));
  expect(await read(usage(60_002_000, 5, 1e6 + 10))).toEqual([]);
  expect(await read(usage(60_003_000, 5, 9e6))).toHaveLength(1);
});

test("what stopped using anything is told so once", async () => {
  const { board, read } = await rig();
  await read(usage(1000, 5));
  expect(await read()).toEqual([{ id: "local/docker/a", cpu: null, memory: null, instances: [] }]);
  expect(await read()).toEqual([]);
  expect(board.service("local/docker/a")?.cpu).toBeNull();
});

test("a line begins with the hour that was kept", async () => {
  const kept = Array.from({ length: 61 }, (_, minute) => minute / 100);
  const { read, sampler } = await rig((id) => (id === "local/docker/a" ? kept : []));
  await read(usage(1000, 5));
  expect(sampler.sparks()).toEqual({ "local/docker/a": kept.slice(1) });
});
