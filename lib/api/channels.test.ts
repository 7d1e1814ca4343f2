import { createECDH, randomBytes } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { receiver } from "#lib/alerts/channels/receiver-rig.ts";
import { bearer, signedIn } from "#lib/auth/people-rig.ts";
import { db } from "#lib/db/client.ts";
import { scratchApi } from "./api-rig.ts";

const { call, people } = scratchApi();
const SECRET = "canary-s3cret-of-a-channel";

beforeEach(async () => {
  await db().channel.deleteMany();
  await db().delivery.deleteMany();
  await db().alertRule.deleteMany({ where: { builtIn: null } });
});

const ntfy = (more: Record<string, unknown> = {}) => ({
  ...{ kind: "ntfy", name: "phone", config: { server: "https://ntfy.example", topic: "alerts" } },
  ...{ secrets: { token: SECRET } },
  ...more,
});
const mail = (config: Record<string, unknown> = {}, secrets: Record<string, unknown> = {}) => ({
  ...{ kind: "mail", name: "mail", secrets },
  config: { host: "mail.example", from: "a@example.com", to: ["b@example.com"], ...config },
});
const make = async (body: unknown = ntfy()) => (await call("POST", "/api/v1/channels", body)).body as { id: string };
const change = (id: string, body: unknown) => call("PATCH", `/api/v1/channels/${id}`, body);
const paths = (body: { errors?: { path: string }[] }) => body.errors?.map(({ path }) => path);

