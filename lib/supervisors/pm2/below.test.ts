import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { processTree } from "#lib/platform/proc.ts";
import { signalBelow } from "./below.ts";

let shell: ChildProcess | null = null;
afterEach(() => {
  if (shell?.pid) for (const { pid } of processTree(shell.pid)) process.kill(pid, "SIGKILL");
  shell = null;
});
const stateOf = (pid: number) => readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]![0];

test("what an app's shell has started is stopped and goes on with it, and nobody else's is touched", async () => {
  shell = spawn("sh", ["-c", "sh -c 'sleep 100 & wait' & wait"], { stdio: "ignore" });
  const top = shell.pid!;
  const below = () => processTree(top).filter(({ pid }) => pid !== top);
  await expect.poll(() => below().length).toBe(2);
  const states = () => below().map(({ pid }) => stateOf(pid));
  signalBelow(top, { daemonPid: 1, signal: "SIGSTOP" });
  signalBelow(top, { daemonPid: null, signal: "SIGSTOP" });
  expect(states()).toEqual(["S", "S"]);
  signalBelow(top, { daemonPid: process.pid, signal: "SIGSTOP" });
  await expect.poll(states).toEqual(["T", "T"]);
  signalBelow(top, { daemonPid: process.pid, signal: "SIGCONT" });
  await expect.poll(states).toEqual(["S", "S"]);
});
