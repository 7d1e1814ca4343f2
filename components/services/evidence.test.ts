import { describe, expect, test } from "vitest";
import type { Need } from "#lib/services/service.ts";
import { evidenceOf, WIDTH } from "./evidence.ts";
import { aNeed, aService } from "./testing.ts";

const NOW = Date.parse("2025-11-14T14:32:08.000Z");
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();

function need(over: Partial<Need>): Need {
  return aNeed(aService("x"), over);
}

describe("failed", () => {
  test("a line that ends in a cross where it died", () => {
    const evidence = evidenceOf(need({ since: ago(15) }), NOW);
    expect(evidence).toMatchObject({ kind: "line", run: [[2, 116]], dead: [[125, 158]], crosses: [119] });
    expect(evidence.text).toBe("Ran until 15 min ago, then stopped");
  });

  test("longer than the strip: not running all along", () => {
    const evidence = evidenceOf(need({ since: ago(3000) }), NOW);
    expect(evidence).toMatchObject({ run: [], dead: [[2, 158]], crosses: [], text: "Not running for 2 d 2 h" });
  });

  test("when is not known", () => {
    expect(evidenceOf(need({}), NOW).text).toBe("Not running");
  });
});

describe("restarting", () => {
  test("a tick per restart, spread so that the gaps show", () => {
    const evidence = evidenceOf(
      need({ kind: "restarting", evidence: [12, 6, 1].map((m) => ({ at: ago(m), kind: "restart" })) }),
      NOW,
    );
    expect(evidence.ticks).toHaveLength(3);
    expect(evidence.ticks[0]).toBeCloseTo(38, 0);
    expect(evidence.ticks.at(-1)).toBeLessThan(WIDTH - 2);
    expect(evidence.text).toBe("3 restarts in the last 12 min");
  });

  test("none seen yet", () => {
    expect(evidenceOf(need({ kind: "restarting" }), NOW)).toMatchObject({
      ticks: [],
      text: "Waits to be started again",
    });
  });
});

describe("unhealthy", () => {
  test("stretches since the change are bad", () => {
    const evidence = evidenceOf(
      need({ kind: "unhealthy", since: ago(8), evidence: [{ at: ago(8), kind: "unhealthy" }] }),
      NOW,
    );
    expect(evidence.checks).toHaveLength(16);
    expect(evidence.checks.filter(Boolean)).toHaveLength(3);
    expect(evidence.checks.lastIndexOf(false)).toBe(12);
    expect(evidence.text).toBe("Health checks fail since 8 min ago");
  });

  test("a bad time that passed is seen", () => {
    const evidence = evidenceOf(
      need({
        kind: "unhealthy",
        since: ago(1),
        evidence: [
          { at: ago(50), kind: "healthy" },
          { at: ago(1), kind: "unhealthy" },
        ],
      }),
      NOW,
    );
    expect(evidence.checks.map(Number).join("")).toBe("1100000000000001");
  });

  test("without any change known, since when it is so tells", () => {
    expect(evidenceOf(need({ kind: "unhealthy", since: ago(60) }), NOW).checks).not.toContain(false);
  });
});

test("codes are as many as there was time for, the last eight at most; one where they do not change", () => {
  const asking = need({ kind: "code", since: ago(1) });
  expect(evidenceOf(asking, NOW, 20)).toMatchObject({ kind: "codes", codes: 4, text: expect.stringContaining("20 s") });
  expect(evidenceOf({ ...asking, since: ago(30) }, NOW, 20).codes).toBe(8);
  expect(evidenceOf(asking, NOW).codes).toBe(1);
});
