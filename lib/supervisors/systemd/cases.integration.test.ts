/** What real units do on a real systemd, beyond the contract. Runs on the test host. */
import fs from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sleep } from "#lib/platform/clock.ts";
import type { ActOptions, Change, LogQuery, LogRecord, ServiceRecord } from "../supervisor.ts";
import { createSystemd } from "./adapter.ts";
import { property, removeUnit, requireTestHost, tool, writeUnit } from "./contract-rig.ts";

const PLAIN: ActOptions = { timeout: null, signal: null, force: false, detached: false };
const NEVER = new AbortController().signal;
const systemd = createSystemd({ host: "local", mode: "system" });
const made = new Set<string>();
/** the journal remembers earlier runs */
const RUN = `trihelm-case-${Date.now().toString(36)}`;

beforeAll(requireTestHost);
afterAll(async () => {
  for (const name of made) await removeUnit(name);
  systemd.close();
}, 60_000);

/** A unit of the tests' own; `service` are lines of its [Service] section. */
async function make(name: string, service: string[], unit: string[] = []): Promise<string> {
  const full = `${RUN}-${name}.service`;
  made.add(full);
  await writeUnit(full, ["[Unit]", ...unit, "[Service]", ...service, "[Install]", "WantedBy=multi-user.target"]);
  return full;
}

const record = async (name: string) => (await systemd.list()).find((one) => one.name === name);

async function until<T>(read: () => Promise<T> | T, ok: (value: T) => boolean, milliseconds = 15_000): Promise<T> {
  const end = Date.now() + milliseconds;
  let value = await read();
  while (!ok(value) && Date.now() < end) {
    await sleep(25);
    value = await read();
  }
  expect(ok(value), `last seen: ${JSON.stringify(value)?.slice(0, 600)}`).toBe(true);
  return value;
}

function watchAll() {
  const ending = new AbortController();
  const known = new Map<string, ServiceRecord>();
  const counts = { reset: 0, changed: 0, gone: 0, down: 0 };
  const reading = (async () => {
    for await (const change of systemd.watch(ending.signal)) apply(change);
  })();
  function apply(change: Change) {
    counts[change.type] += 1;
    if (change.type === "reset") {
      known.clear();
      for (const one of change.records) known.set(one.name, one);
    } else if (change.type === "changed") known.set(change.record.name, change.record);
    else if (change.type === "gone") known.delete(change.name);
  }
  return {
    known,
    counts,
    close: async () => {
      ending.abort();
      await reading;
    },
  };
}

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

describe("ports, usage, detail", { timeout: 60_000 }, () => {
  test("five ports of a unit's processes, seen soon after its start", async () => {
    // the test host shares this machine's network, where others may have theirs
    const first = 20_000 + (process.pid % 10_000);
    const script = `for (let p = ${first}; p < ${first + 5}; p++) require('net').createServer().listen(p, '127.0.0.1')`;
    const name = await make("ports", [`ExecStart=${process.execPath} -e "${script}"`]);
    const watching = watchAll();
    await systemd.act(name, "start", PLAIN);
    const ports = await until(
      () => watching.known.get(name)?.ports ?? [],
      (list) => list.length === 5,
    );
    expect(ports.map((port) => port.port)).toEqual([0, 1, 2, 3, 4].map((index) => first + index));
    expect(ports[0]).toMatchObject({ protocol: "tcp", address: "127.0.0.1", target: null });
    expect((await record(name))?.ports.length).toBe(5);
    await watching.close();
  });

  test("CPU and memory of what runs", async () => {
    const name = await make("busy", [
      "ExecStart=/bin/sh -c 'i=0; while [ $$i -lt 300000 ]; do i=$$((i+1)); done; exec sleep infinity'",
    ]);
    await systemd.act(name, "start", PLAIN);
    const used = await until(
      async () => (await systemd.usage([(await record(name))!]))[0],
      (usage) => (usage?.cpuSeconds ?? 0) > 0.05,
    );
    expect(used).toMatchObject({ name, at: expect.any(Number), instances: [{ cpuSeconds: expect.any(Number) }] });
    expect(used!.memory).toBeGreaterThan(10_000);
  });

  test("environment files, drop-ins and the unit file's text", async () => {
    const name = await make("detail", [
      "ExecStart=/bin/sleep infinity",
      "Environment=A=unit B=unit",
      "EnvironmentFile=/etc/trihelm-case.env",
      "UnsetEnvironment=C",
    ]);
    await fs.writeFile("/etc/trihelm-case.env", "B='from file'\nC=gone\n");
    await fs.mkdir(`/etc/systemd/system/${name}.d`, { recursive: true });
    await fs.writeFile(`/etc/systemd/system/${name}.d/limit.conf`, "[Service]\nMemoryMax=64M\n");
    await tool("systemctl", "daemon-reload");
    const detail = await systemd.inspect(name);
    expect(detail.environment).toEqual([
      { name: "A", value: "unit" },
      { name: "B", value: "from file" },
    ]);
    expect(detail.files.map((file) => [file.role, file.problem])).toEqual([
      ["unit", null],
      ["drop-in", null],
    ]);
    expect(detail.files[1]!.text).toContain("MemoryMax=64M");
    expect(JSON.stringify(detail.native)).not.toContain("from file");
    await fs.rm(`/etc/systemd/system/${name}.d`, { recursive: true });
  });
});

