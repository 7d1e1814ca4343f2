import { describe, expect, test } from "vitest";
import { GIVES } from "#lib/auth/role.ts";
import { narrowedWords, parsePatterns, ROLES, rolesUpTo, VERBS, verbsOf } from "./scope.ts";

test("verbs of a role are those that the server gives it", () => {
  for (const { value } of ROLES) expect(new Set(verbsOf(value))).toEqual(new Set(GIVES[value]));
  expect(new Set(VERBS.map(({ value }) => value))).toEqual(new Set(GIVES.admin));
});

test("nobody is offered more than they have", () => {
  expect(rolesUpTo("operator").map(({ value }) => value)).toEqual(["viewer", "operator"]);
  expect(rolesUpTo("admin")).toHaveLength(3);
});

describe("parsePatterns", () => {
  test("lines, commas and doubles", () => {
    const { patterns, wrong } = parsePatterns("local/docker/wa-*\n local/*/*, local/docker/wa-*\n");
    expect(patterns).toEqual(["local/docker/wa-*", "local/*/*"]);
    expect(wrong).toEqual([]);
  });

  test("what is no pattern is named", () => {
    expect(parsePatterns("wa-* local/docker //x local/docker/a/b local/systemd/a.service")).toEqual({
      patterns: ["local/systemd/a.service"],
      wrong: ["wa-*", "local/docker", "//x", "local/docker/a/b"],
    });
  });
});

test("narrowedWords", () => {
  expect(narrowedWords({ services: null, verbs: null })).toBe("Every service");
  expect(narrowedWords({ services: ["local/docker/wa-*"], verbs: null })).toBe("local/docker/wa-*");
  expect(narrowedWords({ services: ["a/b/c", "d/e/f"], verbs: ["read", "act"] })).toBe("2 patterns; read, act");
});
