import { expect, test } from "vitest";
import { groupsInClaims, groupsInHeader, roleOfGroups } from "./groups.ts";

const mapped = { admin: ["ops"], operator: ["dev", "deploy"], viewer: ["staff"] };

test("the highest role that any group gives, and none where none does", () => {
  expect(roleOfGroups(["staff", "ops", "dev"], mapped)).toBe("admin");
  expect(roleOfGroups(["deploy", "guests"], mapped)).toBe("operator");
  for (const groups of [[], ["guests"], ["Ops"], ["ops "], ["*"], [""]])
    expect(roleOfGroups(groups, mapped)).toBeNull();
  expect(roleOfGroups([], { ...mapped, viewer: ["*"] })).toBe("viewer");
  expect(roleOfGroups(["ops"], { ...mapped, viewer: ["*"] })).toBe("admin");
  expect(roleOfGroups(["ops"], { admin: [], operator: [], viewer: [] })).toBeNull();
});

test("a header lists groups as proxies do", () => {
  expect(groupsInHeader("a, b|c;d , ,")).toEqual(["a", "b", "c", "d"]);
  expect(groupsInHeader(null)).toEqual([]);
});

test("a claim is a list or one name, also within another; anything else is none", () => {
  const claims = {
    groups: ["a", 7, " b ", ""],
    role: "ops",
    realm_access: { roles: ["x"] },
    "https://hel/groups": ["y"],
  };
  expect(groupsInClaims(claims, "groups")).toEqual(["a", "b"]);
  expect(groupsInClaims(claims, "role")).toEqual(["ops"]);
  expect(groupsInClaims(claims, "realm_access.roles")).toEqual(["x"]);
  expect(groupsInClaims(claims, "https://hel/groups")).toEqual(["y"]);
  for (const name of ["none", "role.length", "realm_access", "constructor", "groups.0", "__proto__"])
    expect([null, ["a"]], name).toContainEqual(groupsInClaims(claims, name));
});