describe("logs of real units", { timeout: 60_000 }, () => {
  const ALL = { tail: null, since: null, until: null, after: null, follow: false };

  test("a unit that never logged, followed: no line of a burst is lost, none comes twice", async () => {
    const name = await make("burst", [
      "Type=oneshot",
      "LogRateLimitIntervalSec=0",
      "ExecStart=/bin/sh -c 'i=0; while [ $$i -lt 2500 ]; do echo line $$i; i=$$((i+1)); done'",
    ]);
    const ending = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const line of systemd.logs(name, { ...ALL, tail: 10, follow: true }, ending.signal))
        if (line.text.startsWith("line ")) seen.push(line.text);
    })();
    await sleep(400);
    await tool("systemctl", "start", name);
    await until(
      () => seen.length,
      (count) => count >= 2500,
    );
    await sleep(200);
    ending.abort();
    await reading;
    expect(seen).toEqual(Array.from({ length: 2500 }, (_, index) => `line ${index}`));
  });

  test("strange lines, the newest, bounds, and going on from a cursor in the middle of an entry", async () => {
    const printed = "/etc/trihelm-case-lines";
    await fs.writeFile(
      printed,
      Buffer.concat([Buffer.from("plain\n<3>bad\n\xff\xfe bytes\n", "latin1"), Buffer.alloc(100_000, "x")]),
    );
    const name = await make("lines", ["Type=oneshot", `ExecStart=/bin/cat ${printed}`]);
    await tool("systemctl", "start", name);
    // an entry of several lines, about a process of the unit
    const several = await make("several", ["ExecStart=/bin/sleep infinity"]);
    await tool("systemctl", "start", several);
    const fields = `MESSAGE=first\\nMESSAGE=second\\nOBJECT_PID=${await property(several, "MainPID")}\\n`;
    await tool("sh", "-c", `printf '${fields}' | logger --journald`);
    await tool("journalctl", "--sync");
    const read = async (query: Partial<LogQuery>, unit = name) => {
      const lines: LogRecord[] = [];
      for await (const line of systemd.logs(unit, { ...ALL, ...query }, NEVER)) lines.push(line);
      return lines;
    };
    const all = await read({});
    const texts = all.map((line) => line.text);
    expect(texts).toContain("plain");
    expect(all.find((line) => line.text === "bad")).toMatchObject({ stream: "stderr", priority: 3 });
    expect(texts).toContain("\ufffd\ufffd bytes");
    expect(
      texts
        .join("")
        .match(/x{1000,}/g)!
        .join("").length,
    ).toBe(100_000);
    expect((await read({ tail: 2 })).map((line) => line.text)).toEqual(texts.slice(-2));
    const middle = all[2]!;
    expect((await read({ after: middle.cursor })).map((line) => line.text)).toEqual(texts.slice(3));
    expect((await read({ after: middle.cursor, tail: 1 })).map((line) => line.text)).toEqual(texts.slice(-1));
    expect((await read({ since: middle.time, tail: 1 })).map((line) => line.text)).toEqual(texts.slice(-1));
    expect((await read({ since: all.at(-2)!.time, tail: 50 })).map((line) => line.text)).toEqual(texts.slice(-2));
    const lastUntil = all.filter((line) => line.time <= middle.time).at(-1)!;
    expect((await read({ until: middle.time, tail: 1 })).map((line) => line.text)).toEqual([lastUntil.text]);
    const firstUntil = all.filter((line) => line.time <= all[0]!.time);
    expect((await read({ until: all[0]!.time })).length).toBe(firstUntil.length);
    expect((await read({ since: "2099-01-01T00:00:00Z" })).length).toBe(0);
    const entry = await read({}, several);
    const first = entry.findIndex((line) => line.text === "first");
    expect(entry[first]!.cursor).toBe(`${entry[first + 1]!.cursor}#0`);
    expect((await read({ after: entry[first]!.cursor }, several)).map((line) => line.text)).toEqual(
      entry.slice(first + 1).map((line) => line.text),
    );
    await expect(read({ after: "--vacuum-size=1" })).rejects.toMatchObject({ reason: "invalid_name" });
  });
});

