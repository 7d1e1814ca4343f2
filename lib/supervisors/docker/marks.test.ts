import { expect, test } from "vitest";
import { marksOf } from "./marks.ts";
import { parseDetail } from "./parse.ts";

const T = Date.UTC(2026, 10, 21, 12);
const event = (seconds: number, action: string, id = "a", attributes: Record<string, string> = {}) => ({
  ...{ action, id, name: "web", attributes, at: T + seconds * 1000 },
});
const shortly = (marks: ReturnType<typeof marksOf>) =>
  marks.map(({ time, kind, code, signal }) => [(Date.parse(time) - T) / 1000, kind, code ?? signal]);

test("starts, ends that were asked for and those that were not, and another container of the name", () => {
  const events = [
    ...[event(0, "create"), event(1, "start"), event(2, "die", "a", { exitCode: "3" }), event(3, "start")],
    ...[event(4, "kill", "a", { signal: "15" }), event(5, "die", "a", { exitCode: "143" }), event(5, "stop")],
    ...[event(6, "start"), event(7, "die", "a", { exitCode: "137" })],
    ...[event(20, "create", "b"), event(21, "start", "b")],
  ];
  expect(shortly(marksOf(events, null))).toEqual([
    ...[
      [1, "started", null],
      [2, "failed", 3],
      [3, "restarted", null],
      [5, "exited", "SIGTERM"],
    ],
    ...[
      [6, "started", null],
      [7, "failed", "SIGKILL"],
      [20, "recreated", null],
      [21, "started", null],
    ],
  ]);
});

test("what the engine forgot is known by its last start and end", () => {
  const detail = parseDetail({
    State: {
      ...{ Status: "exited", ExitCode: 1 },
      ...{ StartedAt: "2026-11-21T12:00:01.5Z", FinishedAt: "2026-11-21T12:01:00Z" },
    },
  });
  expect(shortly(marksOf([event(1, "start")], detail))).toEqual([
    [1, "started", null],
    [60, "failed", 1],
  ]);
  expect(shortly(marksOf([], detail))).toHaveLength(2);
  expect(marksOf([], null)).toEqual([]);
});
