import { afterAll, afterEach, describe, expect, test } from "vitest";
import { signedIn, somebody } from "#lib/auth/people-rig.ts";
import { openProvider } from "#lib/auth/provider-rig.ts";
import { findPerson, listSessions, updatePerson } from "#lib/auth/store.ts";
import { db } from "#lib/db/client.ts";
import { type Browser, browserOf, openBrowser, signInApi } from "./browser-rig.ts";

const provider = await openProvider();
Object.assign(process.env, {
  TRIHELM_OIDC_ISSUER: `${provider.issuer}/`,
  TRIHELM_OIDC_CLIENT_ID: provider.clientId,
  TRIHELM_OIDC_CLIENT_SECRET: provider.clientSecret,
  TRIHELM_OIDC_NAME: "Keyring",
  TRIHELM_ADMIN_GROUPS: "ops",
  TRIHELM_OPERATOR_GROUPS: "dev, deploy",
  TRIHELM_VIEWER_GROUPS: "staff",
});
// it is down while the server starts
provider.up = false;
const api = signInApi();
const usual = { bend: provider.bend, description: {}, userInfo: null, forges: false };
afterEach(() => void Object.assign(provider, usual, { up: true }));
afterAll(() => provider.close());

const BEGIN = "/api/auth/sign-in/social";
const DONE = "/sign-in/done";
const isIn = async (browser: Browser) => (await browser.get("/api/v1/me")).status === 200;
const person = (name: string, groups: string[] = ["staff"]) => ({
  sub: `id-${name}`,
  preferred_username: name,
  groups,
});

async function begin(browser: Browser, callbackURL?: unknown) {
  return (await browser.post(BEGIN, { provider: "oidc", callbackURL })).body.url as string;
}
async function back(browser: Browser, url: URL): Promise<string> {
  // the way back begins on another site: of our cookies the browser sends only the one that is Lax
  const state = [...browser.cookies].filter(([name]) => name.endsWith(".state"));
  const far = openBrowser(api, { cookies: new Map(state) });
  const { status, headers } = await far.get(url.pathname + url.search, {
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
  });
  expect(status).toBe(302);
  for (const [name, value] of far.cookies) browser.cookies.set(name, value);
  return headers.get("location")!;
}
async function comeIn(browser: Browser, who: Record<string, unknown>): Promise<string> {
  return back(browser, provider.agree(await begin(browser), who));
}
const refusedWith = (reason: string) => `/sign-in?error=${reason}`;

