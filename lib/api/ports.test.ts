import net from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bearer } from "#lib/auth/people-rig.ts";
import { rememberPorts } from "#lib/services/ports/remembered.ts";
import type { Ledger } from "#lib/services/ports/shapes.ts";
import type { RebootReadiness } from "#lib/services/reboot/shapes.ts";
import { firstLook, watchSupervisor } from "#lib/services/watch.ts";
import { createFake } from "#lib/supervisors/fake/adapter.ts";
import { scratchApi } from "./api-rig.ts";

const api = scratchApi();
const ending = new AbortController();
const server = net.createServer();
const docker = createFake({ host: "local", scope: "docker", kind: "docker" });
let port: number;
let limited: Record<string, string>;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen({ host: "127.0.0.1", port: 0 }, resolve));
  port = (server.address() as net.AddressInfo).port;
  const ports = [{ protocol: "tcp", address: "127.0.0.1", port, target: null } as const];
  docker.add({ name: "web", ports, startsAtBoot: false });
  docker.add({ name: "old", ports: [], startsAtBoot: true });
  (rememberPorts() as Map<string, readonly unknown[]>).set("local/docker/old", ports);
  watchSupervisor(docker, ending.signal);
  await firstLook(2000);
  docker.set("old", { state: "stopped" });
  limited = await bearer(api.people.viewer, { name: "limited", services: ["local/docker/old"] });
});
afterAll(() => {
  ending.abort();
  server.close();
});

test("who listens, and who would not get the port when it is started", async () => {
  const ledger = (await api.call("GET", "/api/v1/ports", undefined, { as: "viewer" })).body as Ledger;
  const own = { service: "local/docker/web", name: "web" };
  const row = { protocol: "tcp", address: "127.0.0.1", port, reach: "local", exposed: null };
  expect(ledger.items).toContainEqual(expect.objectContaining({ ...row, owner: expect.objectContaining(own) }));
  const conflict = expect.objectContaining({ port, holder: own, wants: ["local/docker/old"] });
  expect(ledger.conflicts).toContainEqual(conflict);
  const asked = await api.call("GET", "/api/v1/ports?service=local/docker/old");
  expect(asked.body).toMatchObject({ items: [], conflicts: [conflict] });
});

test("who is limited to some services learns of no other one, and of no process", async () => {
  const { body } = await api.call("GET", "/api/v1/ports", undefined, { as: limited });
  expect(body).toMatchObject({
    items: [],
    conflicts: [{ port, holder: null, wants: ["local/docker/old"] }],
    problem: null,
  });
  expect(JSON.stringify(body)).not.toContain("web");
  expect((await api.call("GET", "/api/v1/reboot", undefined, { as: limited })).body).toMatchObject({
    items: [],
    ready: 0,
  });
});

test("what a reboot would leave down", async () => {
  const { items, problems, bootedAt } = (await api.call("GET", "/api/v1/reboot")).body as RebootReadiness;
  expect(problems).toEqual([]);
  expect(Date.parse(bootedAt ?? "")).toBeLessThan(Date.now());
  expect(items).toMatchObject([
    { service: "local/docker/web", kind: "no-restart-policy", command: expect.stringContaining("web") },
  ]);
});

test("disks have room, and say so to whoever may read", async () => {
  const { items } = (await api.call("GET", "/api/v1/host/disks", undefined, { as: "viewer" })).body as {
    items: { used: number; total: number }[];
  };
  expect(items.length).toBeGreaterThan(0);
  for (const { used, total } of items) expect(used).toBeLessThanOrEqual(total);
  expect((await api.request("/api/v1/host/disks", { as: {} })).status).toBe(401);
});
