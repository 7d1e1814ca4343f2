import { beforeAll, describe, expect, test } from "vitest";
import { bearer, PASSWORD, signedIn, somebody } from "#lib/auth/people-rig.ts";
import { db } from "#lib/db/client.ts";
import { scratchApi } from "./api-rig.ts";

const { call, people, request } = scratchApi();
// passwords are slow by intent, and a busy machine has to wait for them
const SLOW = 30_000;
const NEW = "another staple";

async function trail(action: string) {
  const rows = await db().auditEntry.findMany({ where: { action }, orderBy: { seq: "desc" }, take: 1 });
  return rows.map(({ actor, address, subject, outcome, intent }) => ({ actor, address, subject, outcome, intent }))[0];
}

describe("people", { timeout: SLOW }, () => {
  test("made, read by id or name, changed, removed; each step in the trail, and no password anywhere", async () => {
    const made = await call("POST", "/api/v1/users", { name: "Tess", password: PASSWORD, role: "viewer" });
    expect(made).toMatchObject({ status: 201, body: { name: "Tess", role: "viewer", via: "local", twoFactor: false } });
    const { id } = made.body;
    expect((await call("GET", "/api/v1/users/tess")).body).toEqual((await call("GET", `/api/v1/users/${id}`)).body);
    expect((await call("GET", "/api/v1/users")).body.items.map((one: { name: string }) => one.name)).toContain("Tess");
    const narrowed = { role: "operator", services: ["local/docker/wa-*"], verbs: ["read"] };
    expect(await call("PATCH", `/api/v1/users/${id}`, narrowed)).toMatchObject({ status: 200, body: narrowed });
    const wide = { services: null, verbs: null, password: NEW };
    expect((await call("PATCH", "/api/v1/users/TESS", wide)).body).toMatchObject({ services: null, verbs: null });
    expect(await trail("user.change")).toEqual({
      ...{ actor: "admin/own", address: "192.0.2.1", subject: "Tess", outcome: "done" },
      intent: JSON.stringify({ services: null, verbs: null, password: "changed" }),
    });
    expect((await call("DELETE", `/api/v1/users/${id}`)).status).toBe(204);
    expect((await call("GET", `/api/v1/users/${id}`)).status).toBe(404);
    const kept = JSON.stringify(await db().auditEntry.findMany());
    for (const secret of [PASSWORD, NEW, "argon2id"]) expect(kept).not.toContain(secret);
  });

  const good = { name: "nina", password: PASSWORD, role: "viewer" };
  test.each<[string, object, number, string]>([
    ["a short password", { ...good, password: "short" }, 400, "password"],
    ["no password", { name: "nina", role: "viewer" }, 400, "password"],
    ["a name with a slash", { ...good, name: "a/b" }, 400, "name"],
    ["an empty name", { ...good, name: "" }, 400, "name"],
    ["another role", { ...good, role: "root" }, 400, "role"],
    ["a pattern of two parts", { ...good, services: ["local/docker"] }, 400, "services.0"],
    ["no pattern", { ...good, services: [] }, 400, "services"],
    ["an unknown verb", { ...good, verbs: ["fly"] }, 400, "verbs.0"],
    ["something unheard of", { ...good, admin: true }, 400, "body"],
  ])("%s is refused by name", async (_, body, status, path) => {
    expect(await call("POST", "/api/v1/users", body)).toMatchObject({ status, body: { errors: [{ path }] } });
  });

  test("a taken name, the last admin, and nobody: refused with the reason, and written down", async () => {
    expect(await call("POST", "/api/v1/users", { ...good, name: "VIEWER" })).toMatchObject({
      status: 409,
      body: { detail: "There is an account by the name VIEWER already" },
    });
    expect((await trail("user.create"))?.outcome).toBe("refused");
    for (const change of [{ role: "viewer" }, { disabled: true }, { verbs: ["read"] }])
      expect((await call("PATCH", "/api/v1/users/admin", change)).status).toBe(409);
    expect((await call("DELETE", "/api/v1/users/admin")).status).toBe(409);
    for (const path of ["nobody", "nobody/sessions", "nobody/two-factor"])
      expect((await call("DELETE", `/api/v1/users/${path}`)).status, path).toBe(404);
    expect((await call("PATCH", "/api/v1/users/nobody", { role: "viewer" })).status).toBe(404);
  });

  test("signing somebody out ends their sessions; taking a second factor away is written down", async () => {
    const as = await signedIn(people.operator);
    expect((await call("DELETE", "/api/v1/users/operator/sessions")).status).toBe(204);
    expect((await call("GET", "/api/v1/me", undefined, { as })).status).toBe(401);
    expect((await call("DELETE", "/api/v1/users/operator/two-factor")).status).toBe(204);
    expect((await trail("user.second-factor.remove"))?.subject).toBe("operator");
  });

  test("a session that is not fresh changes nobody", async () => {
    const as = await signedIn(people.admin, { age: 700 });
    for (const [method, path] of [
      ["POST", "users"],
      ["PATCH", "users/viewer"],
      ["DELETE", "users/viewer"],
      ["DELETE", "users/viewer/sessions"],
      ["DELETE", "users/viewer/two-factor"],
    ] as const)
      expect(await call(method, `/api/v1/${path}`, {}, { as })).toMatchObject({ status: 403, body: { stepUp: true } });
  });
});

