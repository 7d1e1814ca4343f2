import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bearer, signedIn } from "#lib/auth/people-rig.ts";
import { db } from "#lib/db/client.ts";
import { followed } from "#lib/logs/follow.ts";
import { codes } from "#lib/relay/codes.ts";
import { detectCodes } from "#lib/relay/detector.ts";
import { drawn, whatsapp } from "#lib/relay/relay-rig.ts";
import type { Code } from "#lib/relay/shapes.ts";
import { startRelay } from "#lib/relay/start.ts";
import { readSvg } from "#lib/relay/svg-rig.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { firstLook, watchSupervisor } from "#lib/services/watch.ts";
import { createFake, type FakeSupervisor } from "#lib/supervisors/fake/adapter.ts";
import { scratchApi } from "./api-rig.ts";
import { openBrowser } from "./browser-rig.ts";
import { eventsOf } from "./events-rig.ts";

const api = scratchApi();
const { call, request, people } = api;
const ending = new AbortController();
let docker: FakeSupervisor;
let services = 0;

beforeAll(async () => {
  docker = createFake({ host: "local", scope: "docker", kind: "docker" });
  watchSupervisor(docker, ending.signal);
  await firstLook(2000);
  await startRelay(ending.signal);
});
afterAll(() => ending.abort());

/** A service that has just been started, with what prints into its log. */
function bot(): { id: string; name: string; print: (...lines: string[]) => void } {
  const name = `worker-${++services}`;
  docker.add({ name });
  return {
    id: `local/docker/${name}`,
    name,
    print: (...lines) => {
      for (const line of lines) docker.print(name, line);
    },
  };
}

async function codeOf(id: string, as: Parameters<typeof call>[3] = {}): Promise<Code | undefined> {
  const { body } = await call("GET", "/api/v1/relay/codes", undefined, as);
  return body.items.find(({ service }: Code) => service === id);
}
const link = async (service: string, more: Record<string, unknown> = {}) =>
  (await call("POST", "/api/v1/relay/links", { service, expiresIn: 900, ...more })).body;
const tokenOf = ({ id, url }: { id: string; url: string }) => ({ id, token: url.split("#")[1]! });
const trail = async (action: string, service: string) =>
  db().auditEntry.findMany({ where: { action, subject: service }, orderBy: { seq: "asc" } });

