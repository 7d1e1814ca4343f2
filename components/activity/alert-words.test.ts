import { expect, test } from "vitest";
import { anAlert } from "./alert-rig.ts";
import { byUrgency, countWords, fits, groupParts, lasted, titleParts } from "./alert-words.ts";

const noon = Date.parse("2026-11-21T12:00:00.000Z");
const after = (minutes: number) => new Date(noon + minutes * 60_000).toISOString();

test("open before taken on before ended; graver before newer; what ended last first", () => {
  const alerts = [
    anAlert({ id: "ended", state: "ended", endedAt: after(5) }),
    anAlert({ id: "ended later", state: "ended", endedAt: after(9) }),
    anAlert({ id: "taken", state: "acknowledged" }),
    anAlert({ id: "warning, newer", severity: "warning", openedAt: after(30) }),
    anAlert({ id: "critical", openedAt: after(1) }),
    anAlert({ id: "critical, newer", openedAt: after(2) }),
  ];
  expect(alerts.sort(byUrgency).map(({ id }) => id)).toEqual([
    "critical, newer",
    "critical",
    "warning, newer",
    "taken",
    "ended later",
    "ended",
  ]);
});

test("parts stand under what they are part of, and alone where that is not in the list", () => {
  const whole = anAlert({ id: "database" });
  const part = anAlert({ id: "web", parent: "database" });
  const lone = anAlert({ id: "worker", parent: "of another page" });
  expect(groupParts([part, lone, whole])).toEqual([
    { alert: lone, parts: [] },
    { alert: whole, parts: [part] },
  ]);
});

test("a title is told apart into the name, as the service's tool has it, and the rest", () => {
  expect(titleParts({ title: "Web server failed", subject: "Web server" }, "web.service")).toEqual({
    name: "web.service",
    rest: "failed",
  });
  expect(titleParts({ title: "web failed", subject: "web" }, null)).toEqual({ name: "web", rest: "failed" });
  expect(titleParts({ title: "A disk is full", subject: "/" }, null)).toEqual({ name: null, rest: "A disk is full" });
});

test("how often, how long, and whether it is about what somebody looks for", () => {
  const alert = anAlert({ id: "a", kind: "loop", count: 17, endedAt: after(12), why: "Exit 1: `ECONNREFUSED`." });
  expect(countWords(alert)).toBe("17 restarts");
  expect(countWords({ ...alert, count: 1 })).toBeNull();
  expect(lasted(alert, noon + 9e9)).toBe("12 min");
  expect(lasted({ ...alert, endedAt: null }, noon + 30_000)).toBe("30 s");
  expect([fits(alert, "web econn"), fits(alert, "web nothing")]).toEqual([true, false]);
});
