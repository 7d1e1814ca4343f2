import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sleep } from "#lib/platform/clock.ts";
import { allPids, processTree, readText } from "#lib/platform/proc.ts";
import { type Rig, supervisorContract } from "../contract.ts";
import type { ServiceAction, ServiceRecord } from "../supervisor.ts";
import { createPm2 } from "./adapter.ts";
import { createPm2Rig, type Pm2Rig } from "./pm2-rig.ts";

const PLAIN = { timeout: null, signal: null, force: false, detached: false };
const SECRET = { CONTRACT_SECRET: "contract-secret-value" };

supervisorContract("pm2", async (): Promise<Rig> => {
  const rig = createPm2Rig();
  const subject = "trihelm-contract";
  const create = (name: string) => rig.start([rig.app, "--name", name, "--", name], SECRET);
  const stale = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-pm2-stale-"));
  await leaveStaleSocket(path.join(stale, "rpc.sock"));
  const typed: Partial<Record<ServiceAction, string>> = { kill: "sendSignal" };
  return {
    supervisor: createPm2({ host: "local", home: rig.home, user: null }),
    subject,
    create,
    async remove(name) {
      const found = await rig.find(name);
      if (found) await rig.pm2("delete", String(found.id));
    },
    native: {
      async act(name, action) {
        await rig.pm2(typed[action] ?? action, String((await rig.find(name))!.id));
      },
      async state(name) {
        const status = (await rig.find(name))?.status;
        if (status === undefined) return "gone";
        return status === "online" ? "running" : "stopped";
      },
      incarnation: async (name) => String((await rig.find(name))?.pid),
    },
    supports: ["start", "stop", "restart", "reload", "kill"],
    legalNames: [
      "with space",
      `quotes ' " and \\`,
      "Ünïcode 名前 🚢",
      "/.*/",
      "0",
      "a/b.config.js",
      "$(touch x);|&*?[]",
      "all",
    ],
    hostileNames: ["", "a\nb", "a\0b", "\u001b[31m", "a\u0085b", "x".repeat(257)],
    unreachable: [
      { is: "absent", supervisor: createPm2({ host: "local", home: path.join(rig.home, "nowhere"), user: null }) },
      { is: "absent", supervisor: createPm2({ host: "local", home: stale, user: "x" }) },
    ],
    daemon: {
      stop: async () => void (await rig.pm2("kill")),
      kill: () => rig.killDaemon(),
      start: () => create(subject),
    },
    async close() {
      await rig.close();
      fs.rmSync(stale, { recursive: true });
    },
  };
});

