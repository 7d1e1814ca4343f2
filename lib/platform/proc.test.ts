import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { processTree, readProcess, readProcesses, readText } from "./proc.ts";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-proc-"));
afterAll(() => fs.rmSync(root, { recursive: true }));

function fakeProcess(pid: number, comm: string, parent = 1, ticks = [250, 50]): void {
  fs.mkdirSync(path.join(root, String(pid)), { recursive: true });
  const rest = `S ${parent} 1 1 0 -1 4194560 1 2 3 4 ${ticks[0]} ${ticks[1]} 900 900 20 0 7 0 12345 1000000 2048 0 0`;
  fs.writeFileSync(path.join(root, String(pid), "stat"), `${pid} (${comm}) ${rest}\n`);
}
fs.writeFileSync(path.join(root, "stat"), "cpu  1 2 3\nbtime 1700000000\nprocesses 5\n");

test("cpu is the process's own, memory is resident pages, the start is boot plus ticks", () => {
  fakeProcess(40, "node");
  expect(readProcess(40, root)).toMatchObject({ pid: 40, parent: 1, cpuSeconds: 3, startedAt: 1700000123450 });
  expect(readProcess(40, root)!.memory % 2048).toBe(0);
});

test.each(["a) b (c", ") S 1 1 1", "tab\there", "(sd-pam)"])("a command named %j does not shift the fields", (comm) => {
  fakeProcess(41, comm, 7);
  expect(readProcess(41, root)).toMatchObject({ pid: 41, parent: 7, cpuSeconds: 3 });
});

test("a process that is gone, and a cut line, are null", () => {
  fs.mkdirSync(path.join(root, "42"));
  fs.writeFileSync(path.join(root, "42", "stat"), "42 (x) S 1");
  expect(readProcess(42, root)).toBeNull();
  expect(readProcess(43, root)).toBeNull();
  expect([...readProcesses([40, 42, 43], root).keys()]).toEqual([40]);
});

test("a tree holds all that descend, parents first", () => {
  fakeProcess(50, "top");
  fakeProcess(52, "child", 50);
  fakeProcess(51, "grandchild", 52);
  expect(processTree(50, root).map((one) => one.pid)).toEqual([50, 52, 51]);
  expect(processTree(999, root)).toEqual([]);
});

test("this machine: this process and a child of it", async () => {
  const own = readProcess(process.pid)!;
  expect(own.parent).toBe(process.ppid);
  expect(Math.abs(own.startedAt - (Date.now() - process.uptime() * 1000))).toBeLessThan(5000);
  expect(Math.abs(own.memory / process.memoryUsage.rss() - 1)).toBeLessThan(0.5);
  const child = spawn("sleep", ["30"]);
  await new Promise((resolve) => child.once("spawn", resolve));
  expect(processTree(process.pid).map((one) => one.pid)).toContain(child.pid);
  child.kill();
});

test("what is read is UTF-8, as names of mounts and programs are; what is not there is null", () => {
  const file = path.join(root, "mounts");
  fs.writeFileSync(file, "/dev/sdb1 /srv/données ext4 rw 0 0\n");
  expect(readText(file)).toContain("/srv/données");
  expect(readText(path.join(root, "gone"))).toBeNull();
  expect(readText(path.join(file, "below"))).toBeNull();
});
