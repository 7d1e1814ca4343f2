import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { monotonic, sleep } from "#lib/platform/clock.ts";
import type { ActOptions, Change, LogQuery, ServiceRecord } from "../supervisor.ts";
import { createDocker } from "./adapter.ts";
import { cliOf, makeImage, openEngine } from "./contract-rig.ts";

const ENDPOINT = "unix:///var/run/docker.sock";
const PREFIX = "trihelm-dkcase";
const IMAGE = `${PREFIX}:base`;
const NOW: ActOptions = { timeout: 1, signal: null, force: true, detached: false };
const HISTORY: LogQuery = { tail: null, since: null, until: null, after: null, follow: false };

const docker = cliOf(ENDPOINT);
const supervisor = createDocker({ host: "local", endpoint: ENDPOINT });
const named = (name: string) => `${PREFIX}-${name}`;
const made = new Set<string>();

async function run(name: string, settings: string[], ...command: string[]) {
  made.add(named(name));
  await docker("run", "--detach", "--name", named(name), "--label", "trihelm.test=1", ...settings, IMAGE, ...command);
}

const shell = (script: string) => ["sh", "-c", script];
/** ignores SIGTERM, as process 1 does without a handler */
const DEAF = shell("echo up; while :; do sleep 1; done");

async function record(name: string, from = supervisor): Promise<ServiceRecord | undefined> {
  return (await from.list()).find((one) => one.name === named(name));
}

async function until(name: string, ok: (one: ServiceRecord) => boolean, from = supervisor): Promise<ServiceRecord> {
  const end = monotonic() + 20_000;
  for (;;) {
    const one = await record(name, from);
    if (one && ok(one)) return one;
    if (monotonic() > end) throw new Error(`${name} never came so far: ${JSON.stringify(one)}`);
    await sleep(100);
  }
}

async function logsOf(name: string, query: Partial<LogQuery> = {}) {
  const found = [];
  for await (const line of supervisor.logs(named(name), { ...HISTORY, ...query }, AbortSignal.timeout(20_000)))
    found.push(line);
  return found;
}

beforeAll(() => makeImage(docker, IMAGE), 60_000);
afterAll(async () => {
  supervisor.close();
  if (made.size > 0) await docker("rm", "--force", ...made).catch(() => "some are gone already");
  await docker("rmi", "--force", IMAGE);
}, 60_000);

describe("how it ended", { timeout: 60_000 }, () => {
  test("by docker stop: stopped, though its code is 137; by docker kill: failed", async () => {
    await run("deaf", [], ...DEAF);
    await docker("stop", "--time", "0", named("deaf"));
    const stopped = { state: "stopped", reason: null, lastExit: { code: 137, signal: "SIGKILL", oomKilled: false } };
    expect(await record("deaf")).toMatchObject(stopped);
    const another = createDocker({ host: "local", endpoint: ENDPOINT });
    expect(await record("deaf", another)).toMatchObject(stopped);
    another.close();
    await run("killed", [], ...DEAF);
    await docker("kill", named("killed"));
    expect(await record("killed")).toMatchObject({ state: "failed", reason: "Killed by SIGKILL (exit 137)" });
  });

  test("by itself: success is stopped, anything else failed", async () => {
    await run("zero", [], "true");
    await run("three", [], ...shell("exit 3"));
    expect(await until("zero", ({ state }) => state !== "running")).toMatchObject({ state: "stopped", reason: null });
    expect(await until("three", ({ state }) => state !== "running")).toMatchObject({
      state: "failed",
      reason: "Exit 3",
    });
  });

  test("by the kernel for memory", async () => {
    const grow = shell("sleep 0.3; x=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; while :; do x=$x$x; done");
    await run("oom", ["--memory", "16m", "--memory-swap", "16m"], ...grow);
    expect(await until("oom", ({ state }) => state !== "running")).toMatchObject({
      state: "failed",
      reason: "Killed by the kernel at its 16 MB memory limit (oom-kill)",
      lastExit: { code: 137, oomKilled: true },
      memoryLimit: 16 * 1024 * 1024,
    });
  });

  test("again and again: its last code is known while it runs", async () => {
    const watching = watch();
    await watching.begun;
    await run("loop", ["--restart", "always"], ...shell("sleep 0.5; exit 7"));
    const waiting = await watching.sees("loop", ({ state, restarts }) => state === "restarting" && restarts > 0);
    expect(waiting).toMatchObject({ reason: "Exit 7", lastExit: { code: 7 }, startsAtBoot: true });
    const running = await watching.sees("loop", ({ state, restarts }) => state === "running" && restarts > 1);
    expect(running.lastExit).toMatchObject({ code: 7, signal: null });
    await watching.close();
    await docker("rm", "--force", named("loop"));
  });
});