describe("tokens", () => {
  const names = async (as: "viewer" | "admin", query = "") =>
    (await call("GET", `/api/v1/tokens${query}`, undefined, { as })).body.items.map(
      (one: { name: string }) => one.name,
    );

  test("the secret is told once, works, and its owner's list shows its use", async () => {
    const made = await call("POST", "/api/v1/tokens", { name: "ci", verbs: ["read"], expiresIn: 3600 });
    expect(made).toMatchObject({ status: 201, body: { user: "admin", prefix: made.body.token.slice(0, 8) } });
    expect(made.body.token).toMatch(/^trh_[\w-]{43}$/);
    const as = { authorization: `Bearer ${made.body.token}` };
    const me = await call("GET", "/api/v1/me", undefined, { as });
    expect(me.body).toMatchObject({ name: "admin", kind: "token", verbs: ["read"], session: null });
    const { items } = (await call("GET", "/api/v1/tokens")).body;
    const listed = items.find((one: { name: string }) => one.name === "ci");
    expect(listed).toMatchObject({ lastUsedAt: expect.any(String), verbs: ["read"] });
    expect(JSON.stringify(items)).not.toContain(made.body.token);
    expect((await call("DELETE", `/api/v1/tokens/${listed.id}`)).status).toBe(204);
    expect((await call("GET", "/api/v1/me", undefined, { as })).status).toBe(401);
  });

  test("each sees and revokes their own; an admin everybody's", async () => {
    const as = await signedIn(people.viewer);
    const { id } = (await call("POST", "/api/v1/tokens", { name: "mine" }, { as })).body;
    expect(await names("viewer")).toEqual(["mine", "own"]);
    expect(await names("admin")).not.toContain("mine");
    expect(await names("admin", "?all=1")).toContain("mine");
    expect((await call("GET", "/api/v1/tokens?all=1", undefined, { as: "viewer" })).status).toBe(403);
    const operator = { as: await signedIn(people.operator) };
    expect((await call("DELETE", `/api/v1/tokens/${id}`, undefined, operator)).status).toBe(404);
    expect((await call("DELETE", `/api/v1/tokens/${id}`)).status).toBe(204);
  });

  test("an admin makes one for somebody else, which may what they may and no more", async () => {
    const more = await call("POST", "/api/v1/tokens", { name: "for", user: "viewer", role: "admin" });
    expect(more).toMatchObject({ status: 400, body: { errors: [{ path: "role" }] } });
    const made = await call("POST", "/api/v1/tokens", { name: "for", user: "viewer" });
    expect(made).toMatchObject({ status: 201, body: { user: "viewer" } });
    const as = { authorization: `Bearer ${made.body.token}` };
    expect((await call("GET", "/api/v1/me", undefined, { as })).body).toMatchObject({
      role: "viewer",
      verbs: ["read"],
    });
    const viewer = { as: await signedIn(people.viewer) };
    expect((await call("POST", "/api/v1/tokens", { name: "n", user: "admin" }, viewer)).status).toBe(403);
    expect((await call("POST", "/api/v1/tokens", { name: "n", user: "nobody" })).status).toBe(404);
  });

  test("a token hands on at most its own verbs, and nothing that outlives it", async () => {
    const as = await bearer(people.admin, { verbs: ["read", "manage"], expiresIn: 3600 });
    const made = await call("POST", "/api/v1/tokens", { name: "child" }, { as });
    expect(made).toMatchObject({ status: 201, body: { verbs: ["read", "manage"] } });
    expect(Date.parse(made.body.expiresAt)).toBeLessThanOrEqual(Date.now() + 3600_000);
    expect((await call("POST", "/api/v1/tokens", { name: "c", verbs: ["act"] }, { as })).status).toBe(403);
  });

  test("a token that is narrowed makes no wider one", async () => {
    for (const given of [{ verbs: ["read"] }, { services: ["local/*/*"] }, { role: "viewer" }] as const) {
      const as = await bearer(people.admin, given as object);
      expect((await call("POST", "/api/v1/tokens", { name: "wide" }, { as })).status, JSON.stringify(given)).toBe(403);
    }
  });

  test.each<[object, string]>([
    [{}, "name"],
    [{ name: "" }, "name"],
    [{ name: "a\u202eb" }, "name"],
    [{ name: "n", expiresIn: 1 }, "expiresIn"],
    [{ name: "n", services: ["*"] }, "services.0"],
    [{ name: "n", verbs: [] }, "verbs"],
    [{ name: "n", role: "viewer", verbs: ["act"] }, "verbs"],
  ])("%j is refused", async (body, path) => {
    expect(await call("POST", "/api/v1/tokens", body)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });
});

describe("oneself", { timeout: SLOW }, () => {
  test("who I am, by session and by token", async () => {
    const as = await signedIn(people.operator);
    const { body } = await call("GET", "/api/v1/me", undefined, { as });
    expect(body).toMatchObject({ name: "operator", kind: "session", verbs: ["read", "act", "backup"], services: null });
    const { createdAt, freshUntil } = body.session;
    expect(Date.parse(freshUntil) - Date.parse(createdAt)).toBe(600_000);
    expect(body).toMatchObject({ hasPassword: true, twoFactor: false, passkeys: 0 });
  });

  test("sessions: listed with the current one, ended one by one and all others at once", async () => {
    const tess = await somebody("tess", { role: "viewer" });
    const [as, second] = [await signedIn(tess), await signedIn(tess, { address: "198.51.100.7" })];
    await signedIn(tess);
    const { items } = (await call("GET", "/api/v1/sessions", undefined, { as })).body;
    expect(items).toHaveLength(3);
    expect(items.filter((one: { current: boolean }) => one.current)).toHaveLength(1);
    const other = items.find((one: { address: string }) => one.address === "198.51.100.7");
    const operator = { as: await signedIn(people.operator) };
    expect((await call("DELETE", `/api/v1/sessions/${other.id}`, undefined, operator)).status).toBe(404);
    expect((await call("DELETE", `/api/v1/sessions/${other.id}`, undefined, { as })).status).toBe(204);
    expect((await call("GET", "/api/v1/me", undefined, { as: second })).status).toBe(401);
    expect((await call("DELETE", "/api/v1/sessions", undefined, { as })).status).toBe(204);
    expect((await call("GET", "/api/v1/sessions", undefined, { as })).body.items).toHaveLength(1);
  });

  test("a step-up makes the session fresh under a new id, and the old one is over", async () => {
    const as = await signedIn(people.admin, { age: 700, lives: 3_600_000 });
    const answer = await request("/api/v1/me/step-up", { as, method: "POST", body: { password: PASSWORD } });
    expect(answer.status).toBe(204);
    const line = answer.headers.get("set-cookie") ?? "";
    expect(line).toMatch(/^trihelm\.session_token=/);
    for (const flag of ["HttpOnly", "SameSite=Strict", "Path=/"]) expect(line).toContain(flag);
    const cookie = { cookie: line.split(";")[0]! };
    expect((await call("GET", "/api/v1/me", undefined, { as })).status).toBe(401);
    const { session } = (await call("GET", "/api/v1/me", undefined, { as: cookie })).body;
    expect(Date.parse(session.freshUntil)).toBeGreaterThan(Date.now());
    expect(Date.parse(session.expiresAt)).toBeLessThan(Date.now() + 3_700_000);
    expect((await call("POST", "/api/v1/tokens", { name: "n" }, { as: cookie })).status).toBe(201);
  });

  test("a wrong password is none; five of them shut the address", async () => {
    const call1 = { as: await signedIn(people.viewer), address: "203.0.113.5" };
    const body = { password: "a wrong staple" };
    for (let n = 0; n < 5; n += 1)
      expect(await call("POST", "/api/v1/me/step-up", body, call1)).toMatchObject({ status: 403 });
    const shut = await call("POST", "/api/v1/me/step-up", { password: PASSWORD }, call1);
    expect(shut).toMatchObject({ status: 429, body: { code: "rate_limited" } });
    // a quarter of an hour, less what this test took
    expect(shut.body.retryAfter).toBeGreaterThan(840);
    expect(shut.body.retryAfter).toBeLessThanOrEqual(900);
    expect(shut.headers.get("retry-after")).toBe(String(shut.body.retryAfter));
    expect((await call("POST", "/api/v1/me/step-up", body, { as: "viewer", address: "203.0.113.6" })).status).toBe(403);
  });

  test("who has no password is told so by nothing but the refusal", async () => {
    const as = await signedIn(await somebody("proxied", { passwordHash: null, via: "proxy" }));
    expect((await call("POST", "/api/v1/me/step-up", { password: "" }, { as, address: "203.0.113.8" })).status).toBe(
      403,
    );
  });
});

describe("signing in by name and password", { timeout: SLOW }, () => {
  const signIn = (username: string, password: string, address: string) =>
    request("/api/auth/sign-in/username", { as: null, method: "POST", body: { username, password }, address });

  test("a cookie that is a session; a wrong word or name is the same refusal", async () => {
    const right = await signIn("Operator", PASSWORD, "203.0.113.20");
    expect(right.status).toBe(200);
    const line = right.headers.getSetCookie().find((one) => one.startsWith("trihelm.session_token="))!;
    for (const flag of ["HttpOnly", "SameSite=Strict", "Path=/"]) expect(line).toContain(flag);
    expect(await right.text()).not.toContain(decodeURIComponent(line.split("=")[1]!.split(".")[0]!));
    const as = { cookie: line.split(";")[0]! };
    expect((await call("GET", "/api/v1/me", undefined, { as })).body).toMatchObject({ name: "operator" });
    const [word, name] = [await signIn("operator", "wrong staple", "203.0.113.21"), await signIn("x", PASSWORD, "::1")];
    expect([word.status, name.status]).toEqual([401, 401]);
    expect(await word.json()).toEqual(await name.json());
    expect((await trail("session.sign-in"))?.outcome).toBe("refused");
  });

  test("the sixth try from an address is not looked at", async () => {
    const address = "203.0.113.30";
    for (let n = 0; n < 5; n += 1) expect((await signIn("admin", `wrong ${n}`, address)).status).toBe(401);
    expect((await signIn("admin", PASSWORD, address)).status).toBe(429);
    expect((await signIn("admin", PASSWORD, "203.0.113.31")).status).toBe(200);
  });

  test.each(["/api/auth/sign-up/email", "/api/auth/get-session", "/api/auth/sign-in/email", "/api/auth/list-sessions"])(
    "%s does not exist",
    async (path) => {
      for (const method of ["GET", "POST"]) expect((await request(path, { method, as: null })).status).toBe(401);
      expect((await request(path, { method: "POST", body: {} })).status).toBe(404);
    },
  );
});

describe("the trail", () => {
  let total: number;
  beforeAll(async () => {
    total = await db().auditEntry.count();
  });
  const read = async (query: string) => (await call("GET", `/api/v1/audit?${query}`)).body;

  test("newest first, page by page, each row once", async () => {
    const seen: number[] = [];
    for (let cursor = ""; ; ) {
      const page = await read(`limit=7${cursor}`);
      seen.push(...page.items.map((one: { seq: number }) => one.seq));
      if (!page.nextCursor) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(seen).toEqual(Array.from({ length: total }, (_, n) => total - n));
  });

  test("filtered by each of its fields", async () => {
    type Row = Record<"actor" | "action" | "outcome" | "subject", string>;
    const all = async (query: string, fits: (row: Row) => boolean) => {
      const { items } = await read(query);
      expect(items.length, query).toBeGreaterThan(0);
      expect(items.every(fits), query).toBe(true);
    };
    await all("actor=viewer", ({ actor }) => actor === "viewer");
    await all("action=user.", ({ action }) => action.startsWith("user."));
    await all("action=token.create", ({ action }) => action === "token.create");
    await all("outcome=refused&subject=admin", ({ outcome, subject }) => outcome === "refused" && subject === "admin");
    await all("q=wa-*", (row) => JSON.stringify(row).includes("wa-*"));
    await all("since=1h", () => true);
    expect((await read("until=1h")).items).toEqual([]);
    expect((await read("action=user")).items).toEqual([]);
  });

  test.each(["limit=0", "limit=9999", "cursor=x", "since=soon", "outcome=good", "nope=1"])(
    "%s is refused",
    async (q) => {
      expect(await call("GET", `/api/v1/audit?${q}`)).toMatchObject({ status: 400, body: { code: "validation" } });
    },
  );

  test("as a file of lines and as a table whose cells are no formulas", async () => {
    await call("PATCH", "/api/v1/users/nobody", { role: "viewer" });
    await request("/api/auth/sign-in/username", {
      as: null,
      method: "POST",
      body: { username: "=1+1", password: "x" },
    });
    const lines = await (await request("/api/v1/audit/export")).text();
    expect(lines.trim().split("\n")).toHaveLength(await db().auditEntry.count());
    for (const line of lines.trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("seq");
    const table = await request("/api/v1/audit/export?format=csv&action=user.");
    expect(table.headers.get("content-disposition")).toContain("trihelm-audit.csv");
    const rows = (await table.text()).trim().split("\r\n");
    expect(rows[0]).toBe("seq,at,actor,address,action,subject,outcome,detail,intent,closes");
    expect(rows.length).toBeGreaterThan(5);
    for (const cell of rows.slice(1).flatMap((row) => row.split('","'))) expect(cell).not.toMatch(/^"?[=+@-]/);
  });

  test("is unbroken", async () => {
    expect((await call("GET", "/api/v1/audit/verify")).body).toMatchObject({ rows: expect.any(Number), broken: null });
  });
});
