import { describe, expect, test } from "vitest";
import { someVolume } from "./volume-rig.ts";
import { growthWords, nameProblem, nameWords } from "./volume-words.ts";

const MB = 1024 ** 2;
const NOW = Date.parse("2025-11-14T14:32:08Z");

describe("growth", () => {
  const words = (part: object) => growthWords(someVolume({ name: "x", ...part }), NOW);

  test("is said a day, or that there is none", () => {
    expect(words({ growth: 40 * MB })).toBe("+40 MB a day");
    expect(words({ growth: -3 * MB })).toBe("−3 MB a day");
    expect(words({ growth: MB / 2 })).toBe("steady");
    expect(words({ growth: 3 * MB, size: 8 * 1024 * 1024 * MB })).toBe("steady");
    expect(words({ growth: null })).toBe("");
  });

  test("of what nothing uses, says since when", () => {
    expect(words({ unusedSince: "2025-11-11T12:00:00Z" })).toBe("unused for 3 d");
  });
});

test("an unnamed volume is shortened at its end, a name never", () => {
  expect(nameWords("3f9c0d81b2a47e05".repeat(4))).toBe("3f9c0d81b2a4…");
  expect(nameWords("a-rather-long-name-that-somebody-gave-to-it")).toBe("a-rather-long-name-that-somebody-gave-to-it");
  expect(nameWords("evil\u202ename")).toBe("evil\\u202ename");
});

test("a name that Docker would not take, or that is taken, is told before it is sent", () => {
  expect(nameProblem("wa-db-copy", new Set(["wa-db"]))).toBeNull();
  expect(nameProblem("../etc", new Set())).toMatch(/begins with/);
  expect(nameProblem("wa-db", new Set(["wa-db"]))).toMatch(/already/);
});