describe("a provider", () => {
  test("that is down when the server starts is no harm, and is found once it is there", async () => {
    provider.up = false;
    const browser = openBrowser(api);
    expect((await browser.get("/api/v1/sign-in-methods")).body).toMatchObject({
      password: true,
      oidc: { name: "Keyring" },
    });
    const { status, body } = await browser.post(BEGIN, { provider: "oidc" });
    expect([status, body.detail]).toEqual([503, expect.stringMatching(/provider cannot be reached/)]);
    provider.up = true;
    const url = new URL(await begin(browser));
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: "trihelm",
      response_type: "code",
      code_challenge_method: "S256",
      scope: "openid profile email",
      redirect_uri: "http://localhost:7420/api/auth/callback/oidc",
      nonce: expect.stringMatching(/.{16}/),
      state: expect.stringMatching(/.{16}/),
    });
    expect(url.href).not.toContain(provider.clientSecret);
    expect(browser.setCookies.find((line) => line.startsWith("trihelm.state="))).toMatch(/SameSite=Lax/i);
  });

  test("brings in whom nobody knew, with the role of their groups, and again the same one", async () => {
    const browser = openBrowser(api);
    expect(await comeIn(browser, person("Mára O'Neil", ["staff", "deploy"]))).toBe(DONE);
    const { body } = await browser.get("/api/v1/me");
    expect(body).toMatchObject({ name: "Mara-O-Neil", role: "operator", kind: "session", hasPassword: false });
    const made = (await findPerson("mara-o-neil"))!;
    expect(made.via).toBe("oidc");
    expect(await db().account.findMany({ where: { userId: made.id } })).toMatchObject([
      {
        providerId: "oidc",
        accountId: `${provider.issuer}#id-Mára O'Neil`,
        accessToken: null,
        idToken: null,
        refreshToken: null,
      },
    ]);
    // by what the provider knows them by, whatever they are called now; the role goes along
    const later = openBrowser(api);
    expect(await comeIn(later, { ...person("Mára O'Neil", ["ops"]), preferred_username: "renamed" })).toBe(DONE);
    expect((await later.get("/api/v1/me")).body).toMatchObject({ id: body.id, name: "Mara-O-Neil", role: "admin" });
    const trail = await db().auditEntry.findMany({
      where: { subject: "Mara-O-Neil", outcome: "done" },
      orderBy: { seq: "asc" },
    });
    expect(trail.map(({ action, actor }) => `${actor} ${action}`)).toEqual([
      "Mara-O-Neil user.create",
      "Mara-O-Neil session.provider",
      "Mara-O-Neil user.change",
      "Mara-O-Neil session.provider",
    ]);
  });

  test("a change of role ends streams", async () => {
    const browser = openBrowser(api);
    await comeIn(browser, person("nia", ["dev"]));
    const stop = new AbortController();
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const stream = await api.request("/api/v1/events", { as: { cookie }, signal: stop.signal });
    const over = stream.body!.pipeTo(new WritableStream()).then(
      () => "over",
      () => "cut",
    );
    await comeIn(openBrowser(api), person("nia", ["staff"]));
    expect(await Promise.race([over, new Promise((done) => setTimeout(() => done("open"), 3000))])).toBe("over");
    stop.abort();
  });

  test("says names and groups only to whoever asks with the token", async () => {
    provider.userInfo = { sub: "id-oda", email: "oda@hel.example", groups: ["ops"] };
    const browser = openBrowser(api);
    expect(await comeIn(browser, { sub: "id-oda" })).toBe(DONE);
    expect((await browser.get("/api/v1/me")).body).toMatchObject({ name: "oda@hel.example", role: "admin" });
    provider.userInfo = { sub: "id-somebody-else", groups: ["ops"], preferred_username: "pia" };
    expect(await comeIn(openBrowser(api), { sub: "id-pia" })).toBe(refusedWith("not_verified"));
  });

  test("without a group that has a role nobody comes in, and who lost it is out", async () => {
    const browser = openBrowser(api);
    for (const groups of [[], ["guests"], ["OPS"], ["ops,staff"]])
      expect(await comeIn(openBrowser(api), person("quin", groups)), groups.join()).toBe(refusedWith("no_role"));
    expect(await findPerson("quin")).toBeNull();
    await comeIn(browser, person("quin"));
    expect(await isIn(browser)).toBe(true);
    expect(await comeIn(openBrowser(api), person("quin", []))).toBe(refusedWith("no_role"));
    expect(await isIn(browser)).toBe(false);
  });

  test("a name that is somebody's here already is not given, and nobody is linked to it", async () => {
    const rob = await somebody("rob", { passwordHash: null });
    const browser = openBrowser(api);
    expect(await comeIn(browser, person("Rob", ["ops"]))).toBe(refusedWith("account_not_linked"));
    expect(await comeIn(browser, { ...person("x"), preferred_username: rob.id.slice(0, 64) })).not.toBe("");
    await comeIn(openBrowser(api), person("sol"));
    expect(await comeIn(browser, { ...person("other"), preferred_username: "SOL" })).toBe(
      refusedWith("account_not_linked"),
    );
    provider.userInfo = { sub: "1" };
    expect(await comeIn(browser, { sub: "1", groups: ["ops"], preferred_username: "李" })).toBe(refusedWith("no_name"));
    expect(await db().account.count({ where: { userId: rob.id } })).toBe(0);
    expect(await listSessions(rob.id)).toEqual([]);
  });

  test("whoever is disabled here stays out", async () => {
    await comeIn(openBrowser(api), person("tia"));
    await updatePerson((await findPerson("tia"))!.id, { disabled: true });
    const browser = openBrowser(api);
    expect(await comeIn(browser, person("tia"))).toBe(refusedWith("disabled"));
    expect(await isIn(browser)).toBe(false);
  });

  test("a step-up asks again there, replaces the session, and counts from when they proved themselves", async () => {
    await comeIn(openBrowser(api), person("uma", ["ops"]));
    const uma = (await findPerson("uma"))!;
    const home = browserOf(api, await signedIn(uma, { age: 700 }));
    const old = openBrowser(api, { cookies: home.cookies });
    const again = await begin(home);
    expect(Object.fromEntries(new URL(again).searchParams)).toMatchObject({ prompt: "login", max_age: "0" });
    const long = Math.floor(Date.now() / 1000) - 3600;
    expect(await back(home, provider.agree(again, { ...person("uma", ["ops"]), auth_time: long }))).toBe(DONE);
    expect([await isIn(home), await isIn(old)]).toEqual([true, false]);
    expect((await home.post("/api/v1/tokens", { name: "x" })).body).toMatchObject({ status: 403, stepUp: true });
    expect(await comeIn(home, person("uma", ["ops"]))).toBe(DONE);
    expect((await home.post("/api/v1/tokens", { name: "x" })).status).toBe(201);
    const { status, body } = await home.post("/api/v1/me/step-up", { password: "anything at all" });
    expect([status, body.detail]).toEqual([403, expect.stringMatching(/sign in by Keyring again/)]);
  });

  test("a step-up of which it does not say when they proved themselves is none", async () => {
    const silent = { ...person("ugo", ["ops"]), auth_time: undefined };
    const browser = openBrowser(api);
    await comeIn(browser, silent);
    // the first time it was not asked to say so
    expect((await browser.post("/api/v1/tokens", { name: "x" })).status).toBe(201);
    expect(await comeIn(browser, silent)).toBe(DONE);
    expect(await isIn(browser)).toBe(true);
    expect((await browser.post("/api/v1/tokens", { name: "y" })).body).toMatchObject({ status: 403, stepUp: true });
  });
});

