import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { lightHash } from "#lib/auth/password-rig.ts";
import { PASSWORD, signedIn, somebody } from "#lib/auth/people-rig.ts";
import { endSessions } from "#lib/auth/sessions.ts";
import { listSessions, type Person, writePassword } from "#lib/auth/store.ts";
import { browserOf, openBrowser, signInApi } from "./browser-rig.ts";

/** happens between the look at the hash and the session that follows */
let meanwhile: () => Promise<unknown> = async () => undefined;
vi.mock("#lib/auth/password.ts", async (original) => {
  const whole = await original<typeof import("#lib/auth/password.ts")>();
  const verifyPassword: typeof whole.verifyPassword = async (hash, password) => {
    const isRight = await whole.verifyPassword(hash, password);
    await meanwhile();
    return isRight;
  };
  return { ...whole, verifyPassword };
});

const api = signInApi();
const NEW = "another staple";
let count = 0;
let person: Person;
beforeEach(async () => {
  person = await somebody(`p${++count}`, { passwordHash: lightHash(PASSWORD) });
});
afterEach(() => {
  meanwhile = async () => undefined;
});
const reset = () => writePassword(person.id, lightHash(NEW));
const enter = async (password: string) =>
  (await openBrowser(api).post("/api/auth/sign-in/username", { username: person.name, password })).status;

describe("while a password is checked", () => {
  test.each([
    ["a new password", reset],
    ["a sign-out everywhere", () => endSessions(person.id, {})],
  ])("%s ends the step-up too", async (_, happens) => {
    const browser = browserOf(api, await signedIn(person));
    meanwhile = happens;
    expect((await browser.post("/api/v1/me/step-up", { password: PASSWORD })).status).toBe(401);
    expect(await listSessions(person.id)).toEqual([]);
  });

  test("a new password ends the sign-in with the old", async () => {
    meanwhile = reset;
    expect(await enter(PASSWORD)).toBe(401);
    expect(await listSessions(person.id)).toEqual([]);
    meanwhile = async () => undefined;
    expect(await enter(NEW)).toBe(200);
  });

  test("an admin's new password is not written over by the person's own change", async () => {
    const browser = browserOf(api, await signedIn(person));
    meanwhile = reset;
    const changed = { currentPassword: PASSWORD, newPassword: "a third staple" };
    expect((await browser.post("/api/auth/change-password", changed)).status).not.toBe(200);
    meanwhile = async () => undefined;
    expect(await listSessions(person.id)).toEqual([]);
    expect(await enter("a third staple")).toBe(401);
    expect(await enter(NEW)).toBe(200);
  });
});
