import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { CgroupReader } from "./cgroup.ts";

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) fs.rmSync(folder, { recursive: true });
});

/** A tree of files that looks like /sys/fs/cgroup. */
function tree(files: Record<string, string>): string {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-cgroup-"));
  made.push(root);
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  }
  return root;
}

const v1 = {
  "cpuacct/docker/abc/cpuacct.usage": "2500000000\n",
  "memory/docker/abc/memory.usage_in_bytes": "10000\n",
  "memory/docker/abc/memory.stat": "cache 1\ninactive_file 7\ntotal_cache 1\ntotal_inactive_file 4000\n",
  "systemd/docker/abc/cgroup.procs": "11\n12\n",
};

test("v1: nanoseconds, and memory without the reclaimable cache", () => {
  const reader = new CgroupReader(tree(v1));
  expect(reader.version).toBe("v1");
  expect(reader.read("/docker/abc")).toEqual({ cpuSeconds: 2.5, memory: 6000 });
  reader.close();
});

test("v1: the joint cpu,cpuacct folder is found too", () => {
  const reader = new CgroupReader(tree({ "cpu,cpuacct/system.slice/a.service/cpuacct.usage": "1000000000\n" }));
  expect(reader.read("/system.slice/a.service")).toEqual({ cpuSeconds: 1, memory: null });
  reader.close();
});

test("v2: microseconds, and no less memory than none", () => {
  const at = "system.slice/x.service";
  const root = tree({
    "cgroup.controllers": "cpu memory\n",
    [`${at}/cpu.stat`]: "usage_usec 1500000\nuser_usec 1\n",
    [`${at}/memory.current`]: "5000\n",
    [`${at}/memory.stat`]: "anon 10\ninactive_anon 1\ninactive_file 6000\n",
  });
  const reader = new CgroupReader(root);
  expect(reader.version).toBe("v2");
  expect(reader.read(`/${at}`)).toEqual({ cpuSeconds: 1.5, memory: 0 });
  fs.writeFileSync(path.join(root, at, "cpu.stat"), "usage_usec 2500000\nuser_usec 1\n");
  expect(reader.read(`/${at}`)?.cpuSeconds).toBe(2.5);
  reader.close();
});

test("hybrid: CPU comes from the unified side where the v1 side does not account", () => {
  const reader = new CgroupReader(
    tree({
      "unified/cgroup.controllers": "",
      "unified/system.slice/x.service/cpu.stat": "usage_usec 250000\n",
      "systemd/system.slice/x.service/cgroup.procs": "7\n",
    }),
  );
  expect(reader.version).toBe("hybrid");
  expect(reader.read("/system.slice/x.service")).toEqual({ cpuSeconds: 0.25, memory: null });
  reader.close();
});

test("a cgroup that only the process hierarchy knows has no figures, one that nothing knows is null", () => {
  const reader = new CgroupReader(tree({ "systemd/system.slice/x.service/cgroup.procs": "7\n" }));
  expect(reader.read("/system.slice/x.service")).toEqual({ cpuSeconds: null, memory: null });
  expect(reader.read("/system.slice/y.service")).toBeNull();
  reader.close();
});

test("processes of it and of its children, empty when it is gone", () => {
  const reader = new CgroupReader(
    tree({
      "systemd/a.slice/cgroup.procs": "1\n",
      "systemd/a.slice/b.scope/cgroup.procs": "2\n3\n",
      "memory/a.slice/cgroup.procs": "99\n",
    }),
  );
  expect(reader.pids("/a.slice").sort()).toEqual([1, 2, 3]);
  expect(reader.pids("/gone.slice")).toEqual([]);
  reader.close();
});

test("retain closes the others; what was closed is opened again at the next read", () => {
  const root = tree({ ...v1, "cpuacct/docker/def/cpuacct.usage": "1000000000\n" });
  const reader = new CgroupReader(root);
  const before = openDescriptors();
  reader.read("/docker/abc");
  reader.read("/docker/def");
  expect(openDescriptors()).toBe(before + 4);
  reader.retain(["/docker/def"]);
  expect(openDescriptors()).toBe(before + 1);
  expect(reader.read("/docker/abc")?.cpuSeconds).toBe(2.5);
  reader.close();
  expect(openDescriptors()).toBe(before);
});

test("a path cannot climb out of the tree", () => {
  const reader = new CgroupReader(tree({ ...v1, "memory/x/y": "" }));
  expect(reader.read("/x/../docker/abc")).toBeNull();
  expect(reader.read("docker/abc")).toBeNull();
  expect(reader.pids("/x/../docker/abc")).toEqual([]);
  reader.close();
});

function openDescriptors(): number {
  return fs.readdirSync("/proc/self/fd").length;
}

test("memory.stat is read again when the sum has changed, not before", () => {
  const root = tree(v1);
  const reader = new CgroupReader(root);
  let cpu = 1;
  const write = (name: string, text: string) => {
    fs.writeFileSync(path.join(root, "memory/docker/abc", name), text);
    fs.writeFileSync(path.join(root, "cpuacct/docker/abc/cpuacct.usage"), `${++cpu}\n`);
  };
  expect(reader.read("/docker/abc")?.memory).toBe(6000);
  write("memory.stat", "total_inactive_file 1000\n");
  expect(reader.read("/docker/abc")?.memory).toBe(6000);
  write("memory.usage_in_bytes", "11000\n");
  expect(reader.read("/docker/abc")?.memory).toBe(10_000);
  reader.close();
});

test("while it uses no CPU its memory is taken to be what it was, for a minute", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const root = tree(v1);
  const write = (file: string, text: string) => fs.writeFileSync(path.join(root, file), text);
  const memory = "memory/docker/abc/memory.usage_in_bytes";
  const reader = new CgroupReader(root);
  expect(reader.read("/docker/abc")).toEqual({ cpuSeconds: 2.5, memory: 6000 });
  write(memory, "20000\n");
  vi.advanceTimersByTime(59_000);
  expect(reader.read("/docker/abc")?.memory).toBe(6000);
  vi.advanceTimersByTime(1000);
  expect(reader.read("/docker/abc")?.memory).toBe(16_000);
  write(memory, "30000\n");
  write("cpuacct/docker/abc/cpuacct.usage", "2500000001\n");
  expect(reader.read("/docker/abc")).toEqual({ cpuSeconds: 2.500000001, memory: 26_000 });
  reader.close();
  vi.useRealTimers();
});
