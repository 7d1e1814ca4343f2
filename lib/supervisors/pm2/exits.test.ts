import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { createBootList } from "./boot.ts";
import { isProcessEvent } from "./bus.ts";
import { createExits } from "./exits.ts";
import { readUsage } from "./usage.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-pm2-exits-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));
const file = path.join(folder, "pm2.log");
const line = (text: string) => fs.appendFileSync(file, `2025-11-14T14:32:08: PM2 log: ${text}\n`);

test("how processes ended: code, signal, time, and whether somebody asked", () => {
  const exits = createExits(file);
  exits.refresh();
  expect(exits.get("web", 0)).toBeNull();
  line("App [web:0] exited with code [0] via signal [SIGKILL]");
  line("Stopping app:a] b:c id:7");
  line("App [a] b:c:7] exited with code [1] via signal [SIGINT]");
  line("Stopping app:gone id:3");
  line("App [gone:3] starting in -fork mode-");
  line("App [gone:3] exited with code [2] via signal [SIGINT]");
  exits.refresh();
  const at = Date.parse("2025-11-14T14:32:08");
  expect(exits.get("web", 0)).toEqual({ code: 0, signal: "SIGKILL", at, asked: false });
  expect(exits.get("a] b:c", 7)).toEqual({ code: 1, signal: null, at, asked: true });
  expect(exits.get("gone", 3)).toEqual({ code: 2, signal: null, at, asked: false });
});

test("an end at max_memory_restart is PM2's own doing, although PM2 writes that it stops the app", () => {
  const exits = createExits(file);
  line(
    "[PM2][WORKER] Process 8 restarted because it exceeds --max-memory-restart value (current_memory=155291648 max_memory_limit=94371840 [octets])",
  );
  line("Stopping app:mem id:8");
  line("App [mem:8] exited with code [0] via signal [SIGINT]");
  exits.refresh();
  expect(exits.get("mem", 8)).toMatchObject({ code: 0, signal: null, overMemory: true });
  line("Stopping app:mem id:8");
  line("App [mem:8] exited with code [0] via signal [SIGINT]");
  exits.refresh();
  expect(exits.get("mem", 8)).not.toHaveProperty("overMemory");
});

test("read on: a half line is waited for, the time is now's, a new file is read from its beginning", () => {
  const exits = createExits(file);
  exits.refresh();
  fs.appendFileSync(file, "2025-11-14T14:40:00: PM2 log: App [late:1] exited wi");
  exits.refresh();
  expect(exits.get("late", 1)).toBeNull();
  fs.appendFileSync(file, "th code [9] via signal [SIGTERM]\n");
  exits.refresh();
  expect(exits.get("late", 1)).toMatchObject({ code: 9, signal: "SIGTERM" });
  expect(Math.abs(exits.get("late", 1)!.at - Date.now())).toBeLessThan(5000);
  fs.rmSync(file);
  line("App [new:2] exited with code [4] via signal [SIGINT]");
  exits.refresh();
  expect(exits.get("new", 2)).toMatchObject({ code: 4 });
});

test("starts at boot: saved and brought back by a unit, unknown without the unit, no when not saved", () => {
  const list = createBootList(folder, "nobody-has-this-unit");
  expect(list.has("web")).toBe(false);
  fs.writeFileSync(path.join(folder, "dump.pm2"), JSON.stringify([{ name: "web", env: { SECRET: "x" } }]));
  const saved = createBootList(folder, "nobody-has-this-unit");
  expect([saved.has("web"), saved.has("other")]).toEqual([null, false]);
  fs.writeFileSync(path.join(folder, "dump.pm2"), "{ broken");
  expect(createBootList(folder, "x").has("web")).toBeNull();
});

test("on the bus only frames about processes count, not the lines that apps print", () => {
  const frame = (topic: string) =>
    Buffer.concat([Buffer.from([0x12, 0, 0, 0, topic.length + 2]), Buffer.from(`s:${topic}`)]);
  expect(isProcessEvent(frame("process:event"))).toBe(true);
  expect(isProcessEvent(frame("pm2:kill"))).toBe(true);
  expect(isProcessEvent(frame("log:out"))).toBe(false);
  expect(isProcessEvent(Buffer.alloc(0))).toBe(false);
});

test("usage: from /proc where the daemon's processes are in it, else PM2's own memory", () => {
  const record = (pid: number | null) => ({
    name: "a",
    instances: [{ id: "3", pid, state: "online", restarts: 0, since: null }],
  });
  const read = (pid: number | null, daemonPid: number | null) =>
    readUsage([record(pid) as Parameters<typeof readUsage>[0][number]], { daemonPid, memory: new Map([["3", 77]]) });
  const [own] = read(process.pid, process.ppid);
  expect(own!.cpuSeconds).toBeGreaterThan(0);
  expect(own!.memory).toBeGreaterThan(1_000_000);
  expect(read(process.pid, 1_234_567)).toMatchObject([
    { cpuSeconds: null, memory: 77, instances: [{ id: "3", memory: 77 }] },
  ]);
  expect(read(null, null)).toEqual([]);
});
