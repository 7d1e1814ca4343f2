import { expect, test } from "vitest";
import { filesOf, onlyOf } from "./log-paths.ts";
import { parseProcesses } from "./parse.ts";

const processOf = (out: string, err: string) =>
  parseProcesses([
    { pid: 1, name: "app", pm_id: 0, pm2_env: { status: "online", pm_out_log_path: out, pm_err_log_path: err } },
  ])[0]!;

test("each file once, the same file for both counts as standard output, and no log at all is none", () => {
  const two = [processOf("/a/out.log", "/a/err.log"), processOf("/a/out.log", "/a/err.log")];
  expect([...filesOf(two)]).toEqual([
    ["/a/out.log", "stdout"],
    ["/a/err.log", "stderr"],
  ]);
  expect([...filesOf([processOf("/a.log", "/a.log")])]).toEqual([["/a.log", "stdout"]]);
  expect(filesOf([processOf("/dev/null", "NULL")]).size).toBe(0);
});

test("as root only what the daemon's user owns", () => {
  expect(onlyOf(null)).toBeNull();
  expect(onlyOf(1000)?.({ file: "/x", descriptor: 0, uid: 1000n })).toBeNull();
  expect(onlyOf(1000)?.({ file: "/x", descriptor: 0, uid: 0n })).toMatch(/belong/);
});
