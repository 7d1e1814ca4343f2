import fs from "node:fs";
import { beforeEach, expect, test } from "vitest";
import { PASSWORD } from "#lib/auth/people-rig.ts";
import { offerSetup, setupFile } from "#lib/auth/setup.ts";
import { db } from "#lib/db/client.ts";
import { scratchApi } from "./api-rig.ts";

const { call, request } = scratchApi();
let code: string;
let token: string;
let address = 0;

beforeEach(async () => {
  await db().user.deleteMany();
  address += 1;
  const ending = new AbortController();
  await offerSetup(ending.signal);
  const [link = "", second = ""] = fs.readFileSync(setupFile(), "utf8").split("\n");
  token = link.split("#token=")[1]!;
  code = second;
  return () => ending.abort();
});

const nobody = () => ({ as: null, address: `198.51.100.${address}` });
const setUp = (body: object, given = nobody()) => call("POST", "/api/v1/setup", body, given);
const mara = { name: "mara", password: PASSWORD };

test("the code is checked without being used up, and makes one admin who is signed in", async () => {
  expect((await call("GET", "/api/v1/setup", undefined, nobody())).body).toMatchObject({ open: true });
  for (const given of [code, code.toLowerCase(), token])
    expect((await call("POST", "/api/v1/setup/check", { token: given }, nobody())).status).toBe(204);
  const answer = await setUp({ token: code, ...mara });
  expect(answer).toMatchObject({ status: 201, body: { name: "mara", role: "admin" } });
  const as = { cookie: answer.headers.get("set-cookie")!.split(";")[0]! };
  expect((await call("GET", "/api/v1/me", undefined, { as })).body).toMatchObject({ name: "mara", role: "admin" });
  expect((await call("GET", "/api/v1/setup", undefined, nobody())).body).toMatchObject({ open: false });
  expect(fs.existsSync(setupFile())).toBe(false);
  expect((await setUp({ token, ...mara, name: "eve" })).status).toBe(409);
  expect((await call("POST", "/api/v1/setup/check", { token }, nobody())).status).toBe(403);
});

test("of twenty at once one is made", { timeout: 30_000 }, async () => {
  const tries = Array.from({ length: 20 }, (_, n) =>
    setUp({ token: n % 2 ? code : token, name: `p${n}`, password: PASSWORD }, { as: null, address: `192.0.2.${n}` }),
  );
  const made = (await Promise.all(tries)).map(({ status }) => status);
  expect(made.filter((status) => status === 201)).toHaveLength(1);
  expect(made.filter((status) => status !== 201 && status !== 403 && status !== 409)).toEqual([]);
  expect(await db().user.count()).toBe(1);
});

test("without the code there is no account, and five tries are all", async () => {
  for (let n = 0; n < 5; n += 1) expect((await setUp({ token: `AAAA-AAA${n + 2}`, ...mara })).status).toBe(403);
  expect((await setUp({ token, ...mara })).status).toBe(429);
  expect((await call("POST", "/api/v1/setup/check", { token }, nobody())).status).toBe(429);
  expect(await db().user.count()).toBe(0);
});

test.each([
  [{ ...mara, password: "short" }, "password"],
  [{ ...mara, name: "a b" }, "name"],
  [{ ...mara, role: "viewer" }, "body"],
])("%j is refused, and the code stays good", async (body, path) => {
  expect(await setUp({ token, ...body })).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  expect((await setUp({ token, ...mara })).status).toBe(201);
});

test("a code whose account could not be made is given back", async () => {
  await db().$executeRawUnsafe(
    `CREATE TRIGGER full BEFORE INSERT ON "User" BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`,
  );
  expect((await setUp({ token, ...mara })).status).toBe(500);
  await db().$executeRawUnsafe("DROP TRIGGER full");
  expect((await setUp({ token, ...mara })).status).toBe(201);
});

test("how one may sign in is told to everybody, and nothing else is", async () => {
  const { status, body } = await call("GET", "/api/v1/sign-in-methods", undefined, nobody());
  expect(status).toBe(200);
  expect(body).toMatchObject({ password: true, oidc: null, secure: false, version: expect.any(String) });
  expect((await request("/api/v1/me", nobody())).status).toBe(401);
});
