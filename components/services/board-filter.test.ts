import { describe, expect, test } from "vitest";
import { chipCounts, isOnBoard, matchesText } from "./board-filter.ts";
import { DEFAULT_VIEW } from "./board-view.ts";
import { aService } from "./testing.ts";

describe("on the board", () => {
  test.each([
    ["listed", { listed: true }, true],
    ["unlisted", { listed: false }, false],
    ["unlisted and pinned", { listed: false, pinned: true }, true],
    ["unlisted and failed", { listed: false, state: "failed" }, true],
    ["unlisted and restarting", { listed: false, state: "restarting" }, true],
  ] as const)("%s", (_, over, expected) => {
    expect(isOnBoard(aService("x.service", over), false)).toBe(expected);
    expect(isOnBoard(aService("x.service", over), true)).toBe(true);
  });
});

describe("text", () => {
  const redis = aService("cache", {
    supervisor: "docker",
    group: "wa-scheduler",
    source: "docker.io/library/Redis:7",
    health: "unhealthy",
    ports: [{ protocol: "tcp", address: "127.0.0.1", port: 6379, target: 6379 }],
  });

  test.each(["", "  ", "CACHE", "redis", ":6379", "127.0.0.1:63", "running", "unhealthy", "wa-sch redis", "docker"])(
    "%j finds it",
    (q) => {
      expect(matchesText(redis, q)).toBe(true);
    },
  );

  test.each(["postgres", "redis postgres", "6380", "none"])("%j does not", (q) => {
    expect(matchesText(redis, q)).toBe(false);
  });

  test("a word does not run over from one field into the next", () => {
    expect(matchesText(aService("ab", { title: "cd" }), "abcd")).toBe(false);
  });
});

test("chips count what they would leave of what the text finds", () => {
  const services = [
    aService("aa1"),
    aService("aa2", { health: "unhealthy" }),
    aService("aa3", { state: "stopped" }),
    aService("aa4", { state: "failed" }),
    aService("b1"),
    aService("aa5", { listed: false }),
  ];
  const needy = new Set([services[1]!.id, services[3]!.id, services[4]!.id]);
  expect(chipCounts(services, { ...DEFAULT_VIEW, q: "aa", state: "stopped" }, needy)).toEqual({
    all: 4,
    needs: 2,
    running: 2,
    stopped: 1,
  });
});
