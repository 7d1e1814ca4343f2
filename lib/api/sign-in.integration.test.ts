import { describe, expect, test } from "vitest";
import { newAuthenticator } from "#lib/auth/authenticator-rig.ts";
import { lightHash } from "#lib/auth/password-rig.ts";
import { bearer, PASSWORD, signedIn, somebody } from "#lib/auth/people-rig.ts";
import { deletePerson, listSessions, type Person, updatePerson } from "#lib/auth/store.ts";
import { db } from "#lib/db/client.ts";
import { type Browser, browserOf, openBrowser, signInApi } from "./browser-rig.ts";

const ORIGIN = "http://localhost:7420";
const A = "/api/auth";
const api = signInApi();
const isIn = async (browser: Browser) => (await browser.get("/api/v1/me")).status === 200;
const make = (name: string) => somebody(name, { passwordHash: lightHash(PASSWORD) });
const enter = (browser: Browser, username: string, password = PASSWORD) =>
  browser.post(`${A}/sign-in/username`, { username, password });
const trail = async (action: string) =>
  (await db().auditEntry.findMany({ where: { action, outcome: { not: "intended" } }, orderBy: { seq: "desc" } }))[0];

async function addPasskey(person: Person, device = newAuthenticator()) {
  const home = browserOf(api, await signedIn(person));
  const { body: options } = await home.get(`${A}/passkey/generate-register-options?name=mallory`);
  const response = device.create(options, ORIGIN);
  return {
    home,
    device,
    options,
    added: await home.post(`${A}/passkey/verify-registration`, { response, name: "laptop" }),
  };
}
async function byPasskey(browser: Browser, device = newAuthenticator(), origin = ORIGIN) {
  const { body } = await browser.get(`${A}/passkey/generate-authenticate-options`);
  return browser.post(`${A}/passkey/verify-authentication`, { response: device.get(body, origin) });
}

describe("a session", () => {
  test("begins under a new id each time, which only the cookie holds", async () => {
    const person = await make("ada");
    const browser = openBrowser(api);
    const { body } = await enter(browser, "ADA");
    expect(JSON.stringify(body)).not.toMatch(/token|password/i);
    const first = browser.cookie("session_token")!;
    const [row] = await db().session.findMany({ where: { userId: person.id } });
    expect(row!.token).not.toBe(first.split(".")[0]);
    expect(JSON.stringify(row)).not.toContain(first.split(".")[0]);
    await enter(browser, "ada");
    expect(browser.cookie("session_token")).not.toBe(first);
    // the one before is over, not only forgotten by this browser
    expect(await listSessions(person.id)).toHaveLength(1);
    expect(await trail("session.sign-in")).toMatchObject({ actor: "ada", outcome: "done" });
  });

  test("ends in the database by signing out, and with the person", async () => {
    const person = await make("bob");
    const browser = openBrowser(api);
    await enter(browser, "bob");
    const copy = openBrowser(api, { cookies: browser.cookies });
    expect((await browser.post(`${A}/sign-out`)).status).toBe(200);
    expect(browser.cookie("session_token")).toBeUndefined();
    expect(await isIn(copy)).toBe(false);
    expect(await db().session.count({ where: { userId: person.id } })).toBe(0);
    await enter(browser, "bob");
    expect(await isIn(browser)).toBe(true);
    await deletePerson(person.id);
    expect(await isIn(browser)).toBe(false);
    expect((await enter(openBrowser(api), "bob")).status).toBe(401);
  });

  test("a changed password ends every other, and a step-up the one before", async () => {
    const person = await make("cyd");
    const [here, there] = [browserOf(api, await signedIn(person)), browserOf(api, await signedIn(person))];
    const changed = { currentPassword: PASSWORD, newPassword: "another staple", revokeOtherSessions: false };
    const old = openBrowser(api, { cookies: here.cookies });
    expect((await here.post(`${A}/change-password`, { ...changed, currentPassword: "wrong one" })).status).toBe(400);
    expect((await here.post(`${A}/change-password`, changed)).status).toBe(200);
    expect([await isIn(here), await isIn(there), await isIn(old)]).toEqual([true, false, false]);
    const before = openBrowser(api, { cookies: here.cookies });
    expect((await here.post("/api/v1/me/step-up", { password: "another staple" })).status).toBe(204);
    expect([await isIn(here), await isIn(before)]).toEqual([true, false]);
    expect((await enter(openBrowser(api), "cyd")).status).toBe(401);
  });

  test("a stale one may not do what asks for a fresh one", async () => {
    const stale = browserOf(api, await signedIn(await make("dee"), { age: 601 }));
    for (const [method, path] of [
      ["GET", "/passkey/generate-register-options"],
      ["POST", "/passkey/verify-registration"],
      ["POST", "/passkey/delete-passkey"],
    ] as const)
      expect((await stale.send(method, A + path, method === "GET" ? undefined : {})).body, path).toMatchObject({
        status: 403,
        stepUp: true,
      });
  });
});

