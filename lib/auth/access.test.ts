import { describe, expect, test } from "vitest";
import { accessOf, type Grant, may, reaches } from "./access.ts";
import { ROLES, type Role, VERBS, type Verb } from "./role.ts";

const grant = (role: Role, more: Partial<Grant> = {}): Grant => ({ role, verbs: null, services: null, ...more });
const narrowed = (...services: string[]) => accessOf(grant("admin", { services }));
const UMAMI = "local/docker/umami";

// written out, not taken from the code: what each role is promised
const PROMISED: Record<Role, Verb[]> = {
  viewer: ["read"],
  operator: ["read", "act", "backup"],
  admin: ["read", "act", "backup", "restore", "delete", "reveal", "configure", "manage"],
};

describe("roles", () => {
  test.each(ROLES.flatMap((role) => VERBS.map((verb) => [role, verb] as const)))("%s, %s", (role, verb) => {
    const access = accessOf(grant(role));
    expect(may(access, verb, UMAMI)).toBe(PROMISED[role].includes(verb));
    expect(may(access, verb, null)).toBe(PROMISED[role].includes(verb));
  });

  test("several grants leave the least of each", () => {
    const least = (owner: Role, token: Role | null) =>
      accessOf(grant(owner), { role: token, verbs: null, services: null }).role;
    expect(least("admin", "viewer")).toBe("viewer");
    expect(least("viewer", "admin")).toBe("viewer");
    expect(least("operator", null)).toBe("operator");
  });

  test("verbs narrow and never widen", () => {
    const viewer = accessOf(grant("viewer", { verbs: ["read", "act", "manage"] }));
    expect([...viewer.verbs]).toEqual(["read"]);
    const both = accessOf(grant("admin", { verbs: ["read", "act"] }), {
      role: null,
      verbs: ["act", "manage"],
      services: null,
    });
    expect([...both.verbs]).toEqual(["act"]);
    expect([...accessOf(grant("admin", { verbs: [] })).verbs]).toEqual([]);
  });

  test("who is limited to some services manages nobody: they could lift the limit", () => {
    expect(may(narrowed("*/*/*"), "manage", null)).toBe(false);
    expect(may(narrowed("local/*/*"), "reveal", UMAMI)).toBe(true);
    const token = accessOf(grant("admin"), { role: null, verbs: null, services: ["local/docker/*"] });
    expect(may(token, "manage", null)).toBe(false);
  });

  test("no service is within an empty list", () => {
    expect(reaches(narrowed(), UMAMI)).toBe(false);
    expect(may(narrowed(), "read", UMAMI)).toBe(false);
  });
});

describe("patterns", () => {
  test.each<[pattern: string, service: string, fits: boolean]>([
    ["local/docker/umami", UMAMI, true],
    ["local/docker/umami", "local/docker/umami-db", false],
    ["local/docker/umami", "local/docker/Umami", false],
    ["local/docker/uma*", UMAMI, true],
    ["local/docker/*mami", UMAMI, true],
    ["local/docker/u*a*i", UMAMI, true],
    ["local/docker/*", UMAMI, true],
    ["local/*/*", "local/pm2%40deploy/umami", true],
    ["*/*/*", UMAMI, true],
    ["local/docker/*", "local/dockerx/umami", false],
    ["local/docker/*", "remote/docker/umami", false],
    ["local/docker/wa-*", "local/docker/wa-", true],
    ["local/docker/wa-*", "local/docker/xwa-api", false],
    // a star stays within its part
    ["local/*", UMAMI, false],
    ["*", UMAMI, false],
    ["local/**", UMAMI, false],
    ["local/docker*", UMAMI, false],
    ["local/docker/*", "local/docker/a/b", false],
    // signs that mean something to expressions mean themselves
    ["local/docker/um.mi", UMAMI, false],
    ["local/docker/umami|.*", UMAMI, false],
    ["local/docker/[u]mami", UMAMI, false],
    ["local/docker/umam?", UMAMI, false],
    ["local/docker/umami$", UMAMI, false],
    ["^local/docker/umami", UMAMI, false],
    ["local/docker/.*", UMAMI, false],
    ["local/docker/(a)", "local/docker/(a)", true],
    ["local/docker/a+b", "local/docker/a+b", true],
    ["local/docker/a\\b", "local/docker/a\\b", true],
    ["local/docker/umami", "local/docker/umami\n", false],
    ["local/docker/umami", "local/docker/umami\nx", false],
    ["local/docker/x", "y\nlocal/docker/x", false],
    // ids are percent-encoded, and so are patterns
    ["local/docker/%C3%BC%20*", "local/docker/%C3%BC%20b", true],
    ["local/docker/ü *", "local/docker/%C3%BC%20b", false],
    ["local/docker/*", "local/docker/..%2Fsystemd%2Fx", true],
  ])("%j on %j: %s", (pattern, service, fits) => {
    expect(reaches(narrowed(pattern), service)).toBe(fits);
  });

  test("every list has to be matched, one pattern of each is enough", () => {
    const access = accessOf(grant("admin", { services: ["local/docker/*", "local/pm2/*"] }), {
      role: null,
      verbs: null,
      services: ["*/*/wa-*"],
    });
    expect(reaches(access, "local/docker/wa-api")).toBe(true);
    expect(reaches(access, "local/pm2/wa-api")).toBe(true);
    expect(reaches(access, "local/docker/umami")).toBe(false);
    expect(reaches(access, "local/systemd/wa-api")).toBe(false);
  });

  test("a pattern of many stars is decided at once", () => {
    const pattern = `local/docker/${"a*".repeat(150)}b`;
    const wide = `local/docker/${"*".repeat(380)}b`;
    const service = `local/docker/${"a".repeat(4000)}`;
    expect(reaches(narrowed(wide), service)).toBe(false);
    expect(reaches(narrowed(pattern), `${service}c`)).toBe(false);
  });
});

test("who may see the same has the same key, and nobody else has", () => {
  const keys = [
    accessOf(grant("viewer")),
    accessOf(grant("operator")),
    accessOf(grant("admin")),
    narrowed("local/docker/*"),
    narrowed("local/docker/*", "local/pm2/*"),
    accessOf(grant("admin", { services: ["local/docker/*"] }), { role: null, verbs: null, services: ["local/pm2/*"] }),
  ].map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(accessOf(grant("admin", { verbs: ["read"] })).key).toBe(accessOf(grant("viewer")).key);
});