describe("channels", () => {
  test("are made, listed, changed and removed, and never give out a secret", async () => {
    const made = await call("POST", "/api/v1/channels", ntfy());
    expect(made).toMatchObject({
      status: 201,
      body: {
        ...{ kind: "ntfy", name: "phone", enabled: true, takesAll: true, severity: "info", quiet: null, waiting: 0 },
        config: { server: "https://ntfy.example", topic: "alerts", local: false },
        ...{ secrets: ["token"], lastOkAt: null, problem: null, failingAt: null },
      },
    });
    const { id } = made.body;
    expect((await call("GET", "/api/v1/channels")).body.items).toEqual([made.body]);
    const quiet = { from: "22:00", to: "07:00", timezone: "Europe/Berlin", exceptCritical: true };
    const changed = await change(id, { name: "my phone", severity: "warning", quiet, config: { topic: "other" } });
    expect(changed.body).toMatchObject({ name: "my phone", severity: "warning", quiet, secrets: ["token"] });
    expect(changed.body.config).toEqual({ server: "https://ntfy.example", topic: "other", local: false });
    expect((await call("POST", "/api/v1/channels", ntfy({ name: "my phone" }))).status).toBe(409);
    const everything = JSON.stringify([
      made.body,
      changed.body,
      await db().channel.findMany(),
      await db().auditEntry.findMany(),
    ]);
    expect(everything).not.toContain(SECRET);
    expect((await call("DELETE", `/api/v1/channels/${id}`)).status).toBe(204);
    expect((await call("DELETE", `/api/v1/channels/${id}`)).status).toBe(404);
  });

  test("a secret is told to the address that it was given for, and to no other", async () => {
    const { id } = await make();
    for (const server of ["https://evil.example", "http://ntfy.example", "https://ntfy.example:444"]) {
      const refused = await change(id, { config: { server } });
      expect([refused.status, paths(refused.body)]).toEqual([400, ["secrets.token"]]);
    }
    expect((await change(id, { config: { server: "https://ntfy.new" }, secrets: { token: "another" } })).status).toBe(
      200,
    );
    expect(
      (await change(id, { config: { server: "https://ntfy.newer" }, secrets: { token: null } })).body.secrets,
    ).toEqual([]);
    expect((await change(id, { config: { server: "https://ntfy.newest" } })).status).toBe(200);

    const hook = { kind: "webhook", name: "hook", config: {}, secrets: { url: "https://a.example/x", key: SECRET } };
    const { id: other } = await make(hook);
    const moved = await change(other, { secrets: { url: "https://evil.example/" } });
    expect(paths(moved.body)).toEqual(["secrets.key"]);
    expect((await change(other, { secrets: { key: "another key" } })).body.secrets).toEqual(["url", "key"]);
    expect((await change(other, { secrets: { url: null } })).status).toBe(400);

    const { id: third } = await make(mail({ user: "me" }, { password: SECRET }));
    for (const config of [{ host: "evil.example" }, { port: 2525 }, { security: "tls" }])
      expect(paths((await change(third, { config })).body)).toEqual(["secrets.password"]);
    expect((await change(third, { config: { to: ["c@example.com"] } })).status).toBe(200);
  });

  test("secrets that cannot be opened any more are entered anew", async () => {
    const { id } = await make();
    await db().channel.update({ where: { id }, data: { secrets: "v1.AAAA" } });
    expect((await call("GET", "/api/v1/channels")).body.items[0].secrets).toEqual([]);
    expect((await change(id, { config: { server: "https://x.example" } })).status).toBe(409);
    expect((await call("POST", `/api/v1/channels/${id}/test`)).status).toBe(409);
    expect((await change(id, { secrets: { token: "anew" } })).body.secrets).toEqual(["token"]);
  });

  test.each([
    [ntfy({ config: { server: "ftp://x", topic: "a" } }), "config.server"],
    [ntfy({ config: { server: "https://me:word@x.example", topic: "a" } }), "config.server"],
    [ntfy({ config: { topic: "a b" } }), "config.topic"],
    [ntfy({ quiet: { from: "22:00", to: "07:00", timezone: "Mars/Phobos" } }), "quiet.timezone"],
    [ntfy({ quiet: { from: "22:00", to: "22:00", timezone: "UTC" } }), "quiet.to"],
    [ntfy({ severity: "loud" }), "severity"],
    [ntfy({ surprise: 1 }), "body"],
    [ntfy({ secrets: { token: "a\r\nX-Evil: 1" } }), "secrets.token"],
    [ntfy({ secrets: { token: "größer" } }), "secrets.token"],
    [mail({ to: ["b@example.com\r\nBcc: eve@evil.example"] }), "config.to.0"],
    [mail({ from: "Ops <a@b.example>, c@d.example" }), "config.from"],
    [mail({ host: "a b" }), "config.host"],
    [mail({ user: "me" }), "secrets.password"],
    [mail({ user: "me", security: "none" }, { password: "x" }), "config.security"],
    [
      { kind: "webhook", name: "h", config: {}, secrets: { url: "https://a.example", headers: { "a b": "c" } } },
      "secrets.headers",
    ],
    [
      { kind: "webhook", name: "h", config: {}, secrets: { url: "https://a.example", headers: { Host: "c" } } },
      "secrets.headers",
    ],
    [
      { kind: "webhook", name: "h", config: {}, secrets: { url: "https://a.example", headers: { a: "b\r\nc: d" } } },
      "secrets.headers",
    ],
    [
      { kind: "telegram", name: "t", config: { chat: "1", proxy: "http://u:p@x" }, secrets: { token: "1:a" } },
      "config.proxy",
    ],
    [{ kind: "apprise", name: "a", config: {}, secrets: { url: "include http://x" } }, "secrets.url"],
    [{ kind: "carrier pigeon", name: "p", config: {}, secrets: {} }, "kind"],
  ])("%j is refused, and %s named", async (body, field) => {
    const refused = await call("POST", "/api/v1/channels", body);
    expect(refused.status).toBe(400);
    expect(paths(refused.body)).toContain(field);
    expect(await db().channel.count()).toBe(0);
  });

  test("one that a rule sends to alone stays", async () => {
    const { id } = await make();
    const rule = { id: "r", name: "mine", kind: "state", config: "{}", severity: "info", by: "admin" };
    await db().alertRule.create({ data: { ...rule, channels: JSON.stringify([id]) } });
    const refused = await call("DELETE", `/api/v1/channels/${id}`);
    expect([refused.status, refused.body.detail]).toEqual([409, "The rule mine sends to phone alone. Change it first"]);
    await db().alertRule.update({ where: { id: "r" }, data: { channels: JSON.stringify([id, "other"]) } });
    expect((await call("DELETE", `/api/v1/channels/${id}`)).status).toBe(204);
  });

  test("a test sends now, and gives back what the other side said", async () => {
    const there = await receiver({ body: "ok" });
    const config = { server: there.url, topic: "t", local: true };
    const { id } = await make(ntfy({ config }));
    const sent = await call("POST", `/api/v1/channels/${id}/test`);
    expect(sent).toMatchObject({
      status: 200,
      body: { ok: true, took: expect.any(Number), answer: "ntfy took it for t" },
    });
    expect(there.requests[0]?.json).toMatchObject({ title: "A test from Trihelm" });
    expect((await call("GET", "/api/v1/channels")).body.items[0]).toMatchObject({
      lastOkAt: expect.any(String),
      problem: null,
    });
    there.reply = { status: 401, body: `{"code":40101,"http":401,"error":"unauthorized ${SECRET}"}` };
    const failed = await call("POST", `/api/v1/channels/${id}/test`);
    expect(failed).toMatchObject({ status: 502, body: { detail: "It answered 401: unauthorized …" } });
    const [shown] = (await call("GET", "/api/v1/channels")).body.items;
    expect(shown).toMatchObject({ problem: "It answered 401: unauthorized …", failingAt: expect.any(String) });
    await change(id, { config: { local: false } });
    const near = await call("POST", `/api/v1/channels/${id}/test`);
    expect(near).toMatchObject({ status: 502, body: { detail: expect.stringMatching(/this machine itself/) } });
  });

  test("viewers see that there are some, those limited to services nothing, and neither changes one", async () => {
    const { id } = await make();
    const [seen] = (await call("GET", "/api/v1/channels", undefined, { as: "viewer" })).body.items;
    expect(seen).toMatchObject({ name: "phone", config: {} });
    const narrow = await bearer(people.admin, { services: ["local/docker/*"] });
    expect((await call("GET", "/api/v1/channels", undefined, { as: narrow })).body.items).toEqual([]);
    for (const as of ["viewer", "operator", narrow] as const) {
      expect((await call("POST", "/api/v1/channels", ntfy({ name: "x" }), { as })).status).toBe(403);
      expect((await call("POST", `/api/v1/channels/${id}/test`, undefined, { as })).status).toBe(403);
    }
  });
});

