/** The command line as it is typed: its own process, on the data folder of a server that holds the database open. */
import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyPassword } from "#lib/auth/password.ts";
import { offerSetup } from "#lib/auth/setup.ts";
import { findPerson, listTokens, passwordHashOf } from "#lib/auth/store.ts";
import { db } from "#lib/db/client.ts";
import { openScratch } from "#lib/db/scratch-rig.ts";

const PASSWORD = "a staple of horses";
const script = path.resolve("scripts/trihelm.ts");
const ending = new AbortController();
let scratch: Awaited<ReturnType<typeof openScratch>>;

beforeAll(async () => {
  scratch = await openScratch();
  await offerSetup(ending.signal);
});
afterAll(async () => {
  ending.abort();
  await scratch.close();
});

interface Ended {
  code: number;
  out: string;
  err: string;
}

function trihelm(words: string, input = "", dataDir = scratch.folder): Promise<Ended> {
  const options = { cwd: "/", env: { NODE_ENV: "test" as const, PATH: process.env.PATH, TRIHELM_DATA_DIR: dataDir } };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...words.split(" ")], options, (error, out, err) =>
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, out, err }),
    );
    child.stdin?.end(input);
  });
}

describe("beside a running server", { timeout: 60_000 }, () => {
  test("from the setup code to an admin, a token and a password", async () => {
    const printed = await trihelm("setup-code");
    expect(printed).toMatchObject({ code: 0, out: fs.readFileSync(path.join(scratch.folder, "setup-code"), "utf8") });

    const made = await trihelm("user create --name Mara --role admin", `${PASSWORD}\n`);
    expect(made).toEqual({ code: 0, out: "Mara has an account now, as admin.\n", err: "" });
    expect((await trihelm("setup-code")).err).toContain("somebody has an account already");
    const mara = (await findPerson("mara"))!;
    expect(mara).toMatchObject({ name: "Mara", role: "admin", services: null, verbs: null });
    expect(await verifyPassword((await passwordHashOf(mara.id))!, PASSWORD)).toBe(true);

    const token = await trihelm(
      "token create --user mara --name ci --verbs read,act --services local/docker/* --expires 90d",
    );
    expect(token).toMatchObject({ code: 0, out: expect.stringMatching(/^trh_[\w-]{43}\n$/), err: "" });
    const [row] = await listTokens(mara.id);
    expect(row).toMatchObject({ name: "ci", verbs: ["read", "act"], services: ["local/docker/*"] });
    expect(Math.round((row!.expiresAt!.getTime() - Date.now()) / 86_400_000)).toBe(90);

    expect((await trihelm("user set-password Mara", "another staple")).code).toBe(0);
    expect(await verifyPassword((await passwordHashOf(mara.id))!, "another staple")).toBe(true);
  });

  test("disable, enable, reset", async () => {
    expect((await trihelm("user disable mara")).err).toContain("last account that may do everything");
    await trihelm("user create --name otto --role operator --services local/docker/wa-*", PASSWORD);
    expect((await findPerson("otto"))?.services).toEqual(["local/docker/wa-*"]);
    expect((await trihelm("user disable --name otto")).out).toContain("otto is disabled");
    expect((await findPerson("otto"))?.disabled).toBe(true);
    expect((await trihelm("user reset otto", "another staple")).code).toBe(0);
    expect((await findPerson("otto"))?.disabled).toBe(false);
  });

  test("all of it is in the trail, by who typed it, and the trail is unbroken until somebody changes it", async () => {
    const rows = await db().auditEntry.findMany({ orderBy: { seq: "asc" } });
    expect(new Set(rows.map(({ actor, address }) => `${actor} ${address}`)).size).toBe(1);
    expect(rows[0]).toMatchObject({ actor: expect.stringMatching(/^console\//), address: "console" });
    const ended = rows.filter(({ closes }) => closes !== null).map(({ action, outcome }) => `${action} ${outcome}`);
    expect(ended).toEqual([
      ...["user.create done", "token.create done", "user.change done", "user.change refused"],
      ...["user.create done", "user.change done", "user.reset done"],
    ]);
    for (const secret of [PASSWORD, "another staple", "trh_"]) expect(JSON.stringify(rows)).not.toContain(secret);
    expect(await trihelm("audit verify")).toMatchObject({ code: 0, out: expect.stringMatching(/^14 rows, unbroken/) });
    // what keeps rows from being changed is itself in the file that somebody who changes them can write
    const triggers = await db().$queryRawUnsafe<{ name: string }[]>(
      "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    );
    for (const { name } of triggers) await db().$executeRawUnsafe(`DROP TRIGGER "${name}"`);
    await db().auditEntry.update({ where: { seq: 3 }, data: { actor: "nobody" } });
    expect(await trihelm("audit verify")).toMatchObject({
      code: 1,
      err: expect.stringContaining("Row 3 does not fit"),
    });
  });
});

test("refusals end with 2 and say what is wrong", { timeout: 60_000 }, async () => {
  const refused: [words: string, input: string, says: string][] = [
    ["user create", "", "--name is missing"],
    ["user create --name a/b --role root", "", "--role is viewer, operator or admin"],
    ["user create --name nina", "short", "The password has at least 10 signs"],
    ["user create --name MARA", PASSWORD, "There is an account by the name MARA already"],
    ["user create --nom nina", "", "--nom"],
    ["user set-password nobody", PASSWORD, "There is no account nobody"],
    ["token create --user mara --name n --expires soon", "", "--expires is hours or days"],
    ["token create --user mara --name n --services local", "", "--services"],
    ["user", "", "There is no command user"],
  ];
  const ended = await Promise.all(refused.map(([words, input]) => trihelm(words, input)));
  for (const [index, [words, , says]] of refused.entries()) {
    const { code, out, err } = ended[index]!;
    expect([words, code, out]).toEqual([words, 2, ""]);
    expect(err).toContain(says);
    expect(err).not.toMatch(/\.ts:\d|node_modules/);
  }
  const file = await trihelm("user create --name nina", PASSWORD, "/dev/null/trihelm");
  expect(file).toMatchObject({ code: 2, err: expect.stringContaining("/dev/null/trihelm") });
  expect(file.err).not.toMatch(/\.ts:\d|node_modules/);
});

test("without a server: the database is made where there is none", { timeout: 30_000 }, async () => {
  const fresh = path.join(scratch.folder, "fresh");
  expect((await trihelm("setup-code", "", fresh)).err).toContain("There is no setup code");
  expect((await trihelm("user create --name mara --role admin", PASSWORD, fresh)).code).toBe(0);
  expect(fs.statSync(fresh).mode & 0o777).toBe(0o700);
  expect((await trihelm("setup-code", "", fresh)).code).toBe(2);
});
