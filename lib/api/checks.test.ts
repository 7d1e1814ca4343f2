import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bearer, signedIn } from "#lib/auth/people-rig.ts";
import { openBook } from "#lib/checks/book.ts";
import { loadChecks, runChecks } from "#lib/checks/watch.ts";
import { db } from "#lib/db/client.ts";
import { type BusEvent, bus } from "#lib/events/bus.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { createFake, type FakeSupervisor } from "#lib/supervisors/fake/adapter.ts";
import { scratchApi } from "./api-rig.ts";

const { call, request, people } = scratchApi();
const ending = new AbortController();
const WEB = "local/docker/web";

let docker: FakeSupervisor;
let server: http.Server;
let url: string;
let answer: { status: number; body: string };
let asked: http.IncomingMessage[];
let running: Promise<void>;

beforeAll(async () => {
  docker = createFake({ host: "local", scope: "docker", kind: "docker" });
  docker.add({ name: "web", health: "none" });
  docker.add({ name: "mail", health: "none" });
  await loadChecks();
  snapshot().add(docker);
  snapshot().apply(docker, { type: "reset", records: await docker.list() });
  server = http.createServer((incoming, out) => {
    asked.push(incoming);
    out.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  running = runChecks(ending.signal);
});
afterAll(async () => {
  ending.abort();
  await running;
  server.close();
});
beforeEach(async () => {
  answer = { status: 200, body: "all is well" };
  asked = [];
  for (const { plan } of (await openBook()).all()) await (await openBook()).remove(plan.id);
});

const http200 = (more = {}, config = {}) => ({ kind: "http", name: "Home page", config: { url, ...config }, ...more });
const create = async (body: object, as?: "operator") => call("POST", "/api/v1/checks", body, as ? { as } : {});
const stateOf = async (id: string) => (await call("GET", `/api/v1/checks/${id}`)).body;
const until = (id: string, state: string) =>
  expect.poll(async () => (await stateOf(id)).state, { timeout: 5000, interval: 10 }).toBe(state);

describe("checks", () => {
  test("are made, run at once and again when asked, changed, turned off and removed", async () => {
    const heard: BusEvent[] = [];
    const stop = bus().subscribe((event) => heard.push(event));
    const made = await create(http200({ service: WEB }, { contains: "well" }));
    expect(made).toMatchObject({
      status: 201,
      body: {
        ...{ kind: "http", service: WEB, every: 60, timeout: 10, tolerates: 0, enabled: true, state: "waiting" },
        ...{ by: "admin/own", url: null, uptime: null, failures: 0 },
        config: { url, method: "GET", expect: "200-399", contains: "well", headers: {}, verify: true },
      },
    });
    const { id } = made.body;
    await until(id, "up");
    answer = { status: 503, body: "" };
    const ran = await call("POST", `/api/v1/checks/${id}/run`, undefined, { as: "operator" });
    const message = "Answered 503, where 200-399 is expected";
    expect(ran).toMatchObject({
      status: 200,
      body: { state: "down", failures: 1, message, result: { state: "down", message } },
    });
    const results = await call("GET", `/api/v1/checks/${id}/results?limit=2`, undefined, { as: "viewer" });
    expect(results.body.items).toMatchObject([
      { state: "down", message, latency: expect.any(Number) },
      { state: "up" },
    ]);
    expect(heard.filter(({ name }) => name === "check").map(({ data }) => (data as { state: string }).state)).toEqual([
      ...["waiting", "up", "down"],
    ]);
    stop();
    const { items } = (await call("GET", "/api/v1/checks?recent=1")).body;
    expect(items[0].recent.map((one: { state: string }) => one.state)).toEqual(["up", "down"]);
    await call("POST", `/api/v1/checks/${id}/run`);
    expect((await call("GET", "/api/v1/checks?recent=1")).body.items[0].recent).toHaveLength(3);
    expect((await call("GET", "/api/v1/checks")).body.items[0].recent).toBeUndefined();

    const off = await call("PATCH", `/api/v1/checks/${id}`, { enabled: false, name: "  Front page " });
    expect(off.body).toMatchObject({
      enabled: false,
      name: "Front page",
      state: "waiting",
      nextAt: null,
      message: null,
    });
    expect((await call("POST", `/api/v1/checks/${id}/run`)).body).toMatchObject({
      state: "waiting",
      result: { state: "down" },
    });
    expect(
      (await call("PATCH", `/api/v1/checks/${id}`, { config: { expect: "5xx", contains: null }, enabled: true }))
        .status,
    ).toBe(200);
    await until(id, "up");
    expect((await call("DELETE", `/api/v1/checks/${id}`)).status).toBe(204);
    expect((await call("DELETE", `/api/v1/checks/${id}`)).status).toBe(404);
    expect((await call("GET", "/api/v1/checks")).body.items).toEqual([]);
    expect(await db().checkResult.count({ where: { check: id } })).toBe(0);
  });

  test.each([
    [{ config: { url: "ftp://127.0.0.1" } }, "config.url"],
    [{ config: { url: "http://169.254.169.254/latest/meta-data/" } }, "config.url"],
    [{ config: { url: "http://0xA9FEA9FE/" } }, "config.url"],
    [{ config: { url: "http://[::ffff:169.254.169.254]/" } }, "config.url"],
    [{ config: { url: "http://[fe80::1]/" } }, "config.url"],
    [{ config: { url: "http://[fd00:ec2::254]/" } }, "config.url"],
    [{ config: { url: "http://[64:ff9b::a9fe:a9fe]/" } }, "config.url"],
    [{ config: { url: "http://user:pass@127.0.0.1/" } }, "config.url"],
    [{ config: { url: "http://127.0.0.1", expect: "299-200" } }, "config.expect"],
    [{ config: { url: "http://127.0.0.1", expect: "ok" } }, "config.expect"],
    [{ config: { url: "http://127.0.0.1", method: "HEAD", contains: "x" } }, "config.contains"],
    [{ config: { url: "http://127.0.0.1", headers: { "a b": "c" } } }, "config.headers"],
    [{ config: { url: "http://127.0.0.1", headers: { a: "b\r\nc: d" } } }, "config.headers"],
    [{ config: { url: "http://127.0.0.1", headers: { "Transfer-Encoding": "chunked" } } }, "config.headers"],
    [{ name: "   " }, "name"],
    [{ every: 1 }, "every"],
    [{ timeout: 0 }, "timeout"],
    [{ service: "local/docker/nobody" }, "service"],
    [{ kind: "tcp", config: { host: "169.254.1.1", port: 80 } }, "config.host"],
    [{ kind: "tcp", config: { host: "a host", port: 80 } }, "config.host"],
    [{ kind: "tcp", config: { host: "127.0.0.1", port: 70_000 } }, "config.port"],
    [{ kind: "command", config: { command: [] } }, "config.command"],
    [{ kind: "command", config: { command: ["true\0"] } }, "config.command"],
    [{ kind: "command", config: { command: ["true"], inside: true } }, "service"],
    [{ kind: "silent", config: { minutes: 5 } }, "service"],
    [{ kind: "silent", service: WEB, config: { minutes: 5, matching: "(" } }, "config.matching"],
    [{ kind: "silent", service: WEB, config: { minutes: 5, matching: "(a)\\1" } }, "config.matching"],
    [{ kind: "prints", service: WEB, config: { pattern: "x*", within: 5 } }, "config.pattern"],
    [{ kind: "heartbeat", config: { cron: "0 25 * * *" } }, "config.cron"],
    [{ kind: "heartbeat", config: { cron: "0 3 * * *", timezone: "Mars/Phobos" } }, "config.timezone"],
    [{ kind: "magic", config: {} }, "kind"],
    [{ surprise: 1 }, "body"],
  ])("%j is refused, and %s named", async (more, field) => {
    const { status, body } = await create({ ...http200(), ...more });
    expect([status, body.code]).toEqual([400, "validation"]);
    expect(body.errors.map((one: { path: string }) => one.path)).toContain(field);
    expect((await openBook()).all()).toEqual([]);
  });

  test("a change is checked as a whole; what is wrong changes nothing", async () => {
    const { id } = (await create(http200())).body;
    for (const wrong of [
      { every: 1 },
      { config: { url: "http://169.254.169.254" } },
      { config: { more: 1 } },
      { kind: "tcp" },
    ])
      expect((await call("PATCH", `/api/v1/checks/${id}`, wrong)).status, JSON.stringify(wrong)).toBe(400);
    expect(await stateOf(id)).toMatchObject({ every: 60, config: { url } });
  });

  test("a header is sent, and never told again or sent to another address", async () => {
    const headers = { Authorization: "Bearer canary-0123456789", "X-Plain": "1" };
    const { id, config } = (await create(http200({}, { headers, url: `${url}/a?key=canary-1` }))).body;
    expect(config.headers).toEqual({ Authorization: "••••••", "X-Plain": "••••••" });
    await until(id, "up");
    expect(asked.at(-1)?.headers).toMatchObject({ authorization: "Bearer canary-0123456789", "x-plain": "1" });
    const kept = await call("PATCH", `/api/v1/checks/${id}`, {
      config: { ...config, headers: { Authorization: "••••••" } },
    });
    expect(kept.status).toBe(200);
    const before = asked.length;
    await call("POST", `/api/v1/checks/${id}/run`);
    expect(asked.length).toBeGreaterThan(before);
    expect(asked.at(-1)?.headers.authorization).toBe("Bearer canary-0123456789");
    expect(asked.at(-1)?.headers["x-plain"]).toBeUndefined();
    const moved = await call("PATCH", `/api/v1/checks/${id}`, { config: { url: "http://127.0.0.1:1/" } });
    expect(moved.body.errors).toMatchObject([{ path: "config.headers" }]);
    const shown = await request(`/api/v1/checks/${id}`, { as: "viewer" });
    const row = await db().check.findFirstOrThrow({ where: { id } });
    const trail = JSON.stringify(await db().auditEntry.findMany());
    expect([await shown.text(), row.config.replace("key=canary-1", ""), trail].join()).not.toContain("canary");
  });

  test("a command is for who has just confirmed to be there, and its words for who may change it", async () => {
    const command = { kind: "command", name: "Queue", config: { command: ["/bin/sh", "-c", "exit 3"] } };
    const stale = await signedIn(people.admin, { age: 3_600_000 });
    const refused = await call("POST", "/api/v1/checks", command, { as: stale });
    expect([refused.status, refused.body.stepUp]).toEqual([403, true]);
    const { status, body } = await create(command);
    expect([status, body.config.command]).toEqual([201, ["/bin/sh", "-c", "exit 3"]]);
    await until(body.id, "down");
    const seen = await call("GET", `/api/v1/checks/${body.id}`, undefined, { as: "viewer" });
    expect(seen.body).toMatchObject({ message: "Ended with exit code 3", config: { command: ["/bin/sh", "••••••"] } });
    expect((await call("PATCH", `/api/v1/checks/${body.id}`, { name: "x" }, { as: stale })).status).toBe(403);
  });

  test("who is limited to some services sees theirs, and nothing that belongs to none", async () => {
    const own = (await create(http200({ service: WEB }))).body.id;
    const others = (await create(http200({ service: "local/docker/mail" }))).body.id;
    const alone = (await create(http200())).body.id;
    const as = await bearer(people.operator, { name: "web", services: [WEB] });
    expect(
      (await call("GET", "/api/v1/checks", undefined, { as })).body.items.map(({ id }: { id: string }) => id),
    ).toEqual([own]);
    for (const id of [others, alone])
      for (const [method, path] of [
        ["GET", ""],
        ["GET", "/results"],
        ["POST", "/run"],
      ] as const)
        expect((await call(method, `/api/v1/checks/${id}${path}`, undefined, { as })).status).toBe(404);
    expect((await call("POST", `/api/v1/checks/${own}/run`, undefined, { as })).status).toBe(200);
    expect((await call("GET", `/api/v1/checks?service=${WEB}`)).body.items).toHaveLength(1);
    expect((await create(http200(), "operator")).status).toBe(403);
    expect((await call("POST", `/api/v1/checks/${own}/run`, undefined, { as: "viewer" })).status).toBe(403);
  });

  test("tell the health of a service that has none of its own, and what happened to it", async () => {
    const service = () => snapshot().service(WEB)!;
    const { id } = (await create(http200({ service: WEB, name: "Home `page`" }))).body;
    await expect.poll(() => service().health).toBe("healthy");
    answer = { status: 500, body: "" };
    await call("POST", `/api/v1/checks/${id}/run`);
    expect(service()).toMatchObject({
      ...{ health: "unhealthy", reason: "Check `Home 'page'`: Answered 500, where 200-399 is expected" },
    });
    expect(snapshot().needs()).toMatchObject([
      { service: WEB, kind: "unhealthy", why: expect.stringContaining("Answered 500") },
    ]);
    // another run of it is judged anew
    docker.set("web", { since: new Date(Date.now() + 1000).toISOString() });
    snapshot().apply(docker, { type: "reset", records: await docker.list() });
    expect(service().health).toBe("starting");
    docker.set("web", { since: new Date(Date.now() - 60_000).toISOString() });
    snapshot().apply(docker, { type: "reset", records: await docker.list() });
    expect(service().health).toBe("unhealthy");
    await call("DELETE", `/api/v1/checks/${id}`);
    expect(service()).toMatchObject({ health: "none", reason: null });
  });
});

describe("heartbeats", () => {
  const beat = { kind: "heartbeat", name: "Nightly", every: 3600, timeout: 60 };

  test("are called by whoever has the address, by any method and name of this server", async () => {
    const { id, url: address, state } = (await create(beat)).body;
    expect(address).toMatch(/^http:\/\/localhost:7420\/api\/v1\/heartbeats\/[\w-]{43}$/);
    expect(state).toBe("waiting");
    const path = new URL(address).pathname;
    const send = (to: string, more = {}) =>
      request(`${path}${to}`, { as: null, headers: { host: "trihelm:7420" }, ...more });
    expect((await send("/start", { method: "POST" })).status).toBe(200);
    expect(await stateOf(id)).toMatchObject({ state: "running" });
    expect((await send("", { method: "HEAD" })).status).toBe(200);
    expect(await stateOf(id)).toMatchObject({ state: "up", latency: expect.any(Number), message: null });
    const failed = await send("/fail", { method: "POST", raw: `password=canary ${"x".repeat(2_000_000)}` });
    expect([failed.status, await failed.json()]).toEqual([200, { status: "ok" }]);
    const { message } = await stateOf(id);
    expect(message).toMatch(/^The job says that it failed: `password=•+ x+`$/);
    expect(message.length).toBeLessThan(1200);
    expect(
      (await call("GET", `/api/v1/checks/${id}/results`)).body.items.map((one: { state: string }) => one.state),
    ).toEqual([...["down", "up", "started"]]);
    for (const as of ["viewer", "operator"] as const)
      expect((await call("GET", `/api/v1/checks/${id}`, undefined, { as })).body.url).toBeNull();
    const row = await db().check.findFirstOrThrow({ where: { id } });
    expect(JSON.stringify(row)).not.toContain(path.split("/").at(-1));
    expect((await call("POST", `/api/v1/checks/${id}/run`)).status).toBe(409);
  });

  test("an address that leads nowhere tells nothing, and guessing shuts nobody else out", async () => {
    const { id, url: address } = (await create(beat)).body;
    const guess = async (n: number) =>
      (await request(`/api/v1/heartbeats/${String(n).padStart(43, "a")}`, { as: null, address: "192.0.2.9" })).status;
    const tries = await Promise.all(Array.from({ length: 80 }, (_, n) => guess(n)));
    expect(new Set(tries)).toEqual(new Set([404, 429]));
    expect(tries.filter((status) => status === 404).length).toBeLessThanOrEqual(60);
    const path = new URL(address).pathname;
    expect((await request(path, { as: null, address: "192.0.2.9" })).status).toBe(200);
    expect((await request(`${path}/other`, { as: null })).status).toBe(401);
    await call("PATCH", `/api/v1/checks/${id}`, { enabled: false });
    expect((await request(path, { as: null })).status).toBe(200);
    expect(await stateOf(id)).toMatchObject({ state: "waiting", checkedAt: null });
    await call("DELETE", `/api/v1/checks/${id}`);
    expect((await request(path, { as: null })).status).toBe(404);
  });
});
