import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { db } from "#lib/db/client.ts";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { addPerson, changePerson, removePerson } from "./people.ts";
import { bearer, PASSWORD, signedIn, somebody } from "./people-rig.ts";
import {
  deleteExpired,
  deletePerson,
  findPerson,
  insertPerson,
  listPeople,
  listSessions,
  listTokens,
  updatePerson,
} from "./store.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
beforeAll(async () => {
  scratch = await openScratch();
});
beforeEach(async () => {
  await db().user.deleteMany();
});
afterAll(() => scratch.close());

const account = { password: null, role: "admin", services: null, verbs: null } as const;

describe("the first account", () => {
  test("of twenty at once one is made", async () => {
    const tries = Array.from({ length: 20 }, (_, n) => addPerson({ ...account, name: `p${n}`, first: true }));
    const done = await Promise.allSettled(tries);
    expect(done.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of done) if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "conflict" });
    expect(await db().user.count()).toBe(1);
  });

  test("a name is taken once, in whatever case", async () => {
    const made = await Promise.all(["Mara", "mara", "MARA"].map((name) => insertPerson({ ...rights, name })));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect((await findPerson("mArA"))?.name).toBe(made.find(Boolean)?.name);
  });

  const rights = { role: "viewer", services: null, verbs: null, via: "local", passwordHash: null } as const;
});

describe("the last admin", () => {
  test.each<[string, (id: string) => Promise<unknown>]>([
    ["demoted", (id) => changePerson(id, { role: "operator" })],
    ["disabled", (id) => changePerson(id, { disabled: true })],
    ["narrowed to services", (id) => changePerson(id, { services: ["local/*/*"] })],
    ["narrowed to verbs", (id) => changePerson(id, { verbs: ["read"] })],
    ["removed", (id) => removePerson(id)],
  ])("cannot be %s, with others beside them who cannot do everything", async (_, change) => {
    const { id } = await somebody("mara");
    await somebody("otto", { role: "operator" });
    await somebody("nora", { services: ["local/*/*"] });
    const off = await somebody("dora");
    await updatePerson(off.id, { disabled: true });
    await expect(change(id)).rejects.toMatchObject({ code: "conflict" });
    expect(await findPerson("mara")).toMatchObject({ role: "admin", disabled: false, services: null, verbs: null });
    await somebody("ruth");
    await change(id);
  });

  test("stays, however many are taken away at once", async () => {
    const people = await Promise.all(Array.from({ length: 10 }, (_, n) => somebody(`p${n}`)));
    const done = await Promise.all(
      people.map(({ id }, n) => (n % 2 ? deletePerson(id) : updatePerson(id, { role: "viewer" }))),
    );
    expect(done.filter((one) => one === "last")).toHaveLength(1);
    expect((await listPeople()).filter(({ role, disabled }) => role === "admin" && !disabled)).toHaveLength(1);
  });

  test("who is not one can be changed at will", async () => {
    await somebody("mara");
    const { id } = await somebody("otto", { role: "operator" });
    expect(await updatePerson(id, { disabled: true, role: "viewer" })).toBe("done");
    expect(await deletePerson(id)).toBe("done");
  });
});

describe("what goes with a person", () => {
  test("sessions end when disabled and with a new password; a change of role leaves them", async () => {
    await somebody("mara");
    const otto = await somebody("otto", { role: "operator" });
    const sessions = async () => (await listSessions(otto.id)).length;
    await signedIn(otto);
    await changePerson(otto.id, { role: "viewer" });
    expect(await sessions()).toBe(1);
    await changePerson(otto.id, { password: `${PASSWORD} new` });
    expect(await sessions()).toBe(0);
    await signedIn(otto);
    await changePerson(otto.id, { disabled: true });
    expect(await sessions()).toBe(0);
  });

  test("a removed person leaves no session and no token", async () => {
    await somebody("mara");
    const otto = await somebody("otto");
    await signedIn(otto);
    await bearer(otto);
    await removePerson(otto.id);
    expect([await db().session.count(), await db().apiToken.count(), await db().account.count()]).toEqual([0, 0, 1]);
  });

  test("what is over is not listed, and is removed: sessions at once, tokens a month later", async () => {
    const mara = await somebody("mara");
    await signedIn(mara, { lives: -1000 });
    await signedIn(mara);
    await bearer(mara, { name: "yesterday", expiresIn: -86_400 });
    await bearer(mara, { name: "long ago", expiresIn: -31 * 86_400 });
    expect(await listSessions(mara.id)).toHaveLength(1);
    await deleteExpired();
    expect(await db().session.count()).toBe(1);
    expect((await listTokens(null)).map(({ name }) => name)).toEqual(["yesterday"]);
  });

  test("no secret is kept as it is", async () => {
    const mara = await somebody("mara");
    const { cookie = "" } = await signedIn(mara);
    const { authorization = "" } = await bearer(mara);
    const kept = JSON.stringify([
      await db().session.findMany(),
      await db().apiToken.findMany(),
      await db().account.findMany(),
    ]);
    for (const secret of [cookie.split("=")[1]!.split(/\.|%2E/)[0]!, authorization.slice(12), PASSWORD])
      expect(kept).not.toContain(secret);
    expect(kept).toContain("$argon2id$");
  });
});