describe("what it says", { timeout: 60_000 }, () => {
  test("an unhealthy container runs and says why, without its colours", async () => {
    const check = "printf '\\033[31mno \\033]0;title\\007database\\033[0m\\nsecond'; exit 1";
    await run("sick", ["--health-cmd", check, "--health-interval", "1s", "--health-retries", "1"], ...DEAF);
    expect(await until("sick", ({ health }) => health === "unhealthy")).toMatchObject({
      state: "running",
      nativeState: "Up {age} (unhealthy)",
      reason: "no database",
    });
  });

  test("a hostile environment comes through whole, and nowhere else", async () => {
    const value = "sécret=\"'`$(id)\n\u001b[31m;--x";
    await run("env", ["--env", `API_TOKEN=${value}`, "--env", "EMPTY="], ...DEAF);
    const { environment, native } = await supervisor.inspect(named("env"));
    expect(environment).toContainEqual({ name: "API_TOKEN", value });
    expect(environment).toContainEqual({ name: "EMPTY", value: "" });
    expect(JSON.stringify(native)).not.toContain("cret=");
    expect(JSON.stringify(await record("env"))).not.toContain("cret=");
  });

  test("lines of 20 KB are whole, counted as one, with a terminal and without", async () => {
    const script = shell(
      "for i in 1 2 3 4 5 6; do printf $i; head -c 20000 /dev/zero | tr '\\0' x; echo; done; echo end",
    );
    await run("long", [], ...script);
    await run("long-tty", ["--tty"], ...script);
    for (const name of ["long", "long-tty"]) {
      await until(name, ({ state }) => state === "stopped");
      const all = await logsOf(name);
      expect(all.map(({ text }) => text.length)).toEqual([20_001, 20_001, 20_001, 20_001, 20_001, 20_001, 3]);
      const newest = await logsOf(name, { tail: 3 });
      expect(newest).toEqual(all.slice(-3));
      expect(await logsOf(name, { after: all[1]!.cursor })).toEqual(all.slice(2));
      expect(await logsOf(name, { after: all[1]!.cursor, tail: 2 })).toEqual(all.slice(-2));
      expect(await logsOf(name, { since: all[3]!.time, tail: 0 })).toEqual([]);
      expect(await logsOf(name, { until: all[0]!.time })).toEqual(all.slice(0, 1));
    }
  });

  test("following goes on over a restart and ends when the container is removed", async () => {
    await run("follow", [], ...shell("echo begin; for i in 1 2 3; do echo line $i; done; sleep 1; echo last"));
    const seen = logsOf("follow", { follow: true, tail: 2 });
    await sleep(1500);
    await docker("start", named("follow"));
    await sleep(1500);
    await docker("rm", "--force", named("follow"));
    const texts = (await seen).map(({ text }) => text);
    const run2 = ["begin", "line 1", "line 2", "line 3", "last"];
    expect(texts.slice(-6)).toEqual(["last", ...run2]);
    expect(texts.length).toBeLessThanOrEqual(run2.length * 2);
  });
});