describe("codes", () => {
  test("one that was drawn before anybody looked is there at the first look", async () => {
    const { id, print } = bot();
    print("starting", ...drawn(whatsapp(1)), '{"level":30,"msg":"waiting for the phone"}');
    expect(await codeOf(id)).toMatchObject({
      ...{ service: id, payload: whatsapp(1), kind: "whatsapp", state: "waiting", codes: 1 },
      seenAt: expect.stringMatching(/Z$/),
      version: expect.any(String),
    });
  });

  test("it is there after its last line, rotates, goes stale, is linked, and its episode is kept", async () => {
    const { id, print } = bot();
    await codeOf(id);
    await expect.poll(() => followed()).toContain(id);
    for (const n of [1, 2, 3]) {
      print(...drawn(whatsapp(n)));
      await expect.poll(() => codes().of(id)?.payload, { interval: 10 }).toBe(whatsapp(n));
    }
    const { body } = await call("GET", `/api/v1/services/${id}`);
    expect(body.code).toMatchObject({ kind: "whatsapp" });
    expect(snapshot().needs()).toContainEqual(
      expect.objectContaining({ service: id, kind: "code", what: "waits for login", action: null }),
    );
    codes().tick(Date.now() + 62_000);
    expect(await codeOf(id)).toMatchObject({ state: "stale", renewsAt: null, codes: 3 });
    print('{"level":30,"msg":"opened connection to WA"}');
    await expect.poll(async () => (await codeOf(id))?.state).toBe("linked");
    expect(await codeOf(id)).toMatchObject({ payload: null });
    expect(
      snapshot()
        .needs()
        .filter(({ service }) => service === id),
    ).toEqual([]);
    await expect
      .poll(async () => (await call("GET", "/api/v1/relay/codes")).body.episodes[0])
      .toMatchObject({ service: id, kind: "whatsapp", codes: 3, outcome: "linked", endedAt: expect.any(String) });
    expect(JSON.stringify(await db().relayEpisode.findMany())).not.toContain(whatsapp(3).slice(0, 20));
  });

  test("it goes with its service, and with its process", async () => {
    const { id, name, print } = bot();
    print(...drawn(whatsapp(4)));
    expect(await codeOf(id)).toBeDefined();
    docker.crash(name);
    await expect.poll(() => codeOf(id)).toBeUndefined();
    print(...drawn(whatsapp(5)));
    await expect.poll(async () => (await codeOf(id))?.payload).toBe(whatsapp(5));
    docker.remove(name);
    await expect.poll(() => codeOf(id)).toBeUndefined();
  });

  test("the picture says what was printed, to who may act, dark on light with four modules of quiet", async () => {
    const { id, print } = bot();
    print(...drawn(whatsapp(6)));
    await codeOf(id);
    const answer = await request(`/api/v1/relay/codes/${id}.svg`);
    expect(answer.headers.get("content-type")).toContain("image/svg+xml");
    const { payload, quiet } = readSvg(await answer.text());
    expect([payload, quiet]).toEqual([whatsapp(6), 4]);
    expect((await request(`/api/v1/relay/codes/${id}.svg`, { as: "viewer" })).status).toBe(403);
    expect((await request(`/api/v1/relay/codes/${id}.svg`, { as: null })).status).toBe(401);
    expect((await request(`/api/v1/relay/codes/${id}`)).status).toBe(404);
    expect((await request("/api/v1/relay/codes/local/docker/nobody.svg")).status).toBe(404);
  });

  test("a viewer sees that one waits and not what it says, who is limited to others nothing", async () => {
    const { id, print } = bot();
    print(...drawn(whatsapp(7)));
    expect(await codeOf(id)).toMatchObject({ payload: whatsapp(7) });
    expect(await codeOf(id, { as: "viewer" })).toMatchObject({ payload: null, kind: "whatsapp", state: "waiting" });
    const narrow = await bearer(people.operator, { services: ["local/docker/umami*"] });
    expect(await codeOf(id, { as: narrow })).toBeUndefined();
    expect((await request(`/api/v1/relay/codes/${id}.svg`, { as: narrow })).status).toBe(403);
  });

  test("events tell it to whom it may concern, without what it says", async () => {
    const { id, print } = bot();
    await codeOf(id);
    const narrow = await bearer(people.viewer, { services: ["local/docker/umami*"] });
    const mine = await eventsOf(api, "/api/v1/events?relay=1");
    const others = await eventsOf(api, "/api/v1/events?relay=1", { as: narrow });
    print(...drawn(whatsapp(8)));
    await expect.poll(() => mine.of("code")).toContainEqual(expect.objectContaining({ service: id, state: "waiting" }));
    print("opened connection to WA");
    await expect.poll(() => mine.of("code")).toContainEqual(expect.objectContaining({ service: id, state: "linked" }));
    expect(mine.text()).not.toContain(whatsapp(8).slice(0, 20));
    expect(others.of("code")).toEqual([]);
    mine.close();
    others.close();
  });

  test("an admin says what this service prints when it is linked; an expression that fits everything is refused", async () => {
    const { id, print } = bot();
    const url = `/api/v1/services/${id}/relay-pattern`;
    expect((await call("PUT", url, { pattern: "(a" })).status).toBe(400);
    expect((await call("PUT", url, { pattern: ".*" })).body.detail).toContain("every line");
    expect((await call("PUT", url, { pattern: "x" }, { as: "operator" })).status).toBe(403);
    expect((await call("PUT", url, { pattern: "telefon verbunden: \\+\\d+" })).body).toMatchObject({ by: "admin/own" });
    print(...drawn(whatsapp(9)));
    expect(await codeOf(id)).toMatchObject({ state: "waiting" });
    print("telefon verbunden: +49170");
    await expect.poll(async () => (await codeOf(id))?.state).toBe("linked");
    expect((await call("DELETE", url)).status).toBe(204);
    expect((await call("GET", url)).body).toMatchObject({ pattern: null });
  });
});

