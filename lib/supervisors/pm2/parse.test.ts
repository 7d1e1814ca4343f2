import fs from "node:fs";
import { expect, test } from "vitest";
import { toInspection } from "./inspect.ts";
import { checkName, groupByApp } from "./names.ts";
import { isAlive, parseProcesses } from "./parse.ts";
import { toRecord } from "./record.ts";

const recorded: unknown[] = JSON.parse(fs.readFileSync(new URL("./fixtures/monitor.json", import.meta.url), "utf8"));
const CONTEXT = { ports: [], startsAtBoot: null, exitOf: () => null };
const records = () =>
  [...groupByApp(parseProcesses(recorded))].map(([name, members]) => toRecord(name, members, CONTEXT));
const find = (name: string) => records().find((one) => one.name === name)!;

test("a recorded list: every app once, by its name", () => {
  expect(records().map(({ name, state, nativeState, tag, group }) => [name, state, nativeState, tag, group])).toEqual([
    ["web", "running", "online", null, null],
    ["cluster", "running", "online", "3 of 3", "fond"],
    ["delay", "restarting", "waiting restart", null, null],
    ["once", "failed", "stopped", null, null],
    ["errored", "failed", "errored", null, null],
    [`/.*/ we'ird "näme"`, "running", "online", null, null],
    ["all", "running", "online", null, null],
  ]);
});

test("settings become limits, policies and reasons", () => {
  expect(find("all")).toMatchObject({
    memoryLimit: 209_715_200,
    restartPolicy: { policy: "always", delay: 0.1, limit: 16, window: 16 },
    source: "/home/deploy/app/app.js",
    lastExit: null,
    actions: ["restart", "stop", "kill"],
  });
  expect(find("errored")).toMatchObject({
    restarts: 15,
    lastExit: { code: 3, signal: null, oomKilled: false },
    reason: "Exit 3. PM2 gave up after 16 ends within 1 s of a start, or could not stop it.",
  });
  expect(find("once")).toMatchObject({
    restartPolicy: { policy: "no", delay: null },
    reason: "Exit 3. Not set to restart.",
  });
  expect(find("delay").instances).toEqual([{ id: "4", pid: null, state: "waiting restart", restarts: 0, since: null }]);
  expect(find("cluster").actions).toEqual(["restart", "stop", "reload", "kill"]);
});

test("nothing of the environment passes the edge, but PORT", () => {
  const processes = parseProcesses(recorded);
  expect(JSON.stringify(processes)).not.toContain("fixture-secret-value");
  expect(JSON.stringify(records())).not.toContain("fixture-secret-value");
  expect(processes.find((one) => one.name === "cluster")!.port).toBe(45871);
});

test("a variable that shadows a setting cannot break the list", () => {
  const settings = {
    status: "online",
    pm_uptime: "soon",
    max_memory_restart: {},
    autorestart: "perhaps",
    env: "none",
    kill_timeout: "250",
    exec_mode: 3,
    stop_exit_codes: "0",
  };
  const [one] = parseProcesses([{ pid: 5, name: "a", pm_id: 1, pm2_env: settings, monit: null }]);
  expect(one).toMatchObject({
    startedAt: null,
    memoryLimit: null,
    autorestart: true,
    killTimeout: 250,
    cluster: false,
    stopExitCodes: [0],
    port: null,
    memory: null,
  });
});

test("entries that are no process are left out, an answer that is no list is an error", () => {
  expect(parseProcesses([null, 7, {}, { pid: 1, name: "a", pm_id: "_old_0", pm2_env: {} }])).toEqual([]);
  expect(parseProcesses([{ pid: 1, name: 12, pm_id: 0, pm2_env: {} }])[0]).toMatchObject({
    name: "12",
    status: "unknown",
  });
  expect(() => parseProcesses({ apps: [] })).toThrow();
});

test("a pid counts where a process lives behind it", () => {
  const alive = (status: string, pid: number) =>
    isAlive(parseProcesses([{ pid, name: "a", pm_id: 0, pm2_env: { status } }])[0]!);
  expect([alive("online", 5), alive("stopping", 5), alive("launching", 5)]).toEqual([true, true, true]);
  expect([alive("online", 0), alive("waiting restart", 5), alive("stopped", 5), alive("errored", 5)]).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test("the same name in several namespaces: plain in `default`, marked elsewhere, never two with one name", () => {
  const process = (id: number, name: string, namespace: string) => ({
    pid: 1,
    name,
    pm_id: id,
    pm2_env: { namespace },
  });
  const names = (...processes: unknown[]) =>
    [...groupByApp(parseProcesses(processes))].map(([name, members]) => `${name}: ${members.map((one) => one.id)}`);
  expect(names(process(2, "a", "x"), process(0, "a", "x"))).toEqual(["a: 0,2"]);
  expect(names(process(0, "a", "x"), process(1, "a", "default"))).toEqual(["a: 1", "a@x: 0"]);
  expect(names(process(0, "a", "y"), process(1, "a", "x"))).toEqual(["a@x: 1", "a@y: 0"]);
  expect(names(process(0, "a", "default"), process(1, "a", "x"), process(2, "a@x", "default"))).toEqual([
    "a: 0",
    "a@x: 2",
    "a@x@x: 1",
  ]);
});

test.each(["", "a\nb", "a\0", "\u009b31m", "x".repeat(257)])("%j is refused as a name", (name) => {
  expect(() => checkName(name)).toThrow(expect.objectContaining({ reason: "invalid_name" }));
});

test.each(["all", "0", "/.*/", "./eco.config.js", "a b", "名前", `'"\\`, "x".repeat(256)])("%j is accepted", (name) => {
  expect(() => checkName(name)).not.toThrow();
});

test("inspect: documented settings, the environment apart and without PM2's own", () => {
  const detail = toInspection(recorded, [0], "deploy")!;
  expect(JSON.stringify(detail.native)).not.toContain("fixture-secret-value");
  expect(detail.native).toMatchObject({ exec_mode: "fork_mode", pm_exec_path: "/home/deploy/app/app.js" });
  expect(detail.environment.map((one) => one.name)).toEqual([
    "CONTRACT_SECRET",
    "DATABASE_URL",
    "HOME",
    "PATH",
    "PM2_HOME",
  ]);
  expect(detail).toMatchObject({
    command: ["node", "/home/deploy/app/app.js"],
    workingDirectory: "/home/deploy/app",
    user: "deploy",
  });
  expect(detail.facts.map((one) => one.label)).toEqual([
    "Script",
    "Exec mode",
    "Instances",
    "Interpreter",
    "Node version",
    "Working directory",
    "Namespace",
    "Out log",
    "Error log",
  ]);
  expect(toInspection(recorded, [8], null)!.facts).toContainEqual({ label: "Restart above", value: "200 MB each" });
  expect(toInspection(recorded, [99], null)).toBeNull();
});
