import { expect, test } from "vitest";
import { Ends, signalNumber, signalOfCode, wasAsked } from "./ends.ts";
import type { EngineEvent } from "./shapes.ts";

const ID = "a".repeat(64);
const event = (action: string, at: number, attributes: Record<string, string> = {}): EngineEvent => ({
  action,
  id: ID,
  name: "x",
  attributes,
  at,
});

function endOf(events: EngineEvent[], finishedAt: number) {
  const ends = new Ends();
  for (const one of events) ends.observe(one);
  return ends.of(ID, finishedAt);
}

test("docker stop of a process that ignores SIGTERM was asked for", () => {
  const kills = [event("kill", 10, { signal: "15" }), event("kill", 20, { signal: "9" })];
  const end = endOf([event("start", 0), ...kills, event("die", 30, { exitCode: "137" }), event("stop", 31)], 29);
  expect(end).toMatchObject({ code: 137, signals: [15, 9], stopped: true });
  expect(wasAsked(end!, null)).toBe(true);
});

test("a bare SIGKILL was not, and what was sent to an earlier run does not count", () => {
  const before = [event("start", 0), event("kill", 1, { signal: "15" }), event("die", 2, { exitCode: "0" })];
  const kill = [event("start", 3), event("kill", 10, { signal: "9" }), event("die", 11, { exitCode: "137" })];
  expect(wasAsked(endOf([...before, ...kill], 11)!, null)).toBe(false);
});

test("the container's own stop signal asks, in whatever way it is written", () => {
  const end = endOf([event("kill", 1, { signal: "37" }), event("die", 2, { exitCode: "1" })], 2)!;
  expect(wasAsked(end, "SIGRTMIN+3")).toBe(true);
  expect(wasAsked(end, "SIGUSR1")).toBe(false);
  expect(wasAsked(end, null)).toBe(false);
});

test("an oom event before the end marks it", () => {
  expect(endOf([event("oom", 1), event("die", 2, { exitCode: "137" })], 2)?.oomKilled).toBe(true);
  expect(endOf([event("oom", 1), event("start", 2), event("die", 3, { exitCode: "1" })], 3)?.oomKilled).toBe(false);
});

test("an end that inspect dates later than the last event of one is another end", () => {
  const events = [event("die", 1000, { exitCode: "143" })];
  expect(endOf(events, 995)?.code).toBe(143);
  expect(endOf(events, 1400)).toBeNull();
  expect(endOf(events, -20_000)).toBeNull();
});

test("a replay takes the place of what was known, for the containers named only", () => {
  const ends = new Ends();
  ends.observe(event("die", 10, { exitCode: "1" }));
  ends.replay([event("die", 20, { exitCode: "2" })], new Set(["b".repeat(64)]));
  expect(ends.of(ID, 10)?.code).toBe(1);
  ends.replay([event("die", 20, { exitCode: "2" })], new Set([ID]));
  expect(ends.of(ID, 20)?.code).toBe(2);
  ends.retain(new Set());
  expect(ends.of(ID, 20)).toBeNull();
});

test.each([
  ["15", 15],
  ["SIGTERM", 15],
  ["term", 15],
  ["SIGRTMIN+3", 37],
  ["SIGNONE", null],
  ["", null],
  [undefined, null],
] as const)("signal %s is %s", (word, number) => {
  expect(signalNumber(word)).toBe(number);
});

test.each([
  [137, "SIGKILL"],
  [143, "SIGTERM"],
  [139, "SIGSEGV"],
  [1, null],
  [128, null],
  [255, null],
  [null, null],
] as const)("exit %s is signal %s", (code, signal) => {
  expect(signalOfCode(code)).toBe(signal);
});