describe("a bus and a systemd that come back", { timeout: 60_000 }, () => {
  test("the message bus is restarted, then killed: a reset each time, and actions go on", async () => {
    const name = await make("bus", ["ExecStart=/bin/sleep infinity"]);
    const watching = watchAll();
    await until(
      () => watching.counts.reset,
      (resets) => resets > 0,
    );
    for (const command of ["systemctl restart dbus.service", "systemctl kill --signal=SIGKILL dbus.service"]) {
      const { reset } = watching.counts;
      await tool("sh", "-c", command);
      await until(
        () => watching.counts.reset,
        (resets) => resets > reset,
      );
      await systemd.act(name, "restart", PLAIN);
      await until(
        () => watching.known.get(name)?.state,
        (state) => state === "running",
        1000,
      );
      expect((await systemd.probe()).status).toBe("ready");
    }
    await watching.close();
  });

  test("systemd re-executes itself: signals still arrive", async () => {
    const name = await make("reexec", ["ExecStart=/bin/sleep infinity"]);
    const watching = watchAll();
    await tool("systemctl", "start", name);
    await until(
      () => watching.known.get(name)?.state,
      (state) => state === "running",
    );
    await tool("systemctl", "daemon-reexec");
    await tool("systemctl", "stop", name);
    await until(
      () => watching.known.get(name)?.state,
      (state) => state === "stopped",
      3000,
    );
    await tool("systemctl", "start", name);
    await until(
      () => watching.known.get(name)?.state,
      (state) => state === "running",
      1000,
    );
    await watching.close();
  });

  test("without a bus root speaks to systemd itself, where no other socket was asked for", async () => {
    const name = await make("private", ["ExecStart=/bin/sleep infinity"]);
    const earlier = process.env.DBUS_SYSTEM_BUS_ADDRESS;
    process.env.DBUS_SYSTEM_BUS_ADDRESS = "unix:path=/nowhere/bus";
    const direct = createSystemd({ host: "local", mode: "system" });
    expect((await direct.probe()).status).toBe("ready");
    await direct.act(name, "start", PLAIN);
    expect((await direct.list()).find((one) => one.name === name)).toMatchObject({ state: "running" });
    direct.close();
    if (earlier === undefined) delete process.env.DBUS_SYSTEM_BUS_ADDRESS;
    else process.env.DBUS_SYSTEM_BUS_ADDRESS = earlier;
  });
});
