import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CgroupIo, parseMoved } from "./cgroup-io.ts";
import { sumOf } from "./disks.ts";
import { machineNetworks, networkOf } from "./network-bytes.ts";
import { ProcessIo } from "./process-io.ts";

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-io-"));
});
afterEach(() => fs.rmSync(root, { recursive: true }));

const write = (file: string, text: string) => {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), text);
};

test("both versions of cgroups; a loop is counted with the disk below it, and so is what is made of disks", () => {
  const isStacked = (device: string) => device === "253:0";
  const v2 =
    "253:0 rbytes=10 wbytes=20 rios=1 wios=1 dbytes=0 dios=0\n8:0 rbytes=1 wbytes=2 rios=1\n7:0 rbytes=9 wbytes=9\n";
  expect(parseMoved(v2, isStacked)).toEqual({ read: 1, written: 2 });
  expect(parseMoved("253:0 rbytes=10 wbytes=20\n", isStacked)).toEqual({ read: 10, written: 20 });
  expect(parseMoved("8:0 Read 4096\n8:0 Write 512\n8:0 Sync 0\nTotal 4608\n", isStacked)).toEqual({
    read: 4096,
    written: 512,
  });
  expect(parseMoved("", isStacked)).toEqual({ read: 0, written: 0 });
  expect(parseMoved("Total 0\n", isStacked)).toBeNull();
});

test("a cgroup is read through a kept descriptor; one that is not accounted has no figure", () => {
  write("cgroup.controllers", "io");
  write("a.slice/io.stat", "8:0 rbytes=5 wbytes=6\n");
  const io = new CgroupIo(root);
  expect(io.read("/a.slice")).toEqual({ read: 5, written: 6 });
  write("a.slice/io.stat", "8:0 rbytes=7 wbytes=8\n");
  expect(io.read("/a.slice")).toEqual({ read: 7, written: 8 });
  expect([io.read("/b.slice"), io.read("/../a.slice")]).toEqual([null, null]);
  io.close();
});

test("whole disks alone", () => {
  const text =
    "   8 0 sda 10 0 100 0 20 0 200 0 0 0 0\n   8 1 sda1 10 0 90 0 20 0 190 0 0 0 0\n   7 0 loop0 1 0 1 0 1 0 1 0\n";
  expect(sumOf(text, new Set(["sda"]))).toEqual({ read: 51_200, written: 102_400 });
});

test("a network of its own is counted without its loopback, the machine's is not", () => {
  const dev =
    "Inter-|\n face |\n    lo: 9 0 0 0 0 0 0 0 9 0\n  eth0: 100 1 0 0 0 0 0 0 200 2 0\n  eth1:1 1 0 0 0 0 0 0 2 2 0\n";
  for (const [pid, namespace] of [
    ["1", "net:[1]"],
    ["self", "net:[1]"],
    ["5", "net:[2]"],
    ["6", "net:[1]"],
  ] as const) {
    write(`${pid}/net/dev`, dev);
    fs.mkdirSync(path.join(root, pid, "ns"));
    fs.symlinkSync(namespace, path.join(root, pid, "ns/net"));
  }
  expect(networkOf(5, machineNetworks(root), root)).toEqual({ received: 101, sent: 202 });
  expect([networkOf(6, machineNetworks(root), root), networkOf(7, machineNetworks(root), root)]).toEqual([null, null]);
});

test.each([
  ["at most so long", 0, [0, 1, 3, 7, 11, 15, 16, 18, 22]],
  ["at least half of it", 1, [0, 0.5, 1.5, 3.5, 5.5, 7.5, 9.5, 11.5, 13.5, 14, 15, 17, 19, 21, 23]],
])("who belongs to a group is asked ever more seldom while it is always the same ones, %s", (_, random, minutes) => {
  vi.useFakeTimers({ toFake: ["performance"] });
  vi.spyOn(Math, "random").mockReturnValue(random);
  const io = new ProcessIo(root);
  for (const pid of [5, 6]) write(`${pid}/io`, "read_bytes: 1\nwrite_bytes: 1\n");
  const asked: number[] = [];
  for (let seconds = 0; seconds < 24 * 60; seconds += 10) {
    io.read("a", () => {
      asked.push(seconds / 60);
      return seconds < 12 * 60 ? [5] : [5, 6];
    });
    vi.advanceTimersByTime(10_000);
  }
  expect(asked).toEqual(minutes);
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test("processes added up: each from when it was first seen, and never back when one ends", () => {
  const io = new ProcessIo(root);
  const moved = (pid: number, read: number) =>
    write(`${pid}/io`, `rchar: 9\nread_bytes: ${read}\nwrite_bytes: ${read * 2}\n`);
  moved(5, 100);
  moved(6, 1000);
  expect(io.read("a", () => [5, 6, 7])).toEqual({ read: 0, written: 0 });
  moved(5, 150);
  moved(6, 1001);
  expect(io.read("a", () => [])).toEqual({ read: 51, written: 102 });
  fs.rmSync(path.join(root, "6"), { recursive: true });
  moved(5, 160);
  expect(io.read("a", () => [])).toEqual({ read: 61, written: 122 });
  expect(io.read("b", () => [9])).toBeNull();
});
