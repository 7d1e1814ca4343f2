import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { oneOfEach, somebody } from "#lib/auth/people-rig.ts";
import type { Role } from "#lib/auth/role.ts";
import type { Person } from "#lib/auth/store.ts";
import { db } from "#lib/db/client.ts";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { pushTo, sendPush } from "./push.ts";
import { messageOf, type Receiver, receiver } from "./receiver-rig.ts";
import { listSubscriptions } from "./store.ts";
import { subscribe } from "./subscriptions.ts";
import { vapidKeys } from "./vapid.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
let people: Record<Role, Person>;
let limited: Person;
beforeAll(async () => {
  scratch = await openScratch();
  people = await oneOfEach();
  limited = await somebody("limited", { role: "viewer", services: ["local/docker/db-*"] });
});
afterAll(() => scratch.close());
beforeEach(() => db().pushSubscription.deleteMany());

const signal = new AbortController().signal;
let key = 0;
const told = (message = messageOf(), again = false) => {
  if (!again) key += 1;
  return pushTo({ messages: [message], key: `k${key}`, signal }, { local: true });
};

/** A browser with keys of its own, whose push service is this receiver. */
async function browser(person: Person, service: Receiver, name: string) {
  const pair = createECDH("prime256v1");
  const p256dh = pair.generateKeys("base64url");
  const auth = randomBytes(16);
  const keys = { p256dh, auth: auth.toString("base64url") };
  await subscribe(person.id, { endpoint: `${service.url}/${name}`, keys, label: name });
  /** RFC 8291 and RFC 8188, as a browser does it */
  const open = (body: Buffer) => {
    const [salt, length] = [body.subarray(0, 16), body[20]!];
    const sender = body.subarray(21, 21 + length);
    const info = Buffer.concat([Buffer.from("WebPush: info\0"), pair.getPublicKey(), sender]);
    const secret = hkdfSync("sha256", pair.computeSecret(sender), auth, info, 32);
    const derive = (use: string, size: number) =>
      Buffer.from(hkdfSync("sha256", Buffer.from(secret), salt, `Content-Encoding: ${use}\0`, size));
    const sealed = body.subarray(21 + length);
    const cipher = createDecipheriv("aes-128-gcm", derive("aes128gcm", 16), derive("nonce", 12));
    cipher.setAuthTag(sealed.subarray(-16));
    const text = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]).toString("utf8");
    return JSON.parse(text.slice(0, text.lastIndexOf("\u0002"))) as Record<string, unknown>;
  };
  return { open };
}

