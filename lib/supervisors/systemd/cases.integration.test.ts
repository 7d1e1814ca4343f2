/** What becomes of real units on a real systemd, beyond the contract. Runs on the test host. */
import fs from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { sleep } from "#lib/platform/clock.ts";
import { createSystemd } from "./adapter.ts";
import { made, make, onTestHost, PLAIN, RUN, record, systemd, until, watchAll } from "./case-rig.ts";
import { property, removeUnit, tool } from "./contract-rig.ts";

onTestHost();

describe("states and reasons of real units", { timeout: 60_000 }, () => {
  test("one that fails: refused with its exit, then listed as failed", async () => {
    const name = await make("fails", ["ExecStart=/bin/sh -c 'exit 3'"]);
    await expect(systemd.act(name, "start", PLAIN)).rejects.toMatchObject({
      reason: "refused",
      message: expect.stringContaining("Exit 3"),
    });
    expect(await record(name)).toMatchObject({
      state: "failed",
      reason: "Exit 3",
      lastExit: { code: 3 },
      listed: true,
    });
  });

  test("one that dies within 50 ms and is restarted for ever: refused, and never fine", async () => {
    const name = await make(
      "dies",
      ["ExecStart=/bin/sh -c 'sleep 0.03; exit 7'", "Restart=always", "RestartSec=20ms"],
      ["StartLimitIntervalSec=0"],
    );
    await expect(systemd.act(name, "start", PLAIN)).rejects.toMatchObject({
      reason: "refused",
      message: expect.stringContaining("ended at once"),
    });
    const looping = await until(
      () => record(name),
      (one) => (one?.restarts ?? 0) > 3 && one?.state === "restarting",
    );
    expect(looping).toMatchObject({ lastExit: { code: 7 }, reason: expect.stringContaining("Exit 7") });
    await systemd.act(name, "stop", PLAIN);
    expect((await record(name))?.state).toBe("stopped");
  });

  test("a restart loop costs a watcher little: changes are gathered", async () => {
    const name = await make(
      "loop",
      ["ExecStart=/bin/sh -c 'sleep 0.01; exit 1'", "Restart=always", "RestartSec=1ms"],
      ["StartLimitIntervalSec=0"],
    );
    const watching = watchAll();
    await until(
      () => watching.counts.reset,
      (resets) => resets > 0,
    );
    await tool("systemctl", "start", name);
    await until(
      () => watching.known.get(name)?.restarts ?? 0,
      (restarts) => restarts > 5,
    );
    const before = { changed: watching.counts.changed, restarts: watching.known.get(name)!.restarts };
    await sleep(3000);
    await tool("systemctl", "stop", name);
    await until(
      () => watching.known.get(name),
      (one) => one?.state === "stopped",
      2000,
    );
    const restarts = Number(await property(name, "NRestarts")) || watching.known.get(name)!.restarts;
    expect(watching.counts.changed - before.changed).toBeGreaterThan(1);
    expect(watching.counts.changed - before.changed).toBeLessThan(15);
    expect(restarts - before.restarts).toBeGreaterThan(5);
    await watching.close();
  });

  test("activating never looks fine, and an action that is canceled says so", async () => {
    const name = await make("slow", ["ExecStartPre=/bin/sleep 30", "ExecStart=/bin/sleep infinity"]);
    const starting = systemd.act(name, "start", PLAIN).catch((error: Error) => error);
    await until(
      () => record(name),
      (one) => one?.state === "starting",
    );
    expect(await record(name)).toMatchObject({ nativeState: "activating (start-pre)" });
    await tool("systemctl", "stop", name);
    expect(await starting).toMatchObject({ reason: "refused", message: expect.stringContaining("another action") });
  });

  test("detached: the call is back before the job is done", async () => {
    const name = await make("detached", ["ExecStartPre=/bin/sleep 30", "ExecStart=/bin/sleep infinity"]);
    await systemd.act(name, "start", { ...PLAIN, detached: true });
    expect(await property(name, "ActiveState")).toBe("activating");
    await systemd.act(name, "stop", PLAIN);
  });

  test("an abort leaves the job to systemd and is no error", async () => {
    const name = await make("abort", ["ExecStartPre=/bin/sleep 1", "ExecStart=/bin/sleep infinity"]);
    await systemd.act(name, "start", PLAIN, AbortSignal.timeout(200));
    expect(await property(name, "ActiveState")).toBe("activating");
    await until(
      () => property(name, "ActiveState"),
      (state) => state === "active",
    );
  });

  test("a condition that does not hold: refused with its name", async () => {
    const name = await make("condition", ["ExecStart=/bin/sleep infinity"], ["ConditionPathExists=/nowhere"]);
    await expect(systemd.act(name, "start", PLAIN)).rejects.toMatchObject({
      reason: "refused",
      message: expect.stringContaining("ConditionPathExists=/nowhere"),
    });
  });

  test("a job that ends with success at once is no failure", async () => {
    const name = await make("job", ["Type=oneshot", "ExecStart=/bin/true"]);
    await systemd.act(name, "start", PLAIN);
    expect(await record(name)).toMatchObject({ state: "stopped" });
  });

  test("masked: refused with what to do, not listed, nothing to click", async () => {
    const name = `${RUN}-masked.service`;
    made.add(name);
    await fs.symlink("/dev/null", `/etc/systemd/system/${name}`);
    await tool("systemctl", "daemon-reload");
    await expect(systemd.act(name, "start", PLAIN)).rejects.toMatchObject({
      reason: "refused",
      message: expect.stringContaining("masked"),
    });
  });

  test("one that never existed is not found, one without ExecReload= takes no reload", async () => {
    await expect(systemd.act("trihelm-never.service", "start", PLAIN)).rejects.toMatchObject({ reason: "not_found" });
    await expect(systemd.inspect("trihelm-never.service")).rejects.toMatchObject({ reason: "not_found" });
    const name = await make("noreload", ["ExecStart=/bin/sleep infinity"]);
    await systemd.act(name, "start", PLAIN);
    await expect(systemd.act(name, "reload", PLAIN)).rejects.toMatchObject({ reason: "unsupported" });
    await expect(systemd.act(name, "kill", { ...PLAIN, signal: "SIGNONE" })).rejects.toMatchObject({
      reason: "unsupported",
    });
  });

  test("stopped, and forgotten by systemd: still listed as stopped, and gone with its file", async () => {
    const name = await make("forgotten", ["ExecStart=/bin/sleep infinity"]);
    const watching = watchAll();
    await systemd.act(name, "start", PLAIN);
    await until(
      () => watching.known.get(name)?.state,
      (state) => state === "running",
    );
    await systemd.act(name, "stop", PLAIN);
    expect(await tool("systemctl", "list-units", "--all", "--plain", "--no-legend", name)).toBe("");
    await until(
      () => watching.known.get(name)?.state,
      (state) => state === "stopped",
    );
    const fresh = createSystemd({ host: "local", mode: "system" });
    expect((await fresh.list()).find((one) => one.name === name)).toMatchObject({ state: "stopped", listed: true });
    expect((await fresh.list()).find((one) => one.name === name)).toMatchObject({ actions: ["start", "restart"] });
    fresh.close();
    await removeUnit(name);
    await until(
      () => watching.known.has(name),
      (has) => !has,
    );
    expect(await record(name)).toBeUndefined();
    await watching.close();
  });

  test("killed at its memory limit", async (context) => {
    const script = "const a = []; while (a.length < 400) a.push(Buffer.alloc(1048576, 1))";
    const name = await make("oom", [
      `ExecStart=${process.execPath} -e "${script}"`,
      "MemoryMax=30M",
      "MemorySwapMax=0",
    ]);
    await systemd.act(name, "start", PLAIN).catch(() => undefined);
    const ended = await until(
      () => record(name),
      (one) => one?.state === "failed" || one?.state === "stopped",
    );
    // without a memory controller that systemd may use, nothing limits it and it ends with success
    if (ended?.state === "stopped") return context.skip();
    expect(ended).toMatchObject({ memoryLimit: 30 * 1024 * 1024, lastExit: { signal: "SIGKILL" } });
    // with the first version of cgroups the kernel does not tell systemd why
    const told = await fs.stat("/sys/fs/cgroup/cgroup.controllers").then(
      () => true,
      () => false,
    );
    expect(ended?.lastExit?.oomKilled).toBe(told);
    expect(ended?.reason).toBe(
      told ? "Killed by the kernel at its 30 MB memory limit (oom-kill)" : "Killed by SIGKILL",
    );
  });

  test("one that systemd cannot describe, as its command is no UTF-8, hides neither itself nor the others", async () => {
    const name = await make("bytes", ['ExecStart=/bin/sh -c "exec sleep infinity" \\xff\\xfe', "Environment=A=1"]);
    await systemd.act(name, "start", PLAIN);
    expect(await record(name)).toMatchObject({ state: "running", listed: true, actions: ["stop", "restart", "kill"] });
    const detail = await systemd.inspect(name);
    expect(detail.environment).toEqual([{ name: "A", value: "1" }]);
    expect(detail.files[0]!.text).toContain("xff");
    await systemd.act(name, "stop", PLAIN);
  });

  test("transient units are listed with their tag, and gone when they end", async () => {
    await tool("systemd-run", `--unit=${RUN}-run`, "sleep", "300");
    const name = `${RUN}-run.service`;
    expect(await record(name)).toMatchObject({ state: "running", tag: "transient", listed: true });
    await systemd.act(name, "stop", PLAIN);
    expect(await record(name)).toBeUndefined();
  });
});

