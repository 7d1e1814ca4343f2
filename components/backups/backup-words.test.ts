import { describe, expect, test } from "vitest";
import { copyName, isGood, occasionWords, proofWord, sourceKeyOf, sourceKind } from "./backup-words.ts";

const AT = "2025-11-14T03:00:12Z";

describe("what a backup was made for", () => {
  test("is its note, its reason, or its day", () => {
    expect(occasionWords({ createdAt: AT, note: "before 1.8.2", safety: null })).toBe("before 1.8.2");
    expect(occasionWords({ createdAt: AT, note: null, safety: { for: "delete", until: null } })).toBe(
      "before it was deleted",
    );
    expect(occasionWords({ createdAt: AT, note: null, safety: null })).toMatch(/^\w{3} 1[345] Nov, \d\d:\d\d$/);
  });
});

test("damage comes before an earlier verification", () => {
  expect(proofWord({ damage: null, verifiedAt: AT })).toBe("verified");
  expect(proofWord({ damage: "a checksum differs", verifiedAt: AT })).toBe("damaged");
  expect(proofWord({ damage: null, verifiedAt: null })).toBe("not verified");
  expect(isGood({ damage: "a checksum differs" })).toBe(false);
});

test("a copy's name is one that Docker takes and that is free", () => {
  expect(copyName("wa-db", "restored-20251114", new Set())).toBe("wa-db-restored-20251114");
  expect(copyName("wa-db", "x", new Set(["wa-db-x", "wa-db-x-2"]))).toBe("wa-db-x-3");
  expect(copyName("/home/alice/.clawdis", "x", new Set())).toBe("home-alice-.clawdis-x");
});

test("tells sources apart by what they name", () => {
  expect(sourceKind({ path: "/srv" })).toBe("Folder");
  expect(sourceKeyOf({ path: "/srv", host: "local" })).toBe(sourceKeyOf({ host: "local", path: "/srv" }));
});
