import { expect, test } from "vitest";
import type { ServiceState } from "../supervisor.ts";
import { type Pm2Process, parseProcesses } from "./parse.ts";
import { aggregateState, aggregateStatus, type Exit, PM2_STATES, stateOf } from "./states.ts";

const NOW = 1_800_000_000_000;
const asked: Exit = { code: 0, signal: null, at: NOW, asked: true };
const crashed: Exit = { ...asked, code: 1, asked: false };

function one(settings: Record<string, unknown>, pid = 10): Pm2Process {
  return parseProcesses([{ pid, name: "a", pm_id: 0, pm2_env: { pm_uptime: NOW - 60_000, ...settings } }])[0]!;
}

test("the table holds every status that PM2 documents, and no other", () => {
  expect(PM2_STATES).toEqual({
    online: "running",
    launching: "starting",
    "one-launch-status": "starting",
    stopping: "stopping",
    stopped: "stopped",
    errored: "failed",
    "waiting restart": "restarting",
  });
});

const rows: [string, Record<string, unknown>, number, Exit | null, ServiceState][] = [
  ["online", { status: "online" }, 10, null, "running"],
  ["launching", { status: "launching" }, 10, null, "starting"],
  ["first launch", { status: "one-launch-status" }, 10, null, "starting"],
  ["stopping", { status: "stopping" }, 10, null, "stopping"],
  ["stopped by hand", { status: "stopped", exit_code: 1 }, 0, asked, "stopped"],
  [
    "ended a moment ago, and PM2 is about to start it again",
    { status: "stopped", exit_code: 1 },
    10,
    crashed,
    "restarting",
  ],
  ["errored", { status: "errored", exit_code: 1 }, 0, crashed, "failed"],
  ["waiting", { status: "waiting restart" }, 10, crashed, "restarting"],
  ["waiting for nothing: given up", { status: "waiting restart" }, 0, crashed, "failed"],
  ["waiting for nothing: stopped by hand", { status: "waiting restart" }, 0, asked, "stopped"],
  ["ended well, not to be restarted", { status: "stopped", autorestart: false, exit_code: 0 }, 0, null, "stopped"],
  ["ended badly, not to be restarted", { status: "stopped", autorestart: false, exit_code: 2 }, 0, null, "failed"],
  ["the same, stopped by hand", { status: "stopped", autorestart: false, exit_code: 2 }, 0, asked, "stopped"],
  [
    "killed, not to be restarted",
    { status: "stopped", autorestart: "false", exit_code: 0 },
    0,
    { ...crashed, code: 0, signal: "SIGKILL" },
    "failed",
  ],
  ["never started", { status: "stopped", autorestart: false }, 0, null, "stopped"],
  [
    "a crash loop without delay",
    { status: "online", unstable_restarts: 3, pm_uptime: NOW - 400 },
    10,
    crashed,
    "restarting",
  ],
  [
    "the same, past its min_uptime",
    { status: "online", unstable_restarts: 3, pm_uptime: NOW - 1400 },
    10,
    crashed,
    "running",
  ],
  [
    "its min_uptime is longer",
    { status: "online", unstable_restarts: 3, min_uptime: "5000", pm_uptime: NOW - 1400 },
    10,
    crashed,
    "restarting",
  ],
  ["a fresh start", { status: "online", unstable_restarts: 0, pm_uptime: NOW - 10 }, 10, null, "running"],
  ["a word of a later PM2", { status: "hibernating" }, 10, null, "unknown"],
  ["a word that objects know", { status: "constructor" }, 10, null, "unknown"],
];

test.each(rows)("%s", (_, settings, pid, exit, state) => {
  expect(stateOf(one(settings, pid), exit, NOW)).toBe(state);
});

test.each<[ServiceState[], ServiceState]>([
  [["running", "running", "running", "running"], "running"],
  [["running", "running", "running", "stopped"], "running"],
  [["running", "failed"], "running"],
  [["running", "starting"], "running"],
  [["running", "restarting", "running"], "restarting"],
  [["failed", "restarting"], "restarting"],
  [["stopped", "starting"], "starting"],
  [["stopped", "stopping"], "stopping"],
  [["stopped", "failed"], "failed"],
  [["stopped", "unknown"], "unknown"],
  [["stopped", "stopped"], "stopped"],
  [[], "unknown"],
])("an app of %j is %s", (states, state) => {
  expect(aggregateState(states)).toBe(state);
  expect(aggregateState(states.toReversed())).toBe(state);
});

test("words of an app: one when all agree, counted with the most first otherwise", () => {
  expect(aggregateStatus(["online", "online"])).toBe("online");
  expect(aggregateStatus(["stopped", "online", "online", "online"])).toBe("online (3), stopped (1)");
});