describe("the start limit", { timeout: 60_000 }, () => {
  test("one start too many is refused with the time to wait, also by one who has just come; forced, it goes", async () => {
    const name = await make(
      "limit",
      ["ExecStart=/bin/sleep infinity"],
      ["StartLimitBurst=3", "StartLimitIntervalSec=20"],
    );
    await tool("systemctl", "start", name);
    await tool("systemctl", "restart", name);
    await systemd.act(name, "restart", PLAIN);
    const fresh = createSystemd({ host: "local", mode: "system" });
    const before = await property(name, "InvocationID");
    await expect(fresh.act(name, "restart", PLAIN)).rejects.toMatchObject({
      reason: "start_limit",
      retryAfter: expect.any(Number),
    });
    expect(await property(name, "InvocationID")).toBe(before);
    expect(await property(name, "ActiveState")).toBe("active");
    await fresh.act(name, "restart", { ...PLAIN, force: true });
    expect(await property(name, "InvocationID")).not.toBe(before);
    expect(await property(name, "ActiveState")).toBe("active");
    fresh.close();
  });

  test("after the time that was told, it starts", async () => {
    const name = await make(
      "wait",
      ["ExecStart=/bin/sleep infinity"],
      ["StartLimitBurst=2", "StartLimitIntervalSec=4"],
    );
    await systemd.act(name, "start", PLAIN);
    await systemd.act(name, "restart", PLAIN);
    const refused = await systemd.act(name, "restart", PLAIN).catch((error: { retryAfter: number }) => error);
    expect(refused).toMatchObject({ reason: "start_limit" });
    await sleep(refused!.retryAfter * 1000);
    await systemd.act(name, "restart", PLAIN);
    expect(await property(name, "ActiveState")).toBe("active");
  });
});
