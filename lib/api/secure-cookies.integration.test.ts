import { afterAll, expect, test } from "vitest";
import { codeOf } from "#lib/auth/code-rig.ts";
import { lightHash } from "#lib/auth/password-rig.ts";
import { PASSWORD, somebody } from "#lib/auth/people-rig.ts";
import { openProvider } from "#lib/auth/provider-rig.ts";
import { openBrowser, signInApi } from "./browser-rig.ts";

const provider = await openProvider();
Object.assign(process.env, {
  TRIHELM_BASE_URL: "https://hel.example",
  TRIHELM_OIDC_ISSUER: provider.issuer,
  TRIHELM_OIDC_CLIENT_ID: provider.clientId,
  TRIHELM_OIDC_CLIENT_SECRET: provider.clientSecret,
  TRIHELM_VIEWER_GROUPS: "*",
});
const api = signInApi();
afterAll(() => provider.close());

const A = "/api/auth";

test("over https the browser holds every cookie to this host, and shows none to a script or another site", async () => {
  await somebody("ada", { passwordHash: lightHash(PASSWORD) });
  const browser = openBrowser(api, { origin: "https://hel.example" });
  const lines: string[] = [];
  const post = async (path: string, body: object = {}) => {
    const shown = await browser.post(path, body);
    expect(shown.status, `${path} ${JSON.stringify(shown.body)}`).toBeLessThan(300);
    lines.push(...browser.setCookies);
    return shown.body;
  };
  const enter = () => post(`${A}/sign-in/username`, { username: "ada", password: PASSWORD, rememberMe: false });
  await enter();
  await post("/api/v1/me/step-up", { password: PASSWORD });
  const { totpURI } = await post(`${A}/two-factor/enable`, { password: PASSWORD });
  await post(`${A}/two-factor/verify-totp`, { code: await codeOf(totpURI) });
  await browser.get(`${A}/passkey/generate-register-options`);
  lines.push(...browser.setCookies);
  await post(`${A}/sign-out`);
  await enter();
  await post(`${A}/two-factor/verify-totp`, { code: await codeOf(totpURI) });
  const { url } = await post(`${A}/sign-in/social`, { callbackURL: "/sign-in/done" });
  const back = provider.agree(url, { sub: "1", preferred_username: "bob", groups: [] });
  expect(back.href).toMatch(/^https:\/\/hel\.example\/api\/auth\/callback\/oidc\?/);
  expect((await browser.get(back.pathname + back.search)).headers.get("location")).toBe("/sign-in/done");
  lines.push(...browser.setCookies);

  const names = new Set(lines.map((line) => line.split("=", 1)[0]));
  for (const name of ["session_token", "two_factor", "state", "dont_remember", "better-auth-passkey"])
    expect([...names], name).toContain(`__Host-trihelm.${name}`);
  for (const line of lines) {
    const [pair = "", ...rest] = line.split(/; */);
    const flags = rest.filter((flag) => !/^(max-age|expires)=/i.test(flag)).map((flag) => flag.toLowerCase());
    const site = pair.startsWith("__Host-trihelm.state=") ? "lax" : "strict";
    expect(pair).toMatch(/^__Host-trihelm\./);
    expect(flags.sort(), line).toEqual(["httponly", "path=/", `samesite=${site}`, "secure"]);
  }
  expect((await browser.get("/api/v1/me")).body).toMatchObject({ name: "bob", role: "viewer" });
});

test("who is not remembered gets a cookie that ends with the browser", async () => {
  await somebody("cyd", { passwordHash: lightHash(PASSWORD) });
  const lives = async (rememberMe: boolean) => {
    const browser = openBrowser(api, { origin: "https://hel.example" });
    await browser.post(`${A}/sign-in/username`, { username: "cyd", password: PASSWORD, rememberMe });
    return /max-age=(\d+)/i.exec(browser.setCookies.find((line) => line.includes("session_token"))!)?.[1];
  };
  expect([await lives(true), await lives(false)]).toEqual([String(14 * 86_400), undefined]);
});