test("a browser opens what it gets, and its push service sees who sent it and nothing else", async () => {
  const service = await receiver({ status: 201 });
  const { open } = await browser(people.admin, service, "laptop");
  expect(await told()).toBe("1 browser told");
  const [request] = service.requests as [Receiver["requests"][0]];
  expect(request).toMatchObject({
    path: "/laptop",
    headers: {
      "content-encoding": "aes128gcm",
      ttl: "86400",
      urgency: "high",
      topic: expect.stringMatching(/^[\w-]{32}$/),
    },
  });
  expect(open(request.raw)).toEqual({
    ...{ title: "wa-worker failed", url: "https://trihelm.example.com/alerts/i-1", tag: "i-1" },
    ...{ severity: "critical", kind: "opened", at: "2026-11-21T10:00:00.000Z" },
    body: "It ended with exit code 1. The last line was Error: no such file.\ncritical · web-1 · local/docker/wa-worker",
  });
  expect(request.raw.includes("wa-worker")).toBe(false);
  const [, jwt = "", shown = ""] = /^vapid t=([^,]+), k=(.+)$/.exec(String(request.headers.authorization)) ?? [];
  const { publicKey } = await vapidKeys();
  expect(shown).toBe(publicKey);
  const [head = "", claims = "", signature = ""] = jwt.split(".");
  const point = Buffer.from(publicKey, "base64url");
  const jwk = {
    kty: "EC",
    crv: "P-256",
    x: point.subarray(1, 33).toString("base64url"),
    y: point.subarray(33).toString("base64url"),
  };
  const verifier = { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" } as const;
  expect(verify("sha256", Buffer.from(`${head}.${claims}`), verifier, Buffer.from(signature, "base64url"))).toBe(true);
  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({ aud: service.url });
});

test("the server's keys are made once, and lie sealed", async () => {
  const [one, other] = await Promise.all([vapidKeys(), vapidKeys()]);
  expect(one).toEqual(other);
  const file = path.join(scratch.folder, "web-push-keys");
  expect(fs.statSync(file).mode & 0o077).toBe(0);
  expect(fs.readFileSync(file, "utf8")).not.toContain(one.privateKey);
});

describe("who is told", () => {
  test("people who may see the service, in each of their browsers", async () => {
    const service = await receiver({ status: 201 });
    for (const [person, name] of [
      [people.admin, "a1"],
      [people.admin, "a2"],
      [people.viewer, "v"],
      [limited, "l"],
    ] as const)
      await browser(person, service, name);
    const paths = () =>
      service.requests
        .splice(0)
        .map((request) => request.path)
        .sort();
    await told();
    expect(paths()).toEqual(["/a1", "/a2", "/v"]);
    await told(messageOf({ service: "local/docker/db-main" }));
    expect(paths()).toEqual(["/a1", "/a2", "/l", "/v"]);
    await told(messageOf({ service: null }));
    expect(paths()).toEqual(["/a1", "/a2", "/v"]);
    await db().user.update({ where: { id: people.viewer.id }, data: { disabled: true } });
    await told();
    expect(paths()).toEqual(["/a1", "/a2"]);
    await db().user.update({ where: { id: people.viewer.id }, data: { disabled: false } });
  });

  test("nobody, where those who have browsers may not see it: that is no failure of the channel", async () => {
    const service = await receiver({ status: 201 });
    await browser(limited, service, "l");
    expect(await told()).toMatch(/^Nobody whose browser/);
    expect(service.requests).toEqual([]);
  });

  test.each([404, 410])("a browser that is gone (%i) is forgotten", async (status) => {
    const service = await receiver({ status: 201 });
    const gone = await receiver({ status });
    await browser(people.admin, service, "here");
    await browser(people.admin, gone, "gone");
    expect(await told()).toBe("1 browser told, 1 subscription that had ended removed");
    expect((await listSubscriptions()).map(({ label }) => label)).toEqual(["here"]);
    await told();
    expect(gone.requests).toHaveLength(1);
  });

  test("a push service that is down is tried again, and nobody is told twice", async () => {
    const service = await receiver({ status: 201 });
    const down = await receiver({ status: 503, headers: { "retry-after": "60" } });
    await browser(people.admin, service, "up");
    await browser(people.admin, down, "down");
    await expect(told()).rejects.toMatchObject({ permanent: false, retryAfter: 60 });
    down.reply = { status: 201 };
    expect(await told(messageOf(), true)).toBe("2 browsers told");
    expect([service.requests.length, down.requests.length]).toEqual([1, 2]);
  });
});

test("where a browser says it is reached has to be out in the world", async () => {
  await expect(told()).rejects.toMatchObject({
    permanent: true,
    message: expect.stringMatching(/No browser has asked/),
  });
  const service = await receiver({ status: 201 });
  await browser(people.admin, service, "near");
  const order = { config: {}, secrets: {}, messages: [messageOf()], key: "far", signal };
  await expect(sendPush(order)).rejects.toMatchObject({
    permanent: true,
    message: expect.stringMatching(/not reachable from everywhere/),
  });
  expect(service.requests).toEqual([]);
});

test("the same browser again is the same, and another's when somebody else uses it", async () => {
  const keys = {
    p256dh: createECDH("prime256v1").generateKeys("base64url"),
    auth: randomBytes(16).toString("base64url"),
  };
  const one = await subscribe(people.admin.id, { endpoint: "https://push.example/x", keys, label: "a" });
  const two = await subscribe(people.viewer.id, { endpoint: "https://push.example/x", keys, label: "b" });
  expect(two.id).toBe(one.id);
  expect(await listSubscriptions()).toMatchObject([{ user: people.viewer.id, label: "b" }]);
  expect(JSON.stringify(await listSubscriptions())).not.toContain(keys.auth);
});
