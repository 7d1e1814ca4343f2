import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verify } from "#lib/audit/store.ts";
import { bearer } from "#lib/auth/people-rig.ts";
import { db } from "#lib/db/client.ts";
import { bus } from "#lib/events/bus.ts";
import { serviceSchema, supervisorSchema } from "#lib/services/service.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { firstLook, watchSupervisor } from "#lib/services/watch.ts";
import { createFake, type FakeSupervisor } from "#lib/supervisors/fake/adapter.ts";
import { scratchApi } from "./api-rig.ts";

const { app, call, people, request } = scratchApi();
const ending = new AbortController();
let docker: FakeSupervisor;
let systemd: FakeSupervisor;

beforeAll(async () => {
  docker = createFake({ host: "local", scope: "docker", kind: "docker" });
  systemd = createFake({ host: "local", scope: "systemd", kind: "systemd" });
  docker.add(
    { name: "umami", source: "umami:2", ports: [{ protocol: "tcp", address: "127.0.0.1", port: 3000, target: 80 }] },
    {
      detail: {
        environment: [
          { name: "APP_SECRET", value: "canary-1" },
          { name: "TZ", value: "UTC" },
        ],
        native: { Args: ["--x=canary-1"], Token: "canary-2" },
      },
    },
  );
  docker.add({ name: "ü b", state: "stopped" });
  systemd.add({ name: "hidden.service", listed: false });
  systemd.add({ name: "broken.service", listed: false, state: "failed" });
  for (const source of [docker, systemd]) watchSupervisor(source, ending.signal);
  await firstLook(2000);
});
afterAll(() => ending.abort());

const names = async (query: string) =>
  (await call("GET", `/api/v1/services?${query}`)).body.items.map((s: { name: string }) => s.name);

describe("reading", () => {
  test("every service has exactly the promised shape", async () => {
    const { status, body } = await call("GET", "/api/v1/services?all=1");
    expect(status).toBe(200);
    expect(body.items).toHaveLength(4);
    for (const item of body.items) expect(serviceSchema.strict().parse(item)).toEqual(item);
    for (const item of body.supervisors) expect(supervisorSchema.strict().parse(item)).toEqual(item);
  });

  test("filters: failed units show without asking for all, the others do not", async () => {
    expect(await names("")).toEqual(["umami", "ü b", "broken.service"]);
    expect(await names("supervisor=systemd&all=1")).toEqual(["hidden.service", "broken.service"]);
    expect(await names("supervisor=local/docker&state=stopped")).toEqual(["ü b"]);
    expect(await names("q=:3000")).toEqual(["umami"]);
    expect(await names("q=UMAMI:2")).toEqual(["umami"]);
    expect(await names("q=nothing")).toEqual([]);
  });

  test.each(["state=alive", "all=yes", "nope=1", `q=${"x".repeat(300)}`])("%s is a clear error", async (query) => {
    const { status, headers, body } = await call("GET", `/api/v1/services?${query}`);
    expect(status).toBe(400);
    expect(headers.get("content-type")).toContain("application/problem+json");
    expect(body).toMatchObject({ code: "validation", status: 400, errors: [{ path: expect.any(String) }] });
  });

  test("one service, secrets masked by name and wherever the value recurs", async () => {
    const { body } = await call("GET", "/api/v1/services/local/docker/umami");
    expect(JSON.stringify(body)).not.toContain("canary");
    expect(body.detail.environment).toEqual([
      { name: "APP_SECRET", value: null, masked: true },
      { name: "TZ", value: "UTC", masked: false },
    ]);
  });

  test("names are percent-encoded, and an unknown one says where to look", async () => {
    expect((await call("GET", "/api/v1/services/local/docker/%C3%BC%20b")).body.name).toBe("ü b");
    expect(await call("GET", "/api/v1/services/local/docker/nope")).toMatchObject({
      status: 404,
      body: { code: "not_found" },
    });
    expect(await call("GET", "/api/v1/unknown")).toMatchObject({ status: 404, body: { code: "not_found" } });
  });
});

