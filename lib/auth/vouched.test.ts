import { afterAll, beforeAll, expect, test } from "vitest";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { somebody } from "./people-rig.ts";
import { nameIn } from "./provider.ts";
import { countPeople, findPersonByName } from "./store.ts";
import { admitVouched, type Vouched } from "./vouched.ts";

Object.assign(process.env, { TRIHELM_ADMIN_GROUPS: "ops", TRIHELM_VIEWER_GROUPS: "staff" });
let scratch: Awaited<ReturnType<typeof openScratch>>;
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());

const vouched = (given: Partial<Vouched>): Vouched => ({
  via: "proxy",
  name: "mara",
  account: null,
  groups: ["ops"],
  address: "192.0.2.1",
  ...given,
});
const account = { providerId: "oidc", accountId: "https://id.example#1" };

test("nobody's word makes the first account", async () => {
  for (const one of [vouched({}), vouched({ via: "oidc", account })])
    await expect(admitVouched(one)).rejects.toMatchObject({ extensions: { signIn: "setup_first" } });
  expect(await countPeople()).toBe(0);
});

test("a role follows the groups, the last admin's too, and an account of the other way is not theirs", async () => {
  await somebody("first", { role: "viewer" });
  expect(await admitVouched(vouched({}))).toMatchObject({ name: "mara", role: "admin", via: "proxy" });
  await expect(admitVouched(vouched({ via: "oidc", account }))).rejects.toMatchObject({
    extensions: { signIn: "account_not_linked" },
  });
  expect(await admitVouched(vouched({ groups: ["staff"] }))).toMatchObject({ role: "viewer" });
  expect(await findPersonByName("MARA")).toMatchObject({ role: "viewer" });
  await expect(admitVouched(vouched({ groups: [] }))).rejects.toMatchObject({ extensions: { signIn: "no_role" } });
});

test("the name of an account is what the provider calls the person, made fit", () => {
  const named = (preferred_username: unknown, email?: unknown) => nameIn({ preferred_username, email });
  expect(named("Mara")).toBe("Mara");
  expect(named("Zoë Ångström")).toBe("Zoe-Angstrom");
  expect(named("HEL\\mara")).toBe("HEL-mara");
  expect(named("../../etc/passwd")).toBe("etc-passwd");
  expect(named("李", "li@hel.example")).toBe("li@hel.example");
  expect(named(undefined, "li+x@hel.example")).toBe("li-x@hel.example");
  expect(named(`${"a".repeat(70)}`)).toHaveLength(64);
  for (const nothing of ["", "李", "--", 7, null, { toString: "x" }]) expect(named(nothing)).toBeNull();
});
