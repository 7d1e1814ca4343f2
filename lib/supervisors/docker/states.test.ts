import { describe, expect, test } from "vitest";
import { SERVICE_STATES } from "../supervisor.ts";
import { actionsOf, ENDINGS, type Ending, healthOf, judgeEnding, STATES, stateOf } from "./states.ts";

const ended = (over: Partial<Ending>): Ending => ({
  exitCode: 1,
  oomKilled: false,
  error: "",
  asked: null,
  retries: false,
  ...over,
});

describe("native states", () => {
  test.each([
    // Docker, all that its API documents
    ["created", {}, "stopped"],
    ["created", { error: "exec: /nope: no such file" }, "failed"],
    ["running", {}, "running"],
    ["paused", {}, "paused"],
    ["restarting", {}, "restarting"],
    ["removing", {}, "stopping"],
    ["exited", { exitCode: 0 }, "stopped"],
    ["exited", { exitCode: 1 }, "failed"],
    ["dead", {}, "failed"],
    // Podman's further ones
    ["configured", {}, "stopped"],
    ["initialized", {}, "starting"],
    ["stopping", {}, "stopping"],
    ["stopped", { exitCode: 0 }, "stopped"],
    ["stopped", { exitCode: 3 }, "failed"],
    ["unknown", {}, "unknown"],
    // Podman writes some with a capital
    ["Running", {}, "running"],
    ["a word of the future", {}, "unknown"],
  ] as const)("%s with %o is %s", (status, over, state) => {
    expect(stateOf(status, ended(over))).toBe(state);
  });

  test("the table has no row that the test above leaves out", () => {
    expect(Object.keys(STATES).sort()).toEqual(
      ["configured", "created", "dead", "exited", "initialized", "paused", "removing"].concat([
        "restarting",
        "running",
        "stopped",
        "stopping",
        "unknown",
      ]),
    );
  });
});

describe("ends", () => {
  test.each([
    ["killed by the kernel for memory", { exitCode: 137, oomKilled: true, asked: true }, "failed"],
    ["ended with success", { exitCode: 0, asked: false }, "stopped"],
    ["could not be started", { exitCode: 127, error: "no such file", retries: true }, "failed"],
    ["somebody asked, by the events", { exitCode: 137, asked: true }, "stopped"],
    ["somebody asked, by the events", { exitCode: 1, asked: true }, "stopped"],
    ["nobody asked, by the events", { exitCode: 137, asked: false, retries: true }, "failed"],
    ["nobody asked, by the events", { exitCode: 143, asked: false }, "failed"],
    ["left alone by a policy that would restart it", { exitCode: 1, retries: true }, "stopped"],
    ["ended by the signals that `docker stop` sends", { exitCode: 137 }, "stopped"],
    ["ended by the signals that `docker stop` sends", { exitCode: 143 }, "stopped"],
    ["ended by the signals that `docker stop` sends", { exitCode: 130 }, "stopped"],
    ["anything else", { exitCode: 139 }, "failed"],
    ["anything else", { exitCode: 255 }, "failed"],
    ["anything else", { exitCode: null }, "failed"],
  ] as const)("%s: %o is %s", (rule, over, verdict) => {
    const ending = ended(over);
    expect(ENDINGS.find(({ judge }) => judge(ending) !== null)?.rule).toBe(rule);
    expect(judgeEnding(ending)).toBe(verdict);
  });
});

test.each([
  ["healthy", "healthy"],
  ["unhealthy", "unhealthy"],
  ["starting", "starting"],
  ["none", "none"],
  ["", "none"],
  [undefined, "none"],
] as const)("health %s is %s", (word, health) => {
  expect(healthOf(word)).toBe(health);
});

test("every state has its actions, a dead container none, and reload exists nowhere", () => {
  for (const state of SERVICE_STATES) expect(actionsOf("x", state)).not.toContain("reload");
  expect(actionsOf("running", "running")).toEqual(["stop", "restart", "kill", "pause"]);
  expect(actionsOf("paused", "paused")).toContain("unpause");
  expect(actionsOf("exited", "failed")).toContain("start");
  expect(actionsOf("dead", "failed")).toEqual([]);
});
