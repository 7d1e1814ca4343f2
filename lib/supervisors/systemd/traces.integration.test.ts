/** Ports, usage, detail and logs of real units, and a systemd that goes and comes back. Runs on the test host. */
import fs from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { sleep } from "#lib/platform/clock.ts";
import type { LogQuery, LogRecord } from "../supervisor.ts";
import { createSystemd } from "./adapter.ts";
import { make, onTestHost, PLAIN, record, systemd, until, watchAll } from "./case-rig.ts";
import { property, tool } from "./contract-rig.ts";

onTestHost();
const NEVER = new AbortController().signal;

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
    // in three entries
    expect(texts.filter((text) => text.startsWith("xxx")).map(({ length }) => length)).toEqual([100_000]);
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
