import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Keep } from "../shapes.ts";
import { type Candidate, planRetention, planSource, type RetentionPlan } from "./retention.ts";

const NOW = new Date("2026-11-21T12:00:00Z");
const NONE: Keep = { last: 0, daily: 0, weekly: 0, monthly: 0 };
const DAY = 86_400_000;

function made(id: string, createdAt: string, more: Partial<Candidate> = {}): Candidate {
  const at = new Date(createdAt);
  return {
    id,
    createdAt: at,
    verifiedAt: at,
    damage: null,
    partial: false,
    kept: false,
    safety: null,
    schedule: null,
    ...more,
  };
}
const stay = (backups: Candidate[], keep: Partial<Keep>, timezone = "UTC") =>
  planRetention(backups, { ...NONE, ...keep }, { now: NOW, timezone })
    .filter(({ keeps }) => keeps)
    .map(({ id }) => id);

test("the newest of the whole source stays, however many newer ones hold some of it", () => {
  const some = ["21", "20", "19"].map((day) => made(`some ${day}`, `2026-11-${day}T03:00:00Z`, { partial: true }));
  const whole = ["02", "01"].map((day) => made(`whole ${day}`, `2026-11-${day}T03:00:00Z`));
  expect(stay([...some, ...whole], { last: 1 })).toEqual(["some 21", "whole 02"]);
});

describe("numbers", () => {
  const hourly = Array.from({ length: 72 }, (_, n) =>
    made(`h${n}`, new Date(NOW.getTime() - n * 3_600_000).toISOString()),
  );
  test("last counts backups, daily counts days, each with its newest", () => {
    expect(stay(hourly, { last: 3 })).toEqual(["h0", "h1", "h2"]);
    expect(stay(hourly, { daily: 3 })).toEqual(["h0", "h13", "h37"]);
    expect(stay(hourly, { last: 2, daily: 2 })).toEqual(["h0", "h1", "h13"]);
  });
  test("days are those of the plan's time zone", () => {
    const two = [made("a", "2026-11-20T22:30:00Z"), made("b", "2026-11-20T23:30:00Z")];
    expect(stay(two, { daily: 2 }, "UTC")).toEqual(["b"]);
    expect(stay(two, { daily: 2 }, "Europe/Berlin")).toEqual(["a", "b"]);
  });
  test("weeks begin on Monday, and the last days of December can be in the first week", () => {
    const days = ["2024-12-29", "2024-12-30", "2025-01-05", "2025-01-06"].map((day) => made(day, `${day}T12:00:00Z`));
    expect(stay(days, { weekly: 5 })).toEqual(["2024-12-29", "2025-01-05", "2025-01-06"]);
  });
  test("days without a backup take no place", () => {
    const sparse = [made("old", "2024-01-01T00:00:00Z"), made("new", "2026-11-01T00:00:00Z")];
    expect(stay(sparse, { daily: 2 })).toEqual(["old", "new"]);
  });
  test("no number keeps everything", () => {
    expect(stay(hourly, {})).toHaveLength(72);
  });
});

describe("what stays whatever the numbers say", () => {
  test("the newest good one, where newer ones are damaged or not verified", () => {
    const good = made("good", "2026-11-01T00:00:00Z");
    const unproven = made("unproven", "2026-11-03T00:00:00Z", { verifiedAt: null });
    const damaged = made("damaged", "2026-11-04T00:00:00Z", { damage: "a bit flipped" });
    expect(stay([good, unproven, damaged], { last: 1 })).toEqual(["good", "unproven", "damaged"]);
  });
  test("a damaged one goes once a good one is newer", () => {
    expect(
      stay([made("damaged", "2026-11-01T00:00:00Z", { damage: "gone" }), made("good", "2026-11-02T00:00:00Z")], {
        last: 5,
      }),
    ).toEqual(["good"]);
  });
  test("a safety copy until its time, and it takes nobody's place", () => {
    const until = (time: string) => ({ safety: { until: new Date(time) } });
    const safe = made("safe", "2026-11-20T00:00:00Z", until("2026-11-27T00:00:00Z"));
    const over = made("over", "2026-11-10T00:00:00Z", until("2026-11-17T00:00:00Z"));
    const plain = made("plain", "2026-11-09T00:00:00Z");
    const newest = made("newest", "2026-11-21T00:00:00Z");
    expect(stay([safe, over, plain, newest], { last: 2 })).toEqual(["safe", "plain", "newest"]);
  });
  test("a clock that was wrong for a day does not make today's backups look old", () => {
    const ahead = made("ahead", "2030-01-01T00:00:00Z");
    const today = made("today", "2026-11-21T03:00:00Z");
    expect(stay([ahead, today], { last: 1 })).toEqual(["ahead", "today"]);
  });
});