describe("pm2, beyond the contract", { timeout: 60_000 }, () => {
  let rig: Pm2Rig;
  let pm2: ReturnType<typeof createPm2>;
  const record = async (name: string) => (await pm2.list()).find((one) => one.name === name);
  const reaches = async (name: string, ok: (found: ServiceRecord | undefined) => boolean) => {
    for (let tries = 0; tries < 100 && !ok(await record(name)); tries += 1) await sleep(100);
    const found = await record(name);
    expect(ok(found), JSON.stringify(found)).toBe(true);
    return found!;
  };

  beforeAll(async () => {
    rig = createPm2Rig();
    pm2 = createPm2({ host: "local", home: rig.home, user: null });
    await rig.pm2("ping");
  }, 60_000);
  afterAll(async () => {
    pm2.close();
    await rig.close();
  }, 60_000);

  test("a cluster of four is one app: ports of the daemon are its own, 3 of 4 says so, reload and restart take all", async () => {
    const port = await freePort();
    await rig.start([rig.app, "--name", "cluster", "-i", "4", "--max-memory-restart", "400M"], {
      ...SECRET,
      PORT: String(port),
    });
    const found = await reaches("cluster", (one) => one?.ports.length === 1);
    expect(found).toMatchObject({
      state: "running",
      nativeState: "online",
      tag: "4 of 4",
      reason: null,
      memoryLimit: 4 * 400 * 1024 ** 2,
      ports: [{ protocol: "tcp", address: "127.0.0.1", port, target: null }],
    });
    expect(found.actions).toContain("reload");
    expect(new Set(found.instances.map((one) => one.pid)).size).toBe(4);
    const [usage] = await pm2.usage([found]);
    expect(usage!.instances.map((one) => one.cpuSeconds! > 0 && one.memory! > 10_000_000)).toEqual([
      true,
      true,
      true,
      true,
    ]);

    await rig.pm2("stop", found.instances[3]!.id);
    expect(await record("cluster")).toMatchObject({
      state: "running",
      nativeState: "online (3), stopped (1)",
      tag: "3 of 4",
      reason: expect.stringContaining("stopped (1)"),
    });
    await pm2.act("cluster", "start", PLAIN);
    for (const action of ["reload", "restart"] as const) {
      const before = (await rig.list()).map((one) => one.pid);
      await pm2.act("cluster", action, PLAIN);
      const after = await rig.list();
      expect(after.map((one) => one.status)).toEqual(["online", "online", "online", "online"]);
      expect(after.filter((one) => before.includes(one.pid))).toEqual([]);
    }
    await rig.pm2("delete", "cluster");
  });

  test("a crash loop: waiting, then given up; never fine, with the exit code and a way out", async () => {
    await rig.start([rig.crashing, "--name", "waiting", "--restart-delay", "60000", "--", "3"]);
    const waiting = await reaches("waiting", (one) => one?.state === "restarting");
    expect(waiting).toMatchObject({
      nativeState: "waiting restart",
      lastExit: { code: 3, signal: null },
      reason: "Exit 3. PM2 starts it again after 60 s.",
      instances: [{ pid: null }],
      restartPolicy: { policy: "always", delay: 60, limit: 16, window: 16 },
    });
    expect(Math.abs(Date.parse(waiting.since!) - Date.now())).toBeLessThan(10_000);
    expect(waiting.actions).toEqual(expect.arrayContaining(["restart", "stop"]));
    expect(waiting.actions).not.toContain("kill");
    await pm2.act("waiting", "restart", PLAIN).catch(() => undefined);
    await reaches("waiting", (one) => one?.state === "restarting");
    await pm2.act("waiting", "stop", PLAIN);
    expect(await record("waiting")).toMatchObject({ state: "stopped", actions: ["start"] });

    await rig.start([rig.crashing, "--name", "looping", "--", "4"]);
    const seen = new Set<string>();
    for (let tries = 0; tries < 200 && !seen.has("failed"); tries += 1) {
      seen.add((await record("looping"))!.state);
      await sleep(50);
    }
    expect(seen).toContain("failed");
    expect(await record("looping")).toMatchObject({
      nativeState: "errored",
      lastExit: { code: 4 },
      actions: ["start"],
    });
    await rig.start([rig.crashing, "--name", "once", "--no-autorestart", "--", "5"]);
    expect(await reaches("once", (one) => one?.state === "failed")).toMatchObject({
      nativeState: "stopped",
      reason: "Exit 5. Not set to restart.",
      restartPolicy: { policy: "no" },
    });
    await rig.start([rig.crashing, "--name", "done", "--no-autorestart", "--", "0"]);
    await reaches("done", (one) => one?.state === "stopped");
    await rig.pm2("delete", "waiting", "looping", "once", "done");
  });

  test("what an app's shell has started is held still with it, and goes on with it", async () => {
    const script = ["/bin/sh", "--interpreter", "none", "--name", "shell", "--", "-c", "sleep 300 & wait"];
    await rig.start(script);
    const { pid } = (await rig.find("shell"))!;
    const states = () => processTree(pid).map((one) => readText(`/proc/${one.pid}/stat`)!.split(") ")[1]![0]);
    await expect.poll(() => states().length).toBe(2);
    await pm2.act("shell", "kill", { ...PLAIN, signal: "SIGSTOP" });
    await expect.poll(states).toEqual(["T", "T"]);
    await pm2.act("shell", "kill", { ...PLAIN, signal: "SIGCONT" });
    await expect.poll(states).toEqual(["S", "S"]);
    await rig.pm2("delete", "shell");
  });

  test("a signal is told, though PM2's list has none", async () => {
    await rig.start([rig.app, "--name", "killed", "--restart-delay", "30000"]);
    await pm2.act("killed", "kill", { ...PLAIN, signal: "SIGTERM" });
    expect(await reaches("killed", (one) => one?.lastExit !== null)).toMatchObject({
      state: "restarting",
      lastExit: { code: null, signal: "SIGTERM", oomKilled: false },
    });
    await expect(pm2.act("killed", "kill", PLAIN)).rejects.toMatchObject({ reason: "unsupported" });
    expect(rig.daemonPid()).not.toBeNull();
    await rig.pm2("delete", "killed");
  });

  test("the same name in two namespaces is two apps; an app named `all` is only itself", async () => {
    await rig.start([rig.app, "--name", "api", "--", "one"]);
    await rig.start([rig.app, "--name", "api", "--namespace", "staging", "-f", "--", "two"]);
    await rig.start([rig.app, "--name", "all"]);
    expect((await pm2.list()).map(({ name, title, group }) => [name, title, group])).toEqual(
      expect.arrayContaining([
        ["api", "api", null],
        ["api@staging", "api", "staging"],
        ["all", "all", null],
      ]),
    );
    await pm2.act("all", "stop", PLAIN);
    await pm2.act("api@staging", "stop", PLAIN);
    expect((await rig.list()).map(({ name, namespace, status }) => `${name} ${namespace} ${status}`).sort()).toEqual([
      "all default stopped",
      "api default online",
      "api staging stopped",
    ]);
    await rig.pm2("delete", "all");
  });

  test("secrets of the environment come out of inspect alone, and only in its environment", async () => {
    await rig.start([rig.app, "--name", "secretive"], SECRET);
    expect(JSON.stringify(await pm2.list())).not.toContain("contract-secret-value");
    const { environment, ...detail } = await pm2.inspect("secretive");
    expect(JSON.stringify(detail)).not.toContain("contract-secret-value");
    expect(environment).toContainEqual({ name: "CONTRACT_SECRET", value: "contract-secret-value" });
    expect(detail.native).not.toHaveProperty("env");
    expect(detail.facts).toContainEqual({ label: "Exec mode", value: "fork_mode" });
    expect(detail.command).toEqual(["node", rig.app]);
    await rig.pm2("delete", "secretive");
  });

  test("a daemon that is not there is found when it comes, and nothing of ours starts one", async () => {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-pm2-later-"));
    const absent = createPm2({ host: "local", home, user: null });
    const ending = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const change of absent.watch(ending.signal)) seen.push(change.type);
    })();
    await expect(absent.act("any", "start", PLAIN)).rejects.toMatchObject({ reason: "unreachable" });
    await expect(absent.inspect("any")).rejects.toMatchObject({ reason: "unreachable" });
    expect(await absent.probe()).toMatchObject({ status: "absent", command: "pm2 resurrect" });
    await sleep(1500);
    expect(seen).toEqual(["down"]);
    expect(daemonsOf(home)).toEqual([]);
    expect(fs.readdirSync(home)).toEqual([]);
    fs.symlinkSync(path.join(rig.home, "rpc.sock"), path.join(home, "rpc.sock"));
    fs.symlinkSync(path.join(rig.home, "pub.sock"), path.join(home, "pub.sock"));
    for (let tries = 0; tries < 50 && seen.length < 2; tries += 1) await sleep(100);
    expect(seen).toEqual(["down", "reset"]);
    ending.abort();
    await watching;
    absent.close();
    fs.rmSync(home, { recursive: true });
  });

  test.skipIf(process.getuid?.() !== 0)("another user may not: denied, with whom to ask", async () => {
    const adapter = path.resolve("lib/supervisors/pm2/adapter.ts");
    fs.chmodSync(path.join(rig.home, "rpc.sock"), 0o700);
    const script = `import { createPm2 } from ${JSON.stringify(adapter)};
      const pm2 = createPm2({ host: "local", home: ${JSON.stringify(rig.home)}, user: "root" });
      const probe = await pm2.probe();
      const failure = await pm2.list().catch((error) => error.reason);
      process.stdout.write(JSON.stringify({ probe, failure }));
      process.exit(0);`;
    const { execFileSync } = await import("node:child_process");
    const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      uid: 65_534,
      gid: 65_534,
      encoding: "utf8",
    });
    expect(JSON.parse(output)).toMatchObject({
      failure: "denied",
      probe: { status: "denied", hint: expect.stringContaining("as root"), detail: expect.stringContaining("EACCES") },
    });
  });
});

function daemonsOf(home: string): number[] {
  return allPids().filter((pid) => (readText(`/proc/${pid}/cmdline`) ?? "").includes(`God Daemon (${home})`));
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** As a daemon leaves it that was killed: a socket file, and nobody behind it. */
async function leaveStaleSocket(file: string): Promise<void> {
  const server = net.createServer();
  const aside = `${file}.aside`;
  await new Promise<void>((resolve) => server.listen(file, resolve));
  fs.renameSync(file, aside);
  await new Promise((resolve) => server.close(resolve));
  fs.renameSync(aside, file);
}
