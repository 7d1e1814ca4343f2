import { describe, expect, test } from "vitest";
import { bearer, signedIn } from "#lib/auth/people-rig.ts";
import { db } from "#lib/db/client.ts";
import { codes } from "#lib/relay/codes.ts";
import { guestCookie, guestCookieName } from "#lib/relay/link-token.ts";
import { prolongLink } from "#lib/relay/links.ts";
import { drawn, whatsapp } from "#lib/relay/relay-rig.ts";
import { readSvg } from "#lib/relay/svg-rig.ts";
import { openBrowser } from "./browser-rig.ts";
import { eventsOf } from "./events-rig.ts";
import { relayApi } from "./relay-bots-rig.ts";

const { api, call, request, people, bot, codeOf, link, tokenOf, trail } = relayApi();

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
    const cookie = guestCookieName(made.id);
    expect(guest.setCookies[0]).toMatch(/^[^;]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
    expect([cookie, [...guest.cookies.keys()]]).toEqual([`trihelm-relay-${made.id}`, [cookie]]);
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
      ...{ seenAt: expect.any(String), renewsAt: expect.any(String), rotates: true },
      ...{ expiresAt: made.expiresAt, until: new Date(Date.parse(made.expiresAt) + 120_000).toISOString() },
    });
    expect(readSvg((await guest.get("/api/v1/relay/guest.svg")).body).payload).toBe(whatsapp(10));
    for (const path of ["services", "relay/codes", `relay/codes/${id}.svg`, "relay/links", "events", "me", "host"])
      expect((await guest.get(`/api/v1/${path}`)).status, path).toBe(401);
    const session = await signedIn(people.admin);
    const headers = { cookie: `${cookie}=${guest.cookies.get(cookie)}` };
    const head = await request("/api/v1/relay/guest/events", { as: null, method: "HEAD", headers });
    expect([head.status, await head.text()]).toEqual([200, ""]);
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
    expect(winner.setCookies).toHaveLength(1);
    expect((await call("GET", "/api/v1/relay/links")).body.items[0]).toMatchObject({ id: made.id, opens: 1 });
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
    expect((await trail("relay.link.open", made.service)).map(({ outcome }) => outcome)).toEqual([
      ...Array(5).fill("refused"),
      "done",
    ]);
  }, 120_000);

  test("a visitor whose pass is over, of a link that was given more time, comes again uncounted; the first opening is kept", async () => {
    const made = await link(bot().id, { mostOpens: 2, expiresIn: 60 });
    const guest = openBrowser(api);
    await guest.post("/api/v1/relay/guest", tokenOf(made));
    const { openedAt } = await db().relayLink.findUniqueOrThrow({ where: { id: made.id } });
    const over = guestCookie(made.id, new Date(Date.now() - 180_000), Date.now() - 240_000).split(";")[0]!;
    const stale = openBrowser(api, { cookies: new Map([over.split("=") as [string, string]]) });
    await call("PATCH", `/api/v1/relay/links/${made.id}`, { expiresIn: 900 });
    expect((await stale.get(`/api/v1/relay/guest?link=${made.id}`)).status).toBe(401);
    expect((await stale.post("/api/v1/relay/guest", tokenOf(made))).status).toBe(204);
    expect((await stale.get(`/api/v1/relay/guest?link=${made.id}`)).status).toBe(200);
    await openBrowser(api).post("/api/v1/relay/guest", tokenOf(made));
    expect(await db().relayLink.findUniqueOrThrow({ where: { id: made.id } })).toMatchObject({ opens: 2, openedAt });
  });

  test("one that is alive is listed however many are over", async () => {
    const made = await link(bot().id);
    const { service } = made;
    const at = new Date(Date.now() + 5000);
    const row = {
      service,
      title: "t",
      passphrase: null,
      by: "b",
      createdAt: at,
      expiresAt: at,
      mostOpens: null,
    };
    await db().relayLink.createMany({
      data: Array.from({ length: 230 }, (_, n) => ({
        ...row,
        id: `over-${n}-of-many`,
        hash: `over ${n}`,
        endedAs: "revoked",
        endedAt: at,
      })),
    });
    const { items } = (await call("GET", "/api/v1/relay/links")).body;
    expect(items.map(({ id }: { id: string }) => id)).toContain(made.id);
    expect(items.filter(({ endedAs }: { endedAs: string | null }) => endedAs !== null)).toHaveLength(200);
    await db().relayLink.deleteMany({ where: { hash: { startsWith: "over " } } });
  });

  test("guesses from many addresses shut nobody out who has a link", async () => {
    const made = await link(bot().id);
    const { id } = tokenOf(made);
    let last = 0;
    for (let n = 0; n < 400 && last !== 429; n += 1)
      last = (await openBrowser(api).post("/api/v1/relay/guest", { id, token: `wrong ${n}` })).status;
    expect(last).toBe(429);
    expect((await openBrowser(api).post("/api/v1/relay/guest", tokenOf(made))).status).toBe(204);
    Reflect.deleteProperty(globalThis, Symbol.for("trihelm.relay.attempts"));
  });

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
    const forged = `${guestCookieName(id)}=${id}.${Date.now() + 1000_000}.${"A".repeat(43)}`;
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
      const name = guestCookieName(made.id);
      const cookie = { as: null, headers: { cookie: `${name}=${guest.cookies.get(name)}` } };
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
  const row = await db().relayLink.findUniqueOrThrow({ where: { id } });
  await prolongLink(row, 0);
}
