import { describe, expect, test } from "vitest";
import { bearer } from "#lib/auth/people-rig.ts";
import { db } from "#lib/db/client.ts";
import { followed } from "#lib/logs/follow.ts";
import { codes } from "#lib/relay/codes.ts";
import { decodeText } from "#lib/relay/decode.ts";
import { earlierOf } from "#lib/relay/episodes.ts";
import { drawn, whatsapp } from "#lib/relay/relay-rig.ts";
import { interruptEpisodes } from "#lib/relay/store.ts";
import { readSvg } from "#lib/relay/svg-rig.ts";
import { RelayWatch } from "#lib/relay/watch.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { eventsOf } from "./events-rig.ts";
import { relayApi } from "./relay-bots-rig.ts";

const { api, call, request, people, docker, bot, codeOf } = relayApi();

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
    await expect.poll(() => codeOf(id), { timeout: 5000 }).toBeUndefined();
    print(...drawn(whatsapp(5)));
    await expect.poll(async () => (await codeOf(id))?.payload).toBe(whatsapp(5));
    docker.remove(name);
    await expect.poll(() => codeOf(id), { timeout: 5000 }).toBeUndefined();
  });

  test("a process that starts anew does not bring back what the one before has shown", async () => {
    const { id, name, print } = bot();
    print(...drawn(whatsapp(14)), "waiting");
    expect(await codeOf(id)).toBeDefined();
    docker.crash(name);
    await expect.poll(() => codes().of(id), { timeout: 5000 }).toBeNull();
    // read from its beginning again, as after a while in which nobody looked
    const known = new AbortController();
    const watch = new RelayWatch({ codes: codes(), known: new Set() }, known.signal);
    await watch.allRead();
    expect(codes().of(id)).toBeNull();
    known.abort();
  });

  test("what was cut off with this server is told apart, and goes on when its code is found again", async () => {
    const { id, print } = bot();
    const [firstSeen, lastSeen] = [new Date(Date.now() - 60_000), new Date(Date.now() - 20_000)];
    const row = { service: id, kind: "whatsapp", codes: 3, outcome: "waiting", via: "link", endedAt: null };
    await db().relayEpisode.create({ data: { ...row, id: "cut-off", firstSeen, lastSeen } });
    const cut = (await interruptEpisodes(new Date())).filter(({ service }) => service === id);
    const { episodes } = (await call("GET", "/api/v1/relay/codes")).body;
    expect(episodes.find(({ service }: { service: string }) => service === id)).toMatchObject({
      outcome: "interrupted",
    });
    codes().resume(cut.map(earlierOf));
    print(...drawn(whatsapp(15)), "waiting");
    await expect.poll(() => codeOf(id)).toMatchObject({ codes: 4, firstSeenAt: firstSeen.toISOString() });
    await expect
      .poll(async () => db().relayEpisode.findMany({ where: { service: id } }))
      .toMatchObject([{ id: "cut-off", outcome: "waiting", endedAt: null, codes: 4, via: "link" }]);
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
  expect(await decodeText(row)).toEqual([]);
});

test("a service that asks and is linked over and over is told of once in a while", async () => {
  const { id, print } = bot();
  await codeOf(id);
  await expect.poll(followed).toContain(id);
  const stream = await eventsOf(api, "/api/v1/events");
  for (let n = 0; n < 300; n += 1) print(whatsapp(n), "opened connection to WA");
  print(whatsapp(400));
  await expect.poll(() => codes().of(id)?.payload, { timeout: 10_000 }).toBe(whatsapp(400));
  expect(stream.of("code").filter(({ service }) => service === id).length).toBeLessThan(30);
  expect(await db().relayEpisode.count({ where: { service: id } })).toBeLessThan(6);
  stream.close();
});