describe("what is done to it", { timeout: 60_000 }, () => {
  test("a rename is the end of one name and the begin of another, a removal the end", async () => {
    await run("before", [], ...DEAF);
    const watching = watch();
    await watching.begun;
    made.add(named("after"));
    await docker("rename", named("before"), named("after"));
    await watching.sees("after", ({ state }) => state === "running");
    expect(watching.names()).not.toContain(named("before"));
    await docker("rm", "--force", named("after"));
    await watching.misses("after");
    await run("after", [], ...DEAF);
    await watching.sees("after", ({ state }) => state === "running");
    await supervisor.act(named("after"), "stop", { ...NOW, timeout: 0 });
    await watching.sees("after", ({ state }) => state === "stopped");
    await watching.close();
  });

  test("the engine's refusals, in its own words", async () => {
    await run("refuse", [], "true");
    await until("refuse", ({ state }) => state === "stopped");
    const acting = (action: "pause" | "kill" | "reload", signal: string | null = null) =>
      supervisor.act(named("refuse"), action, { ...NOW, signal });
    await expect(acting("pause")).rejects.toMatchObject({ reason: "refused", message: /is not running/ });
    await expect(acting("kill", "SIGNONE")).rejects.toMatchObject({ reason: "refused", message: /no signal/ });
    await expect(acting("kill", "15; rm")).rejects.toMatchObject({ reason: "refused" });
    await expect(acting("reload")).rejects.toMatchObject({ reason: "unsupported" });
    await supervisor.act(named("refuse"), "stop", NOW);
  });

  test("detached: accepted long before it is done, a refusal is still heard", async () => {
    await run("detached", [], ...DEAF);
    const before = await docker("inspect", "--format", "{{.State.StartedAt}}", named("detached"));
    await supervisor.act(named("detached"), "restart", { ...NOW, timeout: 2, detached: true });
    expect(await docker("inspect", "--format", "{{.State.StartedAt}}", named("detached"))).toBe(before);
    await until("detached", ({ since }) => Date.parse(since ?? "") > Date.parse(before) + 1000);
    const pausing = () => supervisor.act(named("detached"), "pause", { ...NOW, detached: true });
    await pausing();
    await expect(pausing()).rejects.toMatchObject({ reason: "refused" });
  });
});

test("usage: from cgroups, and nothing once it is gone", { timeout: 60_000 }, async () => {
  await run("busy", [], ...shell("while :; do :; done"));
  const records = [(await record("busy"))!];
  const [first] = await supervisor.usage(records);
  await sleep(500);
  const [second] = await supervisor.usage(records);
  expect(second!.cpuSeconds! - first!.cpuSeconds!).toBeGreaterThan(0);
  expect(second!.memory).toBeGreaterThan(0);
  expect(second!.instances[0]!.id).toBe(records[0]!.instances[0]!.id);
  await docker("rm", "--force", named("busy"));
  expect(await supervisor.usage(records)).toEqual([]);
});

test("an engine without containers has an empty list, and watch begins with it", { timeout: 60_000 }, async () => {
  const engine = await openEngine();
  const empty = createDocker({ host: "local", endpoint: engine.endpoint });
  const ending = new AbortController();
  expect(await empty.list()).toEqual([]);
  for await (const change of empty.watch(ending.signal)) {
    expect(change).toEqual({ type: "reset", records: [] });
    ending.abort();
  }
  empty.close();
  await engine.close();
});

/** What a watch has told so far. */
function watch() {
  const ending = new AbortController();
  const known = new Map<string, ServiceRecord>();
  const history: ServiceRecord[] = [];
  const begun = Promise.withResolvers<void>();
  const apply = (change: Change) => {
    if (change.type === "reset") {
      known.clear();
      for (const one of change.records) known.set(one.name, one);
      begun.resolve();
    } else if (change.type === "changed") {
      known.set(change.record.name, change.record);
      history.push(change.record);
    } else if (change.type === "gone") known.delete(change.name);
  };
  const reading = (async () => {
    for await (const change of supervisor.watch(ending.signal)) apply(change);
  })();
  const wait = async <T>(look: () => T | undefined | false): Promise<T> => {
    const end = monotonic() + 15_000;
    for (;;) {
      const found = look();
      if (found) return found;
      if (monotonic() > end) throw new Error(`never seen; last: ${JSON.stringify(history.at(-1))}`);
      await sleep(20);
    }
  };
  return {
    begun: begun.promise,
    names: () => [...known.keys()],
    sees: (name: string, ok: (one: ServiceRecord) => boolean) =>
      wait(() => history.find((one) => one.name === named(name) && ok(one))),
    misses: (name: string) => wait(() => !known.has(named(name))),
    close: async () => {
      ending.abort();
      await reading;
    },
  };
}
