import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changePerson, removePerson } from "#lib/auth/people.ts";
import { bearer, PASSWORD, signedIn, somebody } from "#lib/auth/people-rig.ts";
import { randomCode } from "#lib/auth/secret.ts";
import { listTokens } from "#lib/auth/store.ts";
import { bus } from "#lib/events/bus.ts";
import { followed } from "#lib/logs/follow.ts";
import { firstLook, watchSupervisor } from "#lib/services/watch.ts";
import { createFake, type FakeSupervisor } from "#lib/supervisors/fake/adapter.ts";
import { scratchApi } from "./api-rig.ts";
import { access, accessManifest } from "./gate.ts";

const { app, call, people, request } = scratchApi();
const LIST = "/api/v1/services";
const WEB = "/api/v1/services/local/docker/web";
const ending = new AbortController();
let docker: FakeSupervisor;

beforeAll(async () => {
  docker = createFake({ host: "local", scope: "docker", kind: "docker" });
  for (const name of ["web", "wa-api", "wa-db"]) docker.add({ name });
  watchSupervisor(docker, ending.signal);
  await firstLook(2000);
  for (const name of ["web", "wa-api"]) docker.print(name, `from ${name}`);
});
afterAll(() => ending.abort());

describe("the manifest", () => {
  const route = (more: object) =>
    createRoute({ method: "get", path: "/secret/{id}", responses: { 200: { description: "it" } }, ...more });
  const declaring = (more: object) => {
    const routes = new OpenAPIHono().basePath("/api");
    routes.openapi(route({ request: { params: z.object({ id: z.string() }) }, ...more }), (c) => c.text("secret"));
    return routes;
  };

  test("a route that does not say who may call it does not start the server", () => {
    expect(() => accessManifest(declaring({}))).toThrow("GET /api/secret/:id does not declare who may call it");
    expect(accessManifest(declaring(access("reveal", "path"))).get("GET /api/secret/:id")).toEqual({
      ...{ verb: "reveal", on: "path", fresh: false },
    });
  });

  test("nor does one that came in beside the declarations", () => {
    const routes = declaring(access("open"));
    routes.post("/back-door", (c) => c.text("in"));
    expect(() => accessManifest(routes)).toThrow("POST /api/back-door is no declared route");
  });

  test("only health, signing in, the first run, a guest's link, a job's call and what looks at its caller itself are open to everybody", () => {
    const open = [...accessManifest(app)].filter(([, { verb }]) => verb === "open").map(([name]) => name);
    expect(
      open.filter(
        (name) =>
          !/ \/api\/(health\/|v1\/relay\/guest|v1\/heartbeats\/:key|auth\/(sign-in|two-factor|passkey|callback)\/)/.test(
            name,
          ),
      ),
    ).toEqual([
      "GET /api/metrics",
      "GET /api/v1/setup",
      "GET /api/v1/sign-in-methods",
      "POST /api/v1/setup/check",
      "POST /api/v1/setup",
    ]);
  });
});