describe("what is refused", () => {
  test("a token that is not for this sign-in, from another issuer, for another client, old, or forged", async () => {
    const now = Math.floor(Date.now() / 1000);
    const bent: Record<string, (claims: Record<string, unknown>) => Record<string, unknown>> = {
      "wrong nonce": (claims) => ({ ...claims, nonce: "another" }),
      "no nonce": ({ nonce, ...claims }) => claims,
      "another audience": (claims) => ({ ...claims, aud: "another client" }),
      "two audiences": (claims) => ({ ...claims, aud: ["trihelm", "another"] }),
      "made for another": (claims) => ({ ...claims, azp: "another" }),
      "another issuer": (claims) => ({ ...claims, iss: "https://evil.example" }),
      expired: (claims) => ({ ...claims, exp: now - 60 }),
      "no end": ({ exp, ...claims }) => claims,
      nobody: ({ sub, ...claims }) => claims,
    };
    for (const [name, bend] of Object.entries(bent)) {
      provider.bend = bend;
      const browser = openBrowser(api);
      expect(await comeIn(browser, person("vic", ["ops"])), name).toBe(refusedWith("not_verified"));
      expect(await isIn(browser), name).toBe(false);
    }
    provider.bend = usual.bend;
    provider.forges = true;
    expect(await comeIn(openBrowser(api), person("vic", ["ops"]))).toBe(refusedWith("not_verified"));
    expect(await findPerson("vic")).toBeNull();
  });

  test("a way back that was begun elsewhere, was used, is made up, or waited too long", async () => {
    const [mine, theirs] = [openBrowser(api), openBrowser(api)];
    const url = provider.agree(await begin(mine), person("wes"));
    await begin(theirs);
    expect(await back(theirs, url)).toBe(refusedWith("expired"));
    expect(await back(openBrowser(api), url)).toBe(refusedWith("expired"));
    expect(await back(mine, url)).toBe(DONE);
    const used = openBrowser(api, { cookies: mine.cookies });
    expect(await back(used, url)).toBe(refusedWith("expired"));
    const forged = new URL(url);
    forged.searchParams.set("state", "x".repeat(32));
    expect(await back(openBrowser(api), forged)).toBe(refusedWith("expired"));
    forged.searchParams.delete("state");
    expect(await back(openBrowser(api), forged)).toBe(refusedWith("expired"));
    const late = openBrowser(api);
    const slow = provider.agree(await begin(late), person("wes"));
    for (const { id, value } of await db().verification.findMany())
      await db().verification.update({
        where: { id },
        data: { value: value.replace(/"expiresAt":\d+/, '"expiresAt":1') },
      });
    expect(await back(late, slow)).toBe(refusedWith("expired"));
    const wrongCode = openBrowser(api);
    const other = provider.agree(await begin(wrongCode), person("wes"));
    other.searchParams.set("code", "made up");
    expect(await back(wrongCode, other)).toBe(refusedWith("not_verified"));
    const issuer = openBrowser(api);
    const mixed = provider.agree(await begin(issuer), person("wes"));
    mixed.searchParams.set("iss", "https://evil.example");
    expect(await back(issuer, mixed)).toBe(refusedWith("not_verified"));
  });

  test("the provider's words do not come along, whatever it says", async () => {
    for (const [error, reason] of [
      ["access_denied", "access_denied"],
      ["<script>", "failed"],
      ["https://evil.example", "failed"],
      ["server_error", "failed"],
    ] as const) {
      const browser = openBrowser(api);
      const url = new URL(await begin(browser));
      const answer = new URL("http://x/api/auth/callback/oidc");
      answer.search = new URLSearchParams({
        error,
        error_description: "call 555 to unlock",
        state: url.searchParams.get("state")!,
      }).toString();
      expect(await back(browser, answer), error).toBe(refusedWith(reason));
    }
  });

  test("a description that is another issuer's, or incomplete", async () => {
    const begun = async () => (await openBrowser(api).post(BEGIN, { provider: "oidc" })).status;
    Reflect.deleteProperty(globalThis, Symbol.for("trihelm.auth.library"));
    provider.description = { issuer: "https://evil.example" };
    expect(await begun()).toBe(503);
    provider.description = { token_endpoint: "file:///etc/passwd" };
    expect(await begun()).toBe(503);
    provider.description = {
      scopes_supported: ["openid", "groups"],
      token_endpoint_auth_methods_supported: ["client_secret_basic"],
    };
    expect(new URL(await begin(openBrowser(api))).searchParams.get("scope")).toBe("openid profile email groups");
  });

  test("a way on that leaves this server", async () => {
    const urls = [
      "https://evil.example",
      "//evil.example/sign-in/done",
      "/\\evil.example",
      "/",
      "/sign-in",
      "/sign-in/done/../x",
      "javascript:alert(1)",
      "/sign-in/done?next=//evil.example",
      "/sign-in/done?next=https://evil.example",
      "/sign-in/done?next=/\\evil",
      "http://localhost:7420/sign-in/done",
      ["/sign-in/done"],
      7,
    ];
    for (const callbackURL of urls) {
      const { status, body } = await openBrowser(api).post(BEGIN, { provider: "oidc", callbackURL });
      expect([status, body.code], String(callbackURL)).toEqual([400, "validation"]);
    }
    const browser = openBrowser(api);
    const on = provider.agree(await begin(browser, "/sign-in/done?next=%2Fservices%2Flocal&x=1"), person("xan"));
    expect(await back(browser, on)).toBe("/sign-in/done?next=%2Fservices%2Flocal");
    const more = {
      provider: "google",
      errorCallbackURL: "https://evil.example",
      newUserCallbackURL: "https://evil.example",
      idToken: { token: "x" },
      scopes: ["admin"],
      additionalParams: { redirect_uri: "https://evil.example" },
    };
    const url = (await openBrowser(api).post(BEGIN, more)).body.url as string;
    expect(url).toContain(`${provider.issuer}/authorize`);
    expect(url).not.toMatch(/evil|admin/);
  });
});
