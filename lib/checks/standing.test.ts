import { describe, expect, test } from "vitest";
import { afterCall, afterLate, afterRun, lateAt, type Outcome, type Standing, unknownSince } from "./standing.ts";

const T = Date.UTC(2026, 10, 21, 3, 0, 0);
const MINUTE = 60_000;
const up: Outcome = { verdict: "up", latency: 12, message: null };
const down: Outcome = { verdict: "down", latency: null, message: "Answered 502" };
const idle: Outcome = { verdict: "idle", latency: null, message: "It is not running" };
const gone: Outcome = { verdict: "gone", latency: null, message: "There is no service" };

/** The states after each of these runs, a minute apart, and failures in a row at the end. */
function runs(outcomes: readonly Outcome[], tolerates = 0, first: Standing = unknownSince(T)): [string[], number] {
  let standing = first;
  const states = outcomes.map((outcome, n) => {
    standing = afterRun(standing, outcome, { at: T + n * MINUTE, tolerates });
    return standing.state;
  });
  return [states, standing.failures];
}

describe("a check that is run", () => {
  test.each([
    { outcomes: [up, down, up], states: ["up", "down", "up"], failures: 0 },
    { outcomes: [up, down, down, down], tolerates: 2, states: ["up", "up", "up", "down"], failures: 3 },
    // one that is borne between good ones does not add up
    { outcomes: [up, down, up, down, up, down], tolerates: 1, states: Array(6).fill("up"), failures: 1 },
    { outcomes: [down, down], tolerates: 1, states: ["waiting", "down"], failures: 2 },
    { outcomes: [down, idle, down], tolerates: 1, states: ["waiting", "waiting", "waiting"], failures: 1 },
    { outcomes: [down, idle], states: ["down", "waiting"], failures: 0 },
    // made anew it is gone for a moment; what stays away is noticed
    { outcomes: [up, gone, up], states: ["up", "waiting", "up"], failures: 0 },
    { outcomes: [up, gone, gone, gone, gone], states: ["up", "waiting", "waiting", "down", "down"], failures: 2 },
  ])("$outcomes.length runs: $states", ({ outcomes, tolerates = 0, states, failures }) => {
    expect(runs(outcomes, tolerates)).toEqual([states, failures]);
  });

  test("knows since when it is as it is, and what was said last", () => {
    const first = afterRun(unknownSince(null), down, { at: T, tolerates: 0 });
    expect(afterRun(first, { ...down, message: "Answered 503" }, { at: T + 9, tolerates: 0 })).toEqual({
      ...{ state: "down", since: T, checkedAt: T + 9, latency: null, message: "Answered 503", failures: 2 },
    });
  });
});

describe("a heartbeat", () => {
  const every = { every: 3600, timeout: 300, config: { cron: null }, createdAt: new Date(T) };
  const call = (before: Standing, kind: "success" | "start" | "fail", at: number, message: string | null = null) =>
    afterCall(before, kind, { at, message, tolerates: 0 });

  test("is late after its period and its grace, also when it has never been called", () => {
    expect(lateAt(every, unknownSince(T))).toBe(T + 3900_000);
    const { standing } = call(unknownSince(T), "success", T + 100);
    expect(lateAt(every, standing)).toBe(T + 100 + 3900_000);
    const late = afterLate(standing, { at: T + 5_000_000, grace: 300 });
    expect(late).toMatchObject({ state: "late", since: T + 5_000_000, failures: 1 });
    expect(late.message).toBe("It was last called at 2026-11-21T03:00:00.100Z, and 5 min of grace are over");
    // told once, not again and again
    expect(lateAt(every, late)).toBeNull();
    expect(call(late, "success", T + 6_000_000).standing).toMatchObject({ state: "up", failures: 0, message: null });
  });

  test("turned on again it has a whole period", () => {
    expect(lateAt(every, unknownSince(T + 1e9))).toBe(T + 1e9 + 3900_000);
  });

  test("tells how long a run took, and a second beginning is a new run", () => {
    const began = call(unknownSince(T), "start", T);
    expect(began.result).toEqual({ state: "started", latency: null, message: null });
    const again = call(began.standing, "start", T + MINUTE).standing;
    expect(again).toMatchObject({ state: "running", since: T + MINUTE });
    expect(call(again, "success", T + 2 * MINUTE).result).toMatchObject({ state: "up", latency: MINUTE });
    expect(call(again, "fail", T + 2 * MINUTE, "disk `full`").result).toEqual({
      ...{ state: "down", latency: MINUTE, message: "The job says that it failed: `disk 'full'`" },
    });
    // an end without a beginning has no length
    expect(call(unknownSince(T), "success", T).result.latency).toBeNull();
  });

  test("a run that has begun in time gets the grace, and what never ends is late", () => {
    const { standing: ended } = call(unknownSince(T), "success", T);
    const { standing: begun } = call(ended, "start", T + 3600_000 + 299_000);
    expect(lateAt(every, begun)).toBe(T + 3600_000 + 599_000);
    const { standing: early } = call(ended, "start", T + MINUTE);
    expect(lateAt(every, early)).toBe(T + 3900_000);
    expect(afterLate(begun, { at: T + 1e7, grace: 300 }).message).toMatch(
      /^The run that began at .* has not told its end$/,
    );
  });

  test("one that failed is down until it ends well, and not late beside that", () => {
    const { standing } = call(unknownSince(T), "fail", T);
    expect(standing).toMatchObject({ state: "down", failures: 1 });
    expect(lateAt(every, standing)).toBeNull();
    const borne = afterCall(unknownSince(T), "start", { at: T, message: null, tolerates: 1 }).standing;
    expect(afterCall(borne, "fail", { at: T + 1, message: null, tolerates: 1 }).standing.state).toBe("up");
  });

  // Berlin's clock goes forward at 02:00 on 28 March 2027, and back at 03:00 on 31 October
  test.each([
    ["0 3 * * *", "2027-03-27T03:00:00+01:00", "2027-03-28T03:00:00+02:00"],
    ["0 3 * * *", "2027-10-30T03:40:00+02:00", "2027-10-31T03:00:00+01:00"],
    ["30 2 * * *", "2027-03-27T03:00:00+01:00", "2027-03-28T03:00:00+02:00"],
    ["*/15 * * * *", "2027-06-01T12:07:00+02:00", "2027-06-01T12:15:00+02:00"],
  ])("by cron %s in its own time zone: after %s it is due at %s", (cron, last, due) => {
    const plan = { ...every, config: { cron, timezone: "Europe/Berlin" } };
    const { standing } = call(unknownSince(T), "success", Date.parse(last));
    expect(new Date(lateAt(plan, standing)! - 300_000).toISOString()).toBe(new Date(due).toISOString());
  });
});