describe("nobody", () => {
  test.each([
    LIST,
    "/api/v1/events",
    "/api/v1/me",
    "/api/v1/openapi.json",
    "/api/v1/docs",
    "/api/v1/no-such",
    "/api/x",
  ])("%s: sign in first, whether there is such a thing or not", async (path) => {
    expect(await call("GET", path, undefined, { as: null })).toMatchObject({
      status: 401,
      body: { code: "unauthenticated" },
    });
  });

  test("a path that leads nowhere says so to who is signed in", async () => {
    expect((await call("GET", "/api/v1/no-such", undefined, { as: "viewer" })).status).toBe(404);
    expect((await call("POST", LIST, {}, { as: "viewer" })).status).toBe(404);
  });

  test.each<[string, Record<string, string>]>([
    ["an empty one", { authorization: "" }],
    ["a made-up one", { authorization: `Bearer trh_${"A".repeat(43)}` }],
    ["one of another form", { authorization: "Bearer trh_short" }],
    ["a password", { authorization: `Basic ${btoa(`admin:${PASSWORD}`)}` }],
    ["a made-up cookie", { cookie: `trihelm.session_token=${"A".repeat(40)}.x` }],
    ["another cookie's name", { cookie: `session_token=${"A".repeat(40)}.x` }],
  ])("%s is no way in", async (_, as) => {
    expect((await request(LIST, { as })).status).toBe(401);
  });

  test("what a good token is wrapped in does not count, and a bad one is not made up for by a cookie", async () => {
    const good = await bearer(people.admin);
    expect((await request(LIST, { as: { authorization: `${good.authorization} ` } })).status).toBe(200);
    expect((await request(LIST, { as: { authorization: `${good.authorization}x` } })).status).toBe(401);
    const cookie = await signedIn(people.admin);
    expect((await request(LIST, { as: cookie })).status).toBe(200);
    expect((await request(LIST, { as: { ...cookie, authorization: "Bearer trh_x" } })).status).toBe(401);
  });

  test("expired, revoked, disabled", async () => {
    const person = await somebody("gone", { role: "viewer" });
    const [token, session] = [await bearer(person, { name: "x" }), await signedIn(person)];
    for (const as of [token, session]) expect((await request(LIST, { as })).status).toBe(200);
    for (const as of [await bearer(person, { expiresIn: -1 }), await signedIn(person, { lives: -1 })])
      expect((await request(LIST, { as })).status).toBe(401);
    const id = (await listTokens(person.id)).find(({ name }) => name === "x")!.id;
    expect((await request(`/api/v1/tokens/${id}`, { method: "DELETE" })).status).toBe(204);
    expect((await request(LIST, { as: token })).status).toBe(401);
    const other = await bearer(person);
    await changePerson(person.id, { disabled: true });
    for (const as of [other, session]) expect((await request(LIST, { as })).status).toBe(401);
  });
});

describe("roles", () => {
  test.each([
    ["viewer", 403, 403, 403],
    ["operator", 200, 403, 403],
    ["admin", 200, 200, 200],
  ] as const)("%s: acting %i, configuring %i, managing %i", async (as, acting, configuring, managing) => {
    expect((await call("GET", WEB, undefined, { as })).status).toBe(200);
    expect((await call("POST", `${WEB}/restart`, {}, { as })).status).toBe(acting);
    expect((await call("PATCH", WEB, { pinned: true }, { as })).status).toBe(configuring);
    expect((await call("GET", "/api/v1/users", undefined, { as })).status).toBe(managing);
    expect((await call("GET", "/api/v1/audit", undefined, { as })).status).toBe(managing);
  });

  test("a session asks for a step-up after ten minutes, a token never does", async () => {
    const stale = { as: await signedIn(people.admin, { age: 601 }) };
    const answer = await call("POST", "/api/v1/tokens", { name: "n" }, stale);
    expect(answer).toMatchObject({ status: 403, body: { stepUp: true } });
    expect((await call("GET", "/api/v1/tokens", undefined, stale)).status).toBe(200);
    const fresh = { as: await signedIn(people.admin, { age: 590 }) };
    expect((await call("POST", "/api/v1/tokens", { name: "n" }, fresh)).status).toBe(201);
    expect((await call("POST", "/api/v1/tokens", { name: "n" })).status).toBe(201);
  });
});

test("HEAD is answered as GET is, without a body and without leaving anything open", async () => {
  for (const path of [LIST, "/api/v1/events", `${WEB}/logs?follow=1`]) {
    expect((await request(path, { method: "HEAD", as: null })).status).toBe(401);
    const answer = await request(path, { method: "HEAD" });
    expect([path, answer.status, await answer.text()]).toEqual([path, 200, ""]);
  }
  await expect.poll(() => [bus().listeners, followed().length]).toEqual([0, 0]);
});