describe("what reaches the library", () => {
  test("nothing that is not listed, not even for an admin", async () => {
    const admin = browserOf(api, await signedIn(await make("eve")));
    const paths = [
      "/get-session",
      "/list-sessions",
      "/update-user",
      "/delete-user",
      "/change-email",
      "/set-password",
      "/sign-up/email",
      "/sign-in/email",
      "/sign-in/magic-link",
      "/link-social",
      "/unlink-account",
      "/list-accounts",
      "/get-access-token",
      "/refresh-token",
      "/account-info",
      "/revoke-session",
      "/revoke-sessions",
      "/revoke-other-sessions",
      "/request-password-reset",
      "/reset-password",
      "/verify-password",
      "/verify-email",
      "/update-session",
      "/two-factor/get-totp-uri",
      "/two-factor/send-otp",
      "/two-factor/verify-otp",
      "/two-factor/view-backup-codes",
      "/is-username-available",
      "/ok",
      "/error",
      "/callback/google",
      "/sign-in/oauth2",
      "/../auth/ok",
      "//sign-out",
      "/sign-out/",
    ];
    for (const path of paths)
      for (const method of ["GET", "POST", "PUT", "DELETE"]) {
        expect([404], `${method} ${path}`).toContain(
          (await admin.send(method, A + path, method === "GET" ? undefined : {})).status,
        );
        expect([401, 404], path).toContain(
          (await openBrowser(api).send(method, A + path, method === "GET" ? undefined : {})).status,
        );
      }
    expect(await isIn(admin)).toBe(true);
    for (const path of ["/sign-in/social", "/callback/oidc?code=x&state=y"])
      expect(
        (
          await admin.send(
            path.startsWith("/call") ? "GET" : "POST",
            A + path,
            path.startsWith("/call") ? undefined : {},
          )
        ).status,
        path,
      ).toBe(404);
  });

  test("only the session that the gate saw: not a token's, not a second cookie's", async () => {
    const [fay, gus] = [await make("fay"), await make("gus")];
    const [hers, his] = [(await signedIn(fay)).cookie, (await signedIn(gus)).cookie];
    const browser = openBrowser(api);
    const both = await browser.post(
      `${A}/change-password`,
      { currentPassword: PASSWORD, newPassword: "a new password" },
      { cookie: `${hers}; ${his}` },
    );
    expect(both.status).toBe(200);
    expect((await enter(openBrowser(api), "gus")).status).toBe(200);
    expect((await enter(openBrowser(api), "fay")).status).toBe(401);
    const token = await bearer(fay);
    for (const path of ["/sign-out", "/change-password", "/two-factor/enable"])
      expect((await browser.post(A + path, { password: PASSWORD }, { ...token, cookie: his! })).status, path).toBe(403);
    expect((await browser.get("/api/v1/me", { cookie: his! })).status).toBe(200);
  });

  test("a body is a small JSON object", async () => {
    const browser = openBrowser(api);
    const sent = (body: string, type = "application/json") =>
      api.app.request(`${A}/sign-in/username`, {
        method: "POST",
        body,
        headers: { host: "localhost:7420", "content-type": type },
      });
    for (const body of [
      "[]",
      "null",
      '"x"',
      "{",
      '{"username":{"$ne":1},"password":["x"]}',
      '{"__proto__":{"username":"x"}}',
    ])
      expect((await sent(body)).status, body).toBe(400);
    expect((await sent("username=ada&password=x", "application/x-www-form-urlencoded")).status).toBe(400);
    expect((await sent(JSON.stringify({ username: "ada", password: "x".repeat(70_000) }))).status).toBe(413);
    expect((await enter(browser, "ada", "x".repeat(300))).status).toBe(400);
  });

  test("somebody without a password takes as long to refuse as somebody with one", async () => {
    await somebody("outsider", { via: "oidc", passwordHash: null });
    await somebody("insider");
    const took = async (name: string) => {
      const before = process.cpuUsage().user;
      expect((await enter(openBrowser(api), name, "not the password")).status).toBe(401);
      return process.cpuUsage().user - before;
    };
    await took("nobody-at-all");
    const times: Record<string, number> = {};
    // the work, in processor time: without a hash it is some milliseconds
    for (const name of ["outsider", "insider", "nobody-at-all"])
      times[name] = Math.min(await took(name), await took(name));
    const [least, most] = [Math.min(...Object.values(times)), Math.max(...Object.values(times))];
    expect(most / least, JSON.stringify(times)).toBeLessThan(3);
  });
});

