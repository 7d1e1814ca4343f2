import fs from "node:fs";
import { describe, expect, test } from "vitest";
import type { BusObject } from "./bus/decode.ts";
import { inspectionOf } from "./inspect.ts";
import { recordOf } from "./record.ts";
import { type Unit, unitOf } from "./unit.ts";

const read = (name: string) =>
  JSON.parse(fs.readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8"), (_, value) =>
    value && typeof value === "object" && "bigint" in value ? BigInt(value.bigint) : value,
  ) as BusObject;
const recorded = read("units.json");
const unit = (name: string, change: Partial<Unit> = {}): Unit => ({
  ...unitOf(`rec-${name}.service`, recorded[name] as BusObject),
  ...change,
});
const record = (name: string, change: Partial<Unit> = {}) => recordOf(unit(name, change), null, []);

describe("records of recorded units", () => {
  test("a running service, whole", () => {
    const { mainPid, activeAt } = unit("simple");
    expect(record("simple")).toEqual({
      name: "rec-simple.service",
      title: "A gateway",
      group: "apps.slice",
      state: "running",
      nativeState: "active (running)",
      health: "none",
      since: new Date(activeAt!).toISOString(),
      restarts: 0,
      lastExit: null,
      instances: [
        { id: String(mainPid), pid: mainPid, state: "running", restarts: 0, since: new Date(activeAt!).toISOString() },
      ],
      memoryLimit: 1024 ** 3,
      ports: [],
      restartPolicy: { policy: "on-failure", delay: 5, limit: 5, window: 10 },
      startsAtBoot: true,
      source: "/etc/systemd/system/rec-simple.service",
      actions: ["stop", "restart", "kill"],
      listed: true,
      tag: null,
      reason: null,
      addresses: [],
      dependents: [],
    });
  });

  test.each([
    ["fails", "failed", "Exit 3"],
    ["loops", "restarting", "Exit 1, starts again after 30 s"],
    ["noexec", "failed", "Exit 203 (EXEC: its program cannot be run)"],
    ["starting", "starting", null],
    ["oneshot", "running", null],
    ["killed", "failed", "Killed by SIGSEGV"],
    ["limit", "failed", "Exit 4, after 1 restart"],
    ["condition", "stopped", null],
    ["broken", "failed", "Unit rec-broken.service has a bad unit file setting."],
    ["masked", "stopped", "Masked: it cannot be started until it is unmasked"],
    ["run", "running", null],
  ])("%s is %s: %s", (name, state, reason) => {
    expect(record(name)).toMatchObject({ state, reason });
  });

  test("the last exit, in code or signal", () => {
    expect(record("fails").lastExit).toMatchObject({ code: 3, signal: null, oomKilled: false });
    expect(record("killed").lastExit).toMatchObject({ code: null, signal: "SIGSEGV" });
    expect(record("starting").lastExit).toBeNull();
  });

  test.each([
    ["fails", ["start", "restart"]],
    ["loops", ["start", "stop", "restart"]],
    ["starting", ["stop", "restart", "kill"]],
    ["oneshot", ["stop", "restart"]],
    ["masked", []],
    ["broken", []],
  ])("actions of %s", (name, actions) => {
    expect(record(name).actions).toEqual(actions);
  });

  test("figures that are not set are null, and of a transient unit the tag says so", () => {
    expect(record("fails").memoryLimit).toBeNull();
    expect(record("run")).toMatchObject({ tag: "transient", listed: true, startsAtBoot: false });
    expect(record("oneshot").instances).toEqual([]);
  });
});

describe("what systemd says in other cases", () => {
  const killed = { how: "killed", status: 9, at: 1_795_260_000_000 } as const;

  test("killed at its memory limit", () => {
    expect(record("fails", { result: "oom-kill", exit: killed, memoryMax: 1024 ** 3 })).toMatchObject({
      reason: "Killed by the kernel at its 1 GB memory limit (oom-kill)",
      lastExit: { signal: "SIGKILL", oomKilled: true },
    });
  });

  test("a condition that did not hold, while systemd remembers it", () => {
    const from = { ...(recorded.condition as BusObject), ConditionTimestamp: 1_795_260_947_540_983 };
    expect(recordOf(unitOf("a.service", from), null, []).reason).toBe(
      "It was not started: ConditionPathExists=/nowhere does not hold",
    );
  });

  test.each([
    ["start-limit-hit", "Started more than 5 times in 10 s (start-limit-hit); the last run ended with Exit 3"],
    ["timeout", "It took longer than its time limit to start or stop, and was ended (timeout)"],
    ["watchdog", "It gave no sign of life to its watchdog, and was ended (watchdog)"],
    ["protocol", "It did not report to systemd as its Type= asks (protocol)"],
    ["something-new", "Exit 3"],
  ])("result %s", (result, reason) => {
    expect(record("fails", { result }).reason).toBe(reason);
  });

  test("after a restart of its own the end before it is still the last one; after one by hand it is not", () => {
    const remembered = { exit: killed, oomKilled: true };
    expect(recordOf(unit("simple", { restarts: 2 }), remembered, []).lastExit).toMatchObject({
      signal: "SIGKILL",
      oomKilled: true,
    });
    expect(recordOf(unit("simple", { restarts: 0 }), remembered, []).lastExit).toBeNull();
  });

  test("slices that systemd makes for templates are no groups", () => {
    const instance = { ...unit("simple"), name: "a@b.service" };
    expect(recordOf({ ...instance, slice: "system-a.slice" }, null, []).group).toBeNull();
    expect(recordOf({ ...instance, slice: "shop.slice" }, null, []).group).toBe("shop.slice");
  });

  test("dependents are services only, and not itself", () => {
    const requiredBy = ["multi-user.target", "b.service", "a.service", "rec-simple.service"];
    expect(record("simple", { requiredBy }).dependents).toEqual(["a.service", "b.service"]);
  });
});

describe("inspection", () => {
  test("environment and native properties are kept apart", async () => {
    const detail = await inspectionOf("rec-simple.service", read("get-all-simple.json"));
    expect(detail.environment).toEqual([
      { name: "TOKEN", value: "s3cret" },
      { name: "WORDS", value: "two words" },
    ]);
    expect(JSON.stringify(detail.native)).not.toContain("s3cret");
    expect(detail.native.MemorySwapMax).toBeNull();
    expect(detail).toMatchObject({ command: ["/bin/sleep", "infinity"], user: "nobody", workingDirectory: null });
    expect(detail.mounts).toEqual([{ type: "bind", source: "/etc/hostname", target: "/etc/hostname", readOnly: true }]);
    expect(detail.facts).toContainEqual({ label: "Memory limit", value: "1 GB" });
    expect(detail.files[0]).toMatchObject({ path: "/etc/systemd/system/rec-simple.service", role: "unit", text: null });
    expect(detail.files[0]!.problem).toContain("ENOENT");
  });
});