describe("acting", () => {
  const umami = "/api/v1/services/local/docker/umami";

  test("restart: done, told, written down", async () => {
    const { status, body } = await call("POST", `${umami}/restart`, { timeout: 3 });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      service: { name: "umami", state: "running", pending: null },
      tookMs: expect.any(Number),
    });
    expect(docker.calls.at(-1)).toMatchObject({ name: "umami", action: "restart", options: { timeout: 3 } });
    const rows = await db().auditEntry.findMany({ orderBy: { seq: "desc" }, take: 2 });
    expect(rows.map((r) => [r.action, r.subject, r.outcome])).toEqual([
      ["service.restart", "local/docker/umami", "done"],
      ["service.restart", "local/docker/umami", "intended"],
    ]);
    expect(rows[0]?.closes).toBe(rows[1]?.seq);
  });

  test("twenty clicks at once are one action", async () => {
    docker.delay(50);
    const before = docker.calls.length;
    const answers = await Promise.all(Array.from({ length: 20 }, () => call("POST", `${umami}/restart`)));
    docker.delay(0);
    expect(answers.filter((a) => a.status === 200)).toHaveLength(1);
    expect(answers.filter((a) => a.status === 409 && a.body.joined === true)).toHaveLength(19);
    expect(docker.calls.length - before).toBe(1);
  });

  test("another action on the same service waits its turn", async () => {
    docker.delay(50);
    const [first, second] = await Promise.all([call("POST", `${umami}/restart`), call("POST", `${umami}/pause`)]);
    docker.delay(0);
    expect([first.status, second.status]).toEqual([200, 409]);
    expect(second.body).toMatchObject({
      code: "conflict",
      joined: false,
      detail: expect.stringContaining("restart is under way"),
    });
  });

  test("a refusal carries the supervisor's own words and is written down", async () => {
    docker.refuse("umami", { reason: "refused", message: "driver failed programming external connectivity" });
    expect(await call("POST", `${umami}/restart`)).toMatchObject({
      status: 502,
      body: { code: "action_failed", detail: expect.stringContaining("driver failed") },
    });
    expect(await db().auditEntry.findFirst({ orderBy: { seq: "desc" } })).toMatchObject({
      outcome: "failed",
      detail: expect.stringContaining("driver failed"),
    });
    docker.refuse("umami", { reason: "start_limit", message: "it started 5 times in 10 s", retryAfter: 7.2 });
    const limited = await call("POST", `${umami}/restart`);
    expect(limited).toMatchObject({ status: 409, body: { retryAfter: 7.2 } });
    expect(limited.headers.get("retry-after")).toBe("8");
    docker.refuse("umami", null);
  });

  test("a protected service asks for its name before it is stopped, not before it is restarted", async () => {
    expect(await call("PATCH", umami, { protected: true })).toMatchObject({
      status: 200,
      body: { protected: true, pinned: false },
    });
    expect(await call("POST", `${umami}/stop`)).toMatchObject({ status: 409, body: { confirm: "umami", typed: true } });
    expect(await call("POST", `${umami}/stop`, { confirm: "umam" })).toMatchObject({ status: 409 });
    expect((await call("POST", `${umami}/restart`)).status).toBe(200);
    expect(await call("POST", `${umami}/stop`, { confirm: "umami" })).toMatchObject({
      status: 200,
      body: { service: { state: "stopped" } },
    });
    await call("POST", `${umami}/start`);
    await call("PATCH", umami, { protected: false });
  });

  test.each<[string, unknown]>([
    ["timeout", { timeout: "5" }],
    ["timeout", { timeout: -1 }],
    ["signal", { signal: "SIGNOPE" }],
    ["signal", { signal: "toString" }],
    ["body", { unheardOf: 1 }],
    ["body", []],
    ["body", "stop"],
  ])("a wrong %s is refused and nothing is done", async (where, body) => {
    const before = docker.calls.length;
    const answer = await call("POST", `${umami}/kill`, body);
    expect(answer).toMatchObject({ status: 400, body: { code: "validation", errors: [{ path: where }] } });
    expect(docker.calls.length).toBe(before);
  });

  test("a body that is no JSON, of another type or too large is refused", async () => {
    const admin = await bearer(people.admin);
    const post = (body: string, headers: Record<string, string>) =>
      app.request(`${umami}/stop`, { method: "POST", body, headers: { host: "localhost", ...admin, ...headers } });
    expect((await post("{", { "content-type": "application/json" })).status).toBe(400);
    expect((await post("timeout=1", { "content-type": "application/x-www-form-urlencoded" })).status).toBe(400);
    expect((await post("{}", { "content-type": "application/json", "content-length": "99999999" })).status).toBe(413);
    expect((await call("POST", `${umami}/explode`)).status).toBe(400);
    expect((await call("POST", "/api/v1/services/local/docker/nope/stop")).status).toBe(404);
  });

  test("the trail of all that is unbroken", async () => {
    const { rows, broken } = await verify();
    expect(rows).toBeGreaterThan(10);
    expect(broken).toBeNull();
  });
});

