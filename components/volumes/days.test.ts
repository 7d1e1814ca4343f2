import { describe, expect, test } from "vitest";
import { DAYS, daysOf, daysWords } from "./days.ts";

const NOW = new Date(2025, 10, 14, 14, 32).getTime();
const on = (day: number, hour = 3) => new Date(2025, 10, day, hour).toISOString();
const backup = (day: number, damage: string | null = null) => ({ createdAt: on(day), size: day, damage });

describe("the last fourteen days", () => {
  test("end with today", () => {
    const days = daysOf([backup(14)], [], NOW);
    expect(days).toHaveLength(DAYS);
    expect(days.at(-1)).toMatchObject({ state: "good", size: 14 });
    expect(days[0]?.state).toBe("none");
  });

  test("tell what failed from what was not tried", () => {
    const failed = { kind: "backup", state: "failed", createdAt: on(13) } as const;
    const days = daysOf([backup(11), backup(12, "a checksum differs")], [failed], NOW);
    expect(days.slice(-4).map(({ state }) => state)).toEqual(["good", "bad", "bad", "none"]);
    expect(daysWords(days)).toBe("1 of 3 good");
  });

  test("a good one on the same day makes up for one that failed", () => {
    const failed = { kind: "backup", state: "failed", createdAt: on(14, 1) } as const;
    expect(daysOf([backup(14)], [failed], NOW).at(-1)?.state).toBe("good");
  });

  test("without any, there is nothing to count", () => {
    expect(daysWords(daysOf([], [], NOW))).toBe("none");
  });
});