describe("several plans of one source", () => {
  const plan = (id: string, keep: Partial<Keep>): RetentionPlan => ({
    id,
    keep: { ...NONE, ...keep },
    timezone: "UTC",
  });
  const ids = (backups: Candidate[], plans: RetentionPlan[]) =>
    planSource(backups, plans, NOW).flatMap(({ id, keeps }) => (keeps ? [id] : []));
  test("one that runs often does not push out what another made", () => {
    const often = Array.from({ length: 5 }, (_, n) =>
      made(`o${n}`, `2026-11-2${n % 2}T0${n}:00:00Z`, { schedule: "often" }),
    );
    const weekly = ["2026-11-02", "2026-11-09"].map((day) => made(day, `${day}T00:00:00Z`, { schedule: "weekly" }));
    const left = ids([...often, ...weekly], [plan("often", { last: 2 }), plan("weekly", { last: 4 })]);
    expect(left.filter((id) => id.startsWith("2026"))).toHaveLength(2);
    expect(left).toHaveLength(4);
  });
  test("what was made by hand is pushed out only by what was made by hand", () => {
    const byHand = made("hand", "2026-01-01T00:00:00Z");
    const planned = [1, 2, 3].map((n) => made(`p${n}`, `2026-11-1${n}T00:00:00Z`, { schedule: "p" }));
    expect(ids([byHand, ...planned], [plan("p", { last: 1 })])).toEqual(["hand", "p3"]);
  });
  test("without a plan nothing goes but safety copies whose time is over", () => {
    const over = made("over", "2026-10-01T00:00:00Z", { safety: { until: new Date("2026-10-08T00:00:00Z") } });
    const old = made("old", "2020-01-01T00:00:00Z", { schedule: "removed" });
    expect(ids([over, old, made("new", "2026-11-20T00:00:00Z")], [])).toEqual(["old", "new"]);
    expect(ids([over], [])).toEqual(["over"]);
  });
});

const number = fc.integer({ min: 0, max: 6 });
const keeps = fc.record({ last: number, daily: number, weekly: number, monthly: number });
const backup = fc.record({
  age: fc.integer({ min: -3 * DAY, max: 400 * DAY }),
  verified: fc.boolean(),
  damage: fc.option(fc.constant("a bit flipped"), { freq: 3 }),
  kept: fc.boolean(),
  partial: fc.boolean(),
  safety: fc.option(fc.integer({ min: -20 * DAY, max: 20 * DAY }), { freq: 3 }),
  schedule: fc.constantFrom(null, "a", "b", "gone"),
});
const backups = fc.array(backup, { maxLength: 40 }).map((all) =>
  all.map(({ age, verified, safety, ...rest }, n): Candidate => {
    const createdAt = new Date(NOW.getTime() - age);
    return {
      ...rest,
      id: `b${n}`,
      createdAt,
      verifiedAt: verified ? createdAt : null,
      safety: safety === null ? null : { until: new Date(NOW.getTime() + safety) },
    };
  }),
);
const zone = fc.constantFrom("UTC", "Pacific/Chatham", "America/St_Johns", "Asia/Kathmandu");
const plans = fc
  .tuple(fc.subarray(["a", "b"]), keeps, keeps, zone)
  .map(([ids, one, two, timezone]) => ids.map((id, n): RetentionPlan => ({ id, keep: n === 0 ? one : two, timezone })));

const newest = (all: Candidate[]) =>
  all.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1))[0];
const goods = (all: Candidate[]) =>
  all.filter(({ verifiedAt, damage, createdAt }) => verifiedAt && !damage && createdAt <= NOW);

describe("for all backups, plans and zones", () => {
  const left = (all: Candidate[], by: RetentionPlan[]) => {
    const verdicts = new Map(planSource(all, by, NOW).map((verdict) => [verdict.id, verdict]));
    return all.filter(({ id }) => verdicts.get(id)!.keeps);
  };
  test("the newest good one stays, and so does everything pinned or safe", () => {
    fc.assert(
      fc.property(backups, plans, (all, by) => {
        const kept = left(all, by);
        const best = newest(goods(all));
        if (best) expect(kept).toContain(best);
        for (const one of all)
          if (one.kept || (one.safety?.until && one.safety.until > NOW)) expect(kept).toContain(one);
        if (all.some(({ damage, createdAt }) => !damage && createdAt <= NOW))
          expect(kept.some(({ damage }) => !damage)).toBe(true);
        if (all.length > 0) expect(kept.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
  test("doing it again removes nothing more", () => {
    fc.assert(
      fc.property(backups, plans, (all, by) => {
        const once = left(all, by);
        expect(left(once, by)).toEqual(once);
      }),
      { numRuns: 500 },
    );
  });
  test("the order of rows changes nothing, and each has one verdict with a reason", () => {
    fc.assert(
      fc.property(backups, plans, (all, by) => {
        const forth = planSource(all, by, NOW);
        const back = planSource(all.toReversed(), by, NOW).toReversed();
        expect(back).toEqual(forth);
        expect(forth.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
        expect(forth.every(({ reasons }) => reasons.length > 0)).toBe(true);
      }),
    );
  });
  test("a larger number never keeps less", () => {
    fc.assert(
      fc.property(
        backups,
        keeps,
        zone,
        fc.constantFrom("last", "daily", "weekly", "monthly"),
        (all, keep, timezone, more) => {
          fc.pre(keep.last + keep.daily + keep.weekly + keep.monthly > 0);
          const ids = (numbers: Keep) =>
            planRetention(all, numbers, { now: NOW, timezone }).flatMap((one) => (one.keeps ? [one.id] : []));
          const less = new Set(ids(keep));
          const greater = new Set(ids({ ...keep, [more]: keep[more as keyof Keep] + 1 }));
          expect([...less].filter((id) => !greater.has(id))).toEqual([]);
        },
      ),
    );
  });
  test("damaged ones take no place of good ones", () => {
    fc.assert(
      fc.property(backups, keeps, (all, keep) => {
        const ids = (some: Candidate[]) =>
          planRetention(some, keep, { now: NOW, timezone: "UTC" }).flatMap(({ id, keeps: stays }) => {
            const one = some.find((candidate) => candidate.id === id)!;
            return stays && one.damage === null ? [id] : [];
          });
        expect(ids(all)).toEqual(ids(all.filter(({ damage }) => damage === null)));
      }),
    );
  });
});