describe("strangers", () => {
  test.each([
    "/api/v1/services",
    "/api/v1/events",
    "/api/v1/openapi.json",
    "/api/v1/docs",
    "/api/v1/services/local/docker/umami",
  ])("%s is refused under a foreign Host or Origin", async (url) => {
    expect((await call("GET", url, undefined, { headers: { host: "rebound.example" } })).status).toBe(403);
    expect((await call("GET", url, undefined, { headers: { origin: "https://evil.example" } })).status).toBe(403);
  });

  test("an action too", async () => {
    const before = docker.calls.length;
    expect(
      (
        await call(
          "POST",
          "/api/v1/services/local/docker/umami/stop",
          {},
          { headers: { origin: "http://localhost:3000" } },
        )
      ).status,
    ).toBe(403);
    expect(docker.calls.length).toBe(before);
  });
});

describe("the stream", () => {
  async function open(lastEventId?: string) {
    const leaving = new AbortController();
    const headers: Record<string, string> = lastEventId ? { "last-event-id": lastEventId } : {};
    const answer = await request("/api/v1/events", { headers, signal: leaving.signal });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const events = () =>
      text
        .split("\n\n")
        .slice(0, -1)
        .filter((f) => f.includes("event: "))
        .map((f) => ({
          id: /^id: (.+)$/m.exec(f)?.[1],
          name: /^event: (.+)$/m.exec(f)?.[1],
          data: JSON.parse(/^data: (.+)$/m.exec(f)![1]!),
        }));
    const until = async (ok: (e: ReturnType<typeof events>) => boolean) => {
      while (!ok(events())) {
        const { value, done } = await reader.read();
        if (done) break;
        text += value;
      }
      return events();
    };
    return { until, leave: () => leaving.abort() };
  }

  test("begins with everything, goes on with changes, and resumes without a gap or a repeat", async () => {
    const first = await open();
    const [snapshotEvent] = await first.until((e) => e.length > 0);
    expect(snapshotEvent).toMatchObject({
      name: "snapshot",
      data: { items: expect.any(Array), supervisors: expect.any(Array), needs: expect.any(Array) },
    });
    docker.set("umami", { title: "one" });
    const seen = await first.until((e) => e.some((x) => x.data.title === "one"));
    first.leave();
    docker.set("umami", { title: "two" });
    docker.set("umami", { title: "three" });
    await expect.poll(() => snapshot().service("local/docker/umami")?.title).toBe("three");

    const second = await open(seen.at(-1)!.id);
    const resumed = await second.until((e) => e.some((x) => x.name === "usage"));
    expect(resumed.filter((e) => e.name === "service").map((e) => e.data.title)).toEqual(["two", "three"]);
    expect(resumed.some((e) => e.name === "snapshot")).toBe(false);
    second.leave();
  });

  test("an id from before a restart of the server gets a snapshot", async () => {
    const stream = await open("00000000-5");
    expect((await stream.until((e) => e.length > 0))[0]?.name).toBe("snapshot");
    stream.leave();
  });

  test("a client that left is not listened for any more", async () => {
    await expect.poll(() => bus().listeners).toBe(0);
  });
});

test("health is answered under any name, with the database and each supervisor", async () => {
  expect(await call("GET", "/api/health/live", undefined, { as: null, headers: { host: "10.0.0.3" } })).toMatchObject({
    status: 200,
    body: { status: "ok", uptime: expect.any(Number) },
  });
  docker.down();
  await expect
    .poll(async () => (await call("GET", "/api/health/ready")).body.checks.supervisors["local/docker"])
    .toBe("unreachable");
  expect(await call("GET", "/api/health/ready")).toMatchObject({
    status: 200,
    body: { status: "ready", checks: { database: { healthy: true } } },
  });
  docker.up();
});

test("every route that answers is in the OpenAPI document, and the docs page shows it", async () => {
  const { body } = await call("GET", "/api/v1/openapi.json");
  const documented = Object.entries(body.paths).flatMap(([url, methods]) =>
    Object.keys(methods as object).map((m) => `${m.toUpperCase()} ${url}`),
  );
  const answering = app.routes
    .filter((r) => r.method !== "ALL")
    .map((r) => `${r.method} ${r.path.replace(/:(\w+)/g, "{$1}")}`);
  expect(new Set(documented)).toEqual(new Set(answering));
  const page = await (await request("/api/v1/docs")).text();
  for (const route of documented) expect(page).toContain(route);
});