describe("a token narrowed to some services", () => {
  let as: Record<string, string>;
  beforeAll(async () => {
    as = await bearer(people.operator, { services: ["local/docker/wa-*"] });
  });
  const names = (items: { name: string }[]) => items.map(({ name }) => name).sort();

  test("lists only these", async () => {
    expect(names((await call("GET", LIST, undefined, { as })).body.items)).toEqual(["wa-api", "wa-db"]);
  });

  test("does nothing with another one, whatever its spelling", async () => {
    for (const path of [WEB, `${WEB}/logs`, `${WEB}/logs/histogram`, "/api/v1/services/local/docker/w%65b"])
      expect((await call("GET", path, undefined, { as })).status, path).toBe(403);
    const before = docker.calls.length;
    expect((await call("POST", `${WEB}/restart`, {}, { as })).status).toBe(403);
    expect(docker.calls.length).toBe(before);
    expect((await call("POST", "/api/v1/services/local/docker/wa-api/restart", {}, { as })).status).toBe(200);
    expect((await call("GET", "/api/v1/services/local/docker/wa-none", undefined, { as })).status).toBe(404);
  });

  test("reads merged logs only where all of them are its own", async () => {
    const logs = (...ids: string[]) =>
      request(`/api/v1/logs?${ids.map((id) => `service=local/docker/${id}`).join("&")}`, { as });
    expect(await (await logs("wa-api", "wa-db")).text()).toContain("from wa-api");
    expect((await logs("wa-api", "web")).status).toBe(403);
    expect((await logs("web")).status).toBe(403);
    expect((await logs()).status).toBe(400);
  });

  test("is told of nothing else by the stream", async () => {
    const leaving = new AbortController();
    const stream = await request("/api/v1/events", { as, signal: leaving.signal });
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    docker.set("web", { title: "hidden title" });
    docker.set("wa-db", { title: "shown title" });
    while (!text.includes("shown title")) text += (await reader.read()).value;
    leaving.abort();
    expect(text).toContain("event: snapshot");
    expect(text).not.toContain("hidden title");
    expect(text).not.toContain("local/docker/web");
  });

  test("without the verb it reads and does not act; its services show no action", async () => {
    const reading = { as: await bearer(people.admin, { verbs: ["read"] }) };
    const { body } = await call("GET", LIST, undefined, reading);
    for (const { actions } of body.items) expect(actions).toEqual([]);
    expect((await call("POST", `${WEB}/restart`, {}, reading)).status).toBe(403);
    const acting = { as: await bearer(people.admin, { verbs: ["act"] }) };
    expect((await call("GET", LIST, undefined, acting)).status).toBe(403);
  });
});

describe("open streams end", { timeout: 20_000 }, () => {
  const SECOND = 1000;
  /** Opens the event stream and one of lines; gives what waits for the end of both. */
  async function open(as: Record<string, string>) {
    const both = [await request("/api/v1/events", { as }), await request(`${WEB}/logs?follow=1&tail=0`, { as })];
    for (const { status } of both) expect(status).toBe(200);
    const ended = Promise.all(both.map((answer) => answer.text().catch((error: Error) => error.name)));
    return { ended: () => Promise.race([ended, new Promise((give) => setTimeout(give, 5 * SECOND, "still open"))]) };
  }
  const another = () => somebody(randomCode(), { role: "operator" });

  test.each<[string, (person: { id: string }, own: Record<string, string>) => Promise<unknown>]>([
    ["disabled", ({ id }) => changePerson(id, { disabled: true })],
    ["given another role", ({ id }) => changePerson(id, { role: "viewer" })],
    ["narrowed", ({ id }) => changePerson(id, { services: ["local/docker/wa-*"] })],
    ["given another password", ({ id }) => changePerson(id, { password: "another staple" })],
    ["removed", ({ id }) => removePerson(id)],
    ["signed out by an admin", ({ id }) => request(`/api/v1/users/${id}/sessions`, { method: "DELETE" })],
    ["signed out by themselves", (_, as) => request("/api/auth/sign-out", { as, method: "POST", body: {} })],
  ])("when their person is %s", async (_, change) => {
    const person = await another();
    const own = await signedIn(person);
    const streams = await open(own);
    await change(person, own);
    expect(await streams.ended()).toEqual([expect.stringContaining("event: snapshot"), "AbortError"]);
    await expect.poll(() => [bus().listeners, followed().length]).toEqual([0, 0]);
  });

  test("when the token is revoked, and nobody else's do", async () => {
    const person = await another();
    const token = await bearer(person, { name: "mine" });
    const [streams, others] = [await open(token), await open(await bearer(people.viewer))];
    const { id } = (await listTokens(person.id))[0]!;
    await request(`/api/v1/tokens/${id}`, { method: "DELETE" });
    expect(await streams.ended()).toEqual([expect.any(String), "AbortError"]);
    // the other one's events alone: a log's own listener is no onlooker
    await expect.poll(() => bus().listeners).toBe(1);
    await removePerson(people.viewer.id);
    await others.ended();
  });

  test("when the session's or token's time is over", async () => {
    const person = await another();
    const [session, token] = [
      await open(await signedIn(person, { lives: 600 })),
      await open(await bearer(person, { expiresIn: 1 })),
    ];
    expect(await session.ended()).not.toBe("still open");
    expect(await token.ended()).not.toBe("still open");
  });
});
