/**
 * What reaches a PM2 daemon and the file system, whatever an adapter is asked: numbers of processes that the daemon has
 * under exactly that name, and files that it names itself. The daemon is PM2's own protocol with a recorder behind it.
 */
import { ChildProcess } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import axon from "pm2-axon";
import rpc from "pm2-axon-rpc";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import {
  actions,
  actOptions,
  CASES,
  historyQueries,
  logQueries,
  names,
  outcome,
  PATIENCE,
  sip,
} from "../hostile-arguments.ts";
import type { LogHistory, Supervisor } from "../supervisor.ts";
import { createPm2 } from "./adapter.ts";

vi.mock("#lib/platform/clock.ts", async (original) => {
  const clock = await original<typeof import("#lib/platform/clock.ts")>();
  return { ...clock, sleep: (_: number, signal?: AbortSignal) => clock.sleep(0, signal) };
});

/** names that mean something to PM2's command line, as names of real apps */
const APPS: Record<string, number[]> = { web: [0, 1], all: [2], "0": [3], "/.*/": [4], "../x": [5], "-rf": [6] };
const KNOWN = Object.keys(APPS);
const METHODS = ["stopProcessId", "restartProcessId", "reloadProcessId", "sendSignalToProcessId"];

const told: { method: string; argument: unknown }[] = [];
const opened: string[] = [];
const home = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-pm2-"));
const logs = path.join(home, "logs");
const statuses = new Map<number, string>();
const daemon = axon.socket("rep");
const spawned = vi.spyOn(ChildProcess.prototype as unknown as { spawn(options: object): number }, "spawn");
let pm2: Supervisor & LogHistory;

beforeAll(async () => {
  fs.mkdirSync(logs);
  for (const id of Object.values(APPS).flat()) fs.writeFileSync(path.join(logs, `${id}.log`), "one\ntwo\n");
  fs.writeFileSync(path.join(home, "secret"), "not a log\n");
  const server = new rpc.Server(daemon);
  server.expose("getMonitorData", (_, done) => done(null, Object.entries(APPS).flatMap(processesOf)));
  server.expose("getVersion", (_, done) => done(null, "7"));
  for (const method of METHODS)
    server.expose(method, (argument, done) => {
      told.push({ method, argument });
      const id = typeof argument === "object" && argument !== null && "id" in argument ? argument.id : argument;
      if (method === "stopProcessId" || method === "restartProcessId")
        statuses.set(Number(id), method === "stopProcessId" ? "stopped" : "online");
      done(null, {});
    });
  await new Promise<void>((resolve) => daemon.on("bind", resolve).bind(path.join(home, "rpc.sock")));
  watchOpening();
  pm2 = createPm2({ host: "local", home, user: null });
});
afterAll(() => {
  pm2.close();
  daemon.close();
  vi.restoreAllMocks();
  fs.rmSync(home, { recursive: true });
});

const place = fc
  .tuple(fc.nat(99_999_999), fc.nat(99), fc.nat(999), fc.nat(9))
  .map((parts) => `${parts[0].toString(36)}.${parts[1]}.${parts[2]}.${parts[3]}`);
const cursor = fc
  .tuple(place, fc.array(place, { minLength: 1, maxLength: 2 }))
  .map(([own, all]) => `${own}~${all.join("-")}`);
const shaped = fc.string({ minLength: 1, maxLength: 12 });
const call = fc.oneof(
  fc.record({ kind: fc.constant("act" as const), action: actions, options: actOptions }),
  fc.record({ kind: fc.constant("inspect" as const) }),
  fc.record({ kind: fc.constant("logs" as const), query: logQueries(cursor) }),
  fc.record({ kind: fc.constant("history" as const), query: historyQueries(cursor) }),
);

test("only numbers of the processes of exactly that app, and only their own files", { timeout: PATIENCE }, async () => {
  const seen = { act: 0, files: 0, refused: 0 };
  const property = fc.asyncProperty(names(KNOWN, shaped), call, async (name, what) => {
    told.length = 0;
    opened.length = 0;
    statuses.clear();
    const ending = new AbortController();
    const end = await outcome(async () => {
      if (what.kind === "act") await pm2.act(name, what.action, what.options);
      else if (what.kind === "inspect") await pm2.inspect(name);
      else if (what.kind === "logs") await sip(pm2.logs(name, what.query, ending.signal), ending, 1);
      else await sip(await pm2.history(name, what.query, ending.signal), ending);
    });
    // on one connection, so that what a detached action sent has arrived before it
    await pm2.probe();
    const ids = Object.hasOwn(APPS, name) ? (APPS[name] ?? []) : [];
    if (ids.length === 0) {
      expect(end).not.toBe("done");
      seen.refused += 1;
    }
    for (const { method, argument } of told) checkCall(method, argument, ids);
    if (what.kind !== "act") expect(told).toEqual([]);
    for (const file of opened)
      expect(
        ids.map((id) => path.join(logs, `${id}.log`)),
        file,
      ).toContain(file);
    seen.act += told.length;
    seen.files += opened.length;
  });
  await fc.assert(property, { numRuns: CASES });
  // the recorders saw what they are there for
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(CASES / 25);
  expect(spawned).not.toHaveBeenCalled();
});

function checkCall(method: string, argument: unknown, ids: readonly number[]): void {
  if (method === "stopProcessId") return void expect(ids).toContain(argument);
  const { id, process_id, signal, ...others } = argument as Record<string, unknown>;
  expect(others).toEqual({});
  expect(ids).toContain(method === "sendSignalToProcessId" ? process_id : id);
  if (method === "sendSignalToProcessId") expect(Object.keys(os.constants.signals)).toContain(signal);
  else expect([process_id, signal]).toEqual([undefined, undefined]);
}

function processesOf([name, ids]: [string, number[]]): object[] {
  return ids.map((id) => {
    const file = path.join(logs, `${id}.log`);
    const status = statuses.get(id) ?? "online";
    const pm2_env = { status, namespace: "default", pm_uptime: 1, pm_out_log_path: file, pm_err_log_path: file };
    return { pid: status === "online" ? 4_000_000 + id : 0, name, pm_id: id, pm2_env, monit: { memory: 1, cpu: 0 } };
  });
}

/** Every file that is opened to be read from here on is noted. */
function watchOpening(): void {
  const { openSync } = fs;
  vi.spyOn(fs, "openSync").mockImplementation((file, ...rest) => {
    opened.push(String(file));
    return openSync(file, ...rest);
  });
  const { open } = fs.promises;
  vi.spyOn(fs.promises, "open").mockImplementation((file, ...rest) => {
    opened.push(String(file));
    return open(file, ...rest);
  });
}