describe("links", () => {
  test("are for who may act on their service; the secret is told once and kept nowhere", async () => {
    const { id } = bot();
    const body = { service: id, expiresIn: 900, passphrase: "correct horse" };
    const narrow = await bearer(people.operator, { services: ["local/docker/umami*"] });
    expect((await call("POST", "/api/v1/relay/links", body, { as: "viewer" })).status).toBe(403);
    expect((await call("POST", "/api/v1/relay/links", body, { as: narrow })).status).toBe(403);
    expect((await call("POST", "/api/v1/relay/links", { ...body, service: "local/docker/nobody" })).status).toBe(404);
    const made = await call("POST", "/api/v1/relay/links", body, { as: "operator" });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ by: "operator/own", hasPassphrase: true, opens: 0, endedAs: null });
    const { token } = tokenOf(made.body);
    expect(made.body.url).toBe(`http://localhost:7420/relay/${made.body.id}#${token}`);
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
    const rows = JSON.stringify([await db().relayLink.findMany(), await db().auditEntry.findMany()]);
    for (const secret of [token, "correct horse"]) expect(rows).not.toContain(secret);
    expect((await call("GET", "/api/v1/relay/links", undefined, { as: narrow })).body.items).toEqual([]);
    for (const method of ["PATCH", "DELETE"])
      expect(
        (await call(method, `/api/v1/relay/links/${made.body.id}`, { expiresIn: 60 }, { as: narrow })).status,
      ).toBe(404);
    const longer = await call("PATCH", `/api/v1/relay/links/${made.body.id}`, { expiresIn: 7200 });
    expect(Date.parse(longer.body.expiresAt)).toBeGreaterThan(Date.now() + 7_000_000);
    expect((await trail("relay.link.create", id)).map(({ outcome }) => outcome)).toEqual(["intended", "done"]);
  });

  test("a guest sees the code of one service, and nothing else; a panel's session opens nothing of theirs", async () => {
    const { id, print } = bot();
    print(...drawn(whatsapp(10)));
    await codeOf(id);
    const made = await link(id, { title: "Shop" });
    const guest = openBrowser(api);
    expect((await guest.get("/api/v1/relay/guest")).status).toBe(401);
    expect((await guest.post("/api/v1/relay/guest", tokenOf(made))).status).toBe(204);
    expect(guest.setCookies[0]).toMatch(
      /^trihelm\.guest=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=(900|899)$/,
    );
    expect((await guest.get(`/api/v1/relay/guest?link=${made.id}`)).body).toEqual({
      ...{
        title: "Shop",
        kind: "whatsapp",
        from: "admin/own",
        state: "waiting",
        endedAs: null,
        endedAt: null,
        opensLeft: null,
      },
      ...{ codes: 1, tookSeconds: null, modules: codes().of(id)!.modules, version: codes().of(id)!.version },
      ...{ seenAt: expect.any(String), renewsAt: expect.any(String), expiresAt: made.expiresAt },
    });
    expect(readSvg((await guest.get("/api/v1/relay/guest.svg")).body).payload).toBe(whatsapp(10));
    for (const path of ["services", "relay/codes", `relay/codes/${id}.svg`, "relay/links", "events", "me", "host"])
      expect((await guest.get(`/api/v1/${path}`)).status, path).toBe(401);
    const session = await signedIn(people.admin);
    for (const path of ["guest", "guest.svg", "guest/events"])
      for (const as of [session, "admin" as const])
        expect((await request(`/api/v1/relay/${path}`, { as })).status).toBe(401);
    expect((await guest.get("/api/v1/relay/guest?link=another")).status).toBe(401);
    expect((await trail("relay.link.open", id))[0]).toMatchObject({ actor: `link ${made.id}`, outcome: "done" });
    expect((await call("GET", "/api/v1/relay/links")).body.items[0]).toMatchObject({
      ...{ id: made.id, opens: 1, openedBy: "a", openedFrom: "198.51.0.0/16" },
    });
  });

  test("of two at once for the one opening there is, one gets it; whoever has it may come again", async () => {
    const made = await link(bot().id, { mostOpens: 1 });
    const guests = Array.from({ length: 8 }, () => openBrowser(api));
    const statuses = await Promise.all(
      guests.map(async (guest) => (await guest.post("/api/v1/relay/guest", tokenOf(made))).status),
    );
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(7);
    const winner = guests[statuses.indexOf(204)]!;
    expect((await winner.post("/api/v1/relay/guest", tokenOf(made))).status).toBe(204);
    expect((await openBrowser(api).post("/api/v1/relay/guest", tokenOf(made))).body).toMatchObject({ ended: "used" });
  });

  test("a passphrase is asked for, and guessing at it is slowed down, from one address and from many", async () => {
    const made = await link(bot().id, { passphrase: "correct horse", mostOpens: 1 });
    const guest = openBrowser(api);
    const open = (browser: typeof guest, passphrase?: string) =>
      browser.post("/api/v1/relay/guest", { ...tokenOf(made), ...(passphrase === undefined ? {} : { passphrase }) });
    expect(await open(guest)).toMatchObject({ status: 401, body: { passphrase: true } });
    for (let n = 0; n < 5; n += 1) expect((await open(guest, `wrong ${n}`)).status).toBe(401);
    expect(await open(guest, "correct horse")).toMatchObject({ status: 429, body: { retryAfter: expect.any(Number) } });
    expect((await open(openBrowser(api), "correct horse")).status).toBe(204);
    const other = await link(bot().id, { passphrase: "correct horse" });
    let last = 0;
    for (let n = 0; n < 21 && last !== 429; n += 1)
      last = (await openBrowser(api).post("/api/v1/relay/guest", { ...tokenOf(other), passphrase: `w${n}` })).status;
    expect(last).toBe(429);
  }, 60_000);

  test("a wrong token or id opens nothing and says nothing", async () => {
    const made = await link(bot().id);
    const { id, token } = tokenOf(made);
    const other = tokenOf(await link(bot().id));
    const guest = openBrowser(api);
    const answers = [];
    for (const body of [
      { id, token: other.token },
      { id: "nobody", token },
      { id, token: `${token}x` },
    ])
      answers.push((await guest.post("/api/v1/relay/guest", body)).body.detail);
    expect(new Set(answers).size).toBe(1);
    expect(guest.cookies.size).toBe(0);
    const forged = `trihelm.guest=${id}.${Date.now() + 1000_000}.${"A".repeat(43)}`;
    expect((await request("/api/v1/relay/guest", { as: null, headers: { cookie: forged } })).status).toBe(401);
  });

  test.each(["revoked", "linked", "expired"] as const)(
    "%s: the open stream says so and ends within a second",
    async (as) => {
      const { id, print } = bot();
      print(...drawn(whatsapp(11)));
      await codeOf(id);
      const made = await link(id);
      const guest = openBrowser(api);
      await guest.post("/api/v1/relay/guest", tokenOf(made));
      const cookie = { as: null, headers: { cookie: `trihelm.guest=${guest.cookie("guest")}` } };
      const stream = await eventsOf(api, "/api/v1/relay/guest/events", cookie);
      await expect.poll(() => stream.of("view")).toMatchObject([{ state: "waiting" }]);
      print(...drawn(whatsapp(12)));
      await expect.poll(() => stream.of("view").at(-1)).toMatchObject({ state: "waiting", codes: 2 });
      const from = performance.now();
      if (as === "revoked") await call("DELETE", `/api/v1/relay/links/${made.id}`);
      if (as === "linked") print("opened connection to WA");
      if (as === "expired") await expireNow(made.id);
      await stream.ended;
      expect(performance.now() - from).toBeLessThan(1000);
      const state = as === "linked" ? "linked" : "ended";
      expect(stream.of("view").at(-1)).toMatchObject({ state, endedAs: as, version: null, modules: null });
      expect((await guest.get("/api/v1/relay/guest")).body).toMatchObject({ state, endedAs: as });
      expect((await guest.get("/api/v1/relay/guest.svg")).status).toBe(404);
      expect((await openBrowser(api).post("/api/v1/relay/guest", tokenOf(made))).body).toMatchObject({ ended: as });
      const action = { revoked: "relay.link.revoke", linked: "relay.link.linked", expired: "relay.link.expired" }[as];
      await expect.poll(async () => (await trail(action, id)).at(-1)?.outcome).toBe("done");
    },
  );
});

/** As if its time had come; what holds it in memory is told as well. */
async function expireNow(id: string): Promise<void> {
  const { prolongLink } = await import("#lib/relay/links.ts");
  const row = await db().relayLink.findUniqueOrThrow({ where: { id } });
  await prolongLink(row, 0);
}

test("a million signs of hostile drawing leave the server answering", async () => {
  const { id, print } = bot();
  await codeOf(id);
  const row = "█▀▄ ".repeat(500);
  for (let n = 0; n < 2000; n += 1) print(`${n % 9}x ${row}`);
  for (let n = 0; n < 10_000; n += 1) print(whatsapp(n));
  expect((await call("GET", "/api/v1/services?q=worker-1")).status).toBe(200);
  await expect.poll(() => codes().of(id)?.payload, { timeout: 5000 }).toMatch(/^2@/);
  expect(
    codes()
      .all()
      .filter(({ service }) => service === id),
  ).toHaveLength(1);
  expect(detectCodes(row)).toEqual([]);
}, 20_000);
