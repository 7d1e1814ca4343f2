import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Engine } from "./connect.ts";
import { Containers } from "./containers.ts";
import { UsageReader } from "./usage.ts";

const ID = "abcdef012345".padEnd(64, "0");
const STATS = {
  read: "2026-11-21T11:15:34.892Z",
  cpu_stats: { cpu_usage: { total_usage: 2_500_000_000 } },
  memory_stats: { usage: 9000, stats: { total_inactive_file: 1000, inactive_file: 500 } },
};

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-usage-"));
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
  fs.rmSync(folder, { recursive: true });
});

/** An engine with one running container, and what it was asked. */
function open(stats: object, local = true) {
  const asked: string[] = [];
  const engine = {
    scope: "docker",
    local,
    async get(at: string) {
      asked.push(at);
      if (at === "/containers/json") return [{ Id: ID, Names: ["/a"], State: "running", Status: "Up 1 second" }];
      return at.endsWith("/stats") ? stats : { Id: ID, State: { Status: "running" } };
    },
  } as unknown as Engine;
  const containers = new Containers(engine);
  return { asked, containers, usage: new UsageReader(engine, containers, folder) };
}

test.each([`docker/${ID}`, `system.slice/docker-${ID}.scope`, `machine.slice/libpod-${ID}.scope`])(
  "read from its cgroup at %s, without a call",
  async (place) => {
    const at = (file: string) => path.join(folder, place, file);
    fs.mkdirSync(at("."), { recursive: true });
    fs.writeFileSync(path.join(folder, "cgroup.controllers"), "cpu memory");
    fs.writeFileSync(at("cpu.stat"), "usage_usec 1500000\n");
    fs.writeFileSync(at("memory.current"), "5000\n");
    fs.writeFileSync(at("memory.stat"), "inactive_file 1000\n");
    const { asked, containers, usage } = open(STATS);
    const records = await containers.list();
    asked.length = 0;
    const reading = { name: "a", at: expect.any(Number), cpuSeconds: 1.5, memory: 4000 };
    expect(await usage.read(records)).toEqual([
      { ...reading, instances: [{ id: "abcdef012345", cpuSeconds: 1.5, memory: 4000 }] },
    ]);
    expect(asked).toEqual([]);
    usage.close();
  },
);

test("asked of the engine where no cgroup is found, every 15 seconds at most", async () => {
  const { asked, containers, usage } = open(STATS, false);
  const records = await containers.list();
  asked.length = 0;
  const first = await usage.read(records);
  expect(first).toMatchObject([{ name: "a", cpuSeconds: 2.5, memory: 8000 }]);
  vi.advanceTimersByTime(10_000);
  expect(await usage.read(records)).toEqual(first);
  expect(asked).toHaveLength(1);
  vi.advanceTimersByTime(6_000);
  await usage.read(records);
  expect(asked).toHaveLength(2);
});

test("an engine that cannot tell gives no reading, and a stopped container has none", async () => {
  const { containers, usage } = open({ ...STATS, read: "0001-01-01T00:00:00Z" });
  const records = await containers.list();
  expect(await usage.read(records)).toEqual([]);
  expect(await open(STATS).usage.read(records.map((one) => ({ ...one, state: "stopped" as const })))).toEqual([]);
});
