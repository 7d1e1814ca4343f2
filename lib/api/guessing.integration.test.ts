import { describe, expect, test } from "vitest";
import { REQUEST_LIMITS } from "#lib/auth/attempts.ts";
import { lightHash } from "#lib/auth/password-rig.ts";
import { PASSWORD, signedIn, somebody } from "#lib/auth/people-rig.ts";
import { db } from "#lib/db/client.ts";
import { type Browser, browserOf, openBrowser, signInApi } from "./browser-rig.ts";

const api = signInApi();
const A = "/api/auth";
const make = (name: string) => somebody(name, { role: "viewer", passwordHash: lightHash(PASSWORD) });
const enter = async (browser: Browser, username: string, password = "not the password") =>
  (await browser.post(`${A}/sign-in/username`, { username, password })).status;
const stepUp = async (browser: Browser, password = PASSWORD) =>
  (await browser.post("/api/v1/me/step-up", { password })).status;
const trail = async (action: string) => db().auditEntry.findMany({ where: { action }, orderBy: { seq: "desc" } });

describe("who is signed in and tries another's password", () => {
  test("is counted like anybody, whatever they prove of their own account in between", async () => {
    await make("ada");
    const browser = browserOf(api, await signedIn(await make("bob")));
    const statuses = [];
    for (let round = 0; round < 3; round++) {
      for (let tries = 0; tries < 2; tries++) statuses.push(await enter(browser, "ada"));
      expect(await stepUp(browser)).toBe(204);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    expect((await trail("session.sign-in"))[0]).toMatchObject({ actor: "bob", subject: "ada", outcome: "refused" });
  });

  test("gets no tries back by signing in with the own password", async () => {
    await make("cyd");
    await make("dee");
    const browser = openBrowser(api);
    const statuses = [];
    for (let round = 0; round < 3; round++) {
      for (let tries = 0; tries < 2; tries++) statuses.push(await enter(browser, "cyd"));
      if (round < 2) expect(await enter(browser, "dee", PASSWORD)).toBe(200);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  });
});

test("strangers at a shared address do not keep out who is signed in there", async () => {
  const browser = browserOf(api, await signedIn(await make("eve")));
  const nobody = { cookie: "" };
  const tries = [];
  for (let n = 0; n < 6; n++)
    tries.push((await browser.post(`${A}/sign-in/username`, { username: "fay", password: "wrong" }, nobody)).status);
  expect(tries.at(-1)).toBe(429);
  expect(await stepUp(browser)).toBe(204);
  const changed = { currentPassword: PASSWORD, newPassword: "another staple" };
  expect((await browser.post(`${A}/change-password`, changed)).status).toBe(200);
  for (let n = 0; n < 5; n++) expect(await stepUp(browser)).toBe(403);
  expect(await stepUp(browser, "another staple")).toBe(429);
});

describe("what anybody may send", () => {
  test("leaves one row each, and ends before it leaves many", async () => {
    const browser = openBrowser(api);
    const before = await db().auditEntry.count();
    const statuses = [];
    for (let n = 0; n < REQUEST_LIMITS.address.most + 5; n++)
      statuses.push((await browser.post(`${A}/passkey/verify-authentication`, { response: {} })).status);
    expect(statuses.slice(-5)).toEqual([429, 429, 429, 429, 429]);
    expect((await db().auditEntry.count()) - before).toBe(REQUEST_LIMITS.address.most);
    expect((await trail("session.passkey"))[0]).toMatchObject({ actor: "nobody", outcome: "refused", closes: null });
    expect((await browser.get(`${A}/passkey/generate-authenticate-options`)).status).toBe(429);
  });
});