describe("browsers", () => {
  const subscription = (endpoint: string) => ({
    endpoint,
    keys: { p256dh: createECDH("prime256v1").generateKeys("base64url"), auth: randomBytes(16).toString("base64url") },
  });

  test("each person has their own", async () => {
    const as = await signedIn(people.viewer);
    const { key } = (await call("GET", "/api/v1/push/key", undefined, { as })).body;
    expect(Buffer.from(key, "base64url")).toHaveLength(65);
    const agent = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0" };
    const wanted = subscription("https://push.example/v");
    const made = await call("POST", "/api/v1/push/subscriptions", wanted, { as, headers: agent });
    expect(made).toMatchObject({ status: 201, body: { label: "Firefox 133 on Linux", endpoint: wanted.endpoint } });
    expect((await call("GET", "/api/v1/push/subscriptions", undefined, { as })).body.items).toEqual([made.body]);
    expect((await call("GET", "/api/v1/push/subscriptions")).body.items).toEqual([]);
    expect((await call("DELETE", `/api/v1/push/subscriptions/${made.body.id}`)).status).toBe(404);
    expect((await call("DELETE", `/api/v1/push/subscriptions/${made.body.id}`, undefined, { as })).status).toBe(204);
    expect(JSON.stringify(await db().auditEntry.findMany())).not.toContain(wanted.keys.auth);
  });

  test.each([
    [{ ...subscription("http://push.example/v") }, "endpoint"],
    [{ ...subscription("https://push.example/v"), keys: { p256dh: "AA", auth: "AA" } }, "keys.p256dh"],
  ])("%j is no subscription", async (body, field) => {
    const refused = await call("POST", "/api/v1/push/subscriptions", body);
    expect(refused.status).toBe(400);
    expect(paths(refused.body)).toContain(field);
  });
});