describe("a passkey", () => {
  test("is added by a fresh session, named after the account, and signs in alone", async () => {
    const person = await make("Hal");
    const { options, added, device, home } = await addPasskey(person);
    expect(options.user).toMatchObject({ name: "Hal", displayName: "Hal" });
    expect(options).toMatchObject({
      rp: { id: "localhost", name: "Trihelm" },
      authenticatorSelection: { userVerification: "required" },
    });
    expect(added.status).toBe(200);
    expect((await home.get(`${A}/passkey/list-user-passkeys`)).body).toMatchObject([{ name: "laptop" }]);
    const browser = openBrowser(api);
    const { status, body } = await byPasskey(browser, device);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toContain(browser.cookie("session_token")!.split(".")[0]);
    expect((await browser.get("/api/v1/me")).body).toMatchObject({ name: "Hal", passkeys: 1, kind: "session" });
    expect(await trail("session.passkey")).toMatchObject({ actor: "Hal", subject: "Hal", outcome: "done" });
  });

  test("again while signed in it is a step-up: a new session, and the old one is over", async () => {
    const person = await make("ida");
    const { device } = await addPasskey(person);
    const home = browserOf(api, await signedIn(person, { age: 700 }));
    const old = openBrowser(api, { cookies: home.cookies });
    expect((await home.get(`${A}/passkey/generate-register-options`)).status).toBe(403);
    expect((await byPasskey(home, device)).status).toBe(200);
    expect((await home.get(`${A}/passkey/generate-register-options`)).status).toBe(200);
    expect([await isIn(home), await isIn(old)]).toEqual([true, false]);
  });

  test("one that does not ask who holds it is no passkey, and neither is another site's or an old answer", async () => {
    const person = await make("jon");
    expect((await addPasskey(person, newAuthenticator({ verifies: false }))).added.status).not.toBe(200);
    expect(await db().passkey.count({ where: { userId: person.id } })).toBe(0);
    const { device } = await addPasskey(person);
    const browser = openBrowser(api);
    expect((await byPasskey(browser)).status).toBe(401);
    expect((await byPasskey(browser, device, "https://evil.example")).status).toBe(400);
    const { body } = await browser.get(`${A}/passkey/generate-authenticate-options`);
    expect(body.userVerification).toBe("required");
    const response = device.get(body, ORIGIN);
    const other = openBrowser(api);
    await other.get(`${A}/passkey/generate-authenticate-options`);
    expect((await other.post(`${A}/passkey/verify-authentication`, { response })).status).toBe(400);
    expect((await browser.post(`${A}/passkey/verify-authentication`, { response })).status).toBe(200);
    const again = openBrowser(api, { cookies: browser.cookies });
    expect((await again.post(`${A}/passkey/verify-authentication`, { response })).status).toBe(400);
  });

  test("of somebody disabled opens nothing, and nobody removes another's", async () => {
    const [kim, lea] = [await make("kim"), await make("lea")];
    const { device, home } = await addPasskey(kim);
    const [{ id }] = (await home.get(`${A}/passkey/list-user-passkeys`)).body;
    const hers = browserOf(api, await signedIn(lea));
    expect((await hers.post(`${A}/passkey/delete-passkey`, { id })).status).toBeGreaterThanOrEqual(400);
    expect((await hers.post(`${A}/passkey/update-passkey`, { id, name: "mine" })).status).toBeGreaterThanOrEqual(400);
    await updatePerson(kim.id, { disabled: true });
    expect(await isIn(home)).toBe(false);
    const browser = openBrowser(api);
    expect((await byPasskey(browser, device)).status).toBe(403);
    expect((await enter(browser, "kim")).status).toBe(403);
    expect(await isIn(browser)).toBe(false);
    expect(await db().session.count({ where: { userId: kim.id } })).toBe(0);
  });
});
