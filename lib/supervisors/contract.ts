/**
 * The suite that every adapter passes: on `fake` always, on real Docker, systemd and PM2 on the test host.
 * A rig makes real things with the tool's own means and reads them back with the tool itself, so that an adapter can
 * never be its own witness.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sleep } from "#lib/platform/clock.ts";
import {
  type ActOptions,
  type Change,
  type Probe,
  SERVICE_STATES,
  type ServiceAction,
  type ServiceRecord,
  type Supervisor,
  SupervisorError,
} from "./supervisor.ts";

export interface Rig {
  supervisor: Supervisor;
  /** the name of the service that most tests act on: `trihelm-contract`, with `.service` where the tool wants it */
  subject: string;
  /** makes a service that runs until told otherwise and prints `ready NAME` once, and starts it */
  create(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  native: {
    /** the same action typed at the tool's own command line, by somebody else */
    act(name: string, action: ServiceAction): Promise<void>;
    /** what the tool itself says, in one of four words */
    state(name: string): Promise<"running" | "stopped" | "paused" | "gone">;
    /** changes whenever the service was started anew: main process, start time */
    incarnation(name: string): Promise<string>;
  };
  /** the actions that this supervisor has */
  supports: readonly ServiceAction[];
  /** legal names with every kind of character that the tool allows; each is created, found and stopped */
  legalNames: readonly string[];
  /** names that must be refused before anything is called */
  hostileNames: readonly string[];
  /** adapters for daemons that are not there or may not be spoken to, with the word that probe must give */
  unreachable: readonly { is: "absent" | "denied"; supervisor: Supervisor }[];
  /** stops and starts the daemon itself, where the rig owns one; `kill` ends it without a goodbye */
  daemon?: { stop(): Promise<void>; kill(): Promise<void>; start(): Promise<void> };
  close(): Promise<void>;
}

const PLAIN: ActOptions = { timeout: 2, signal: null, force: true, detached: false };

/** Declares the suite; `open` makes the rig once. Where the rig owns no daemon, none is stopped. */
export function supervisorContract(title: string, open: () => Promise<Rig>, { ownsDaemon = true } = {}): void {
  describe(`supervisor contract: ${title}`, { timeout: 90_000 }, () => {
    let rig: Rig;
    const only = (action: ServiceAction) => rig.supports.includes(action);
    const refuses = (action: ServiceAction) =>
      expect(rig.supervisor.act(rig.subject, action, PLAIN)).rejects.toMatchObject({ reason: "unsupported" });
    const record = async (name: string) => (await rig.supervisor.list()).find((r) => r.name === name);

    beforeAll(async () => {
      rig = await open();
      await rig.create(rig.subject);
    }, 120_000);
    afterAll(async () => {
      await rig?.remove(rig.subject);
      rig?.supervisor.close();
      await rig?.close();
    }, 120_000);

    test("probe: ready, with a version", async () => {
      const probe = await rig.supervisor.probe();
      expect(probe).toMatchObject({
        status: "ready",
        version: expect.stringMatching(/\d/),
        channel: expect.any(String),
      });
    });

    test("probe: absent and denied say what to do about it", async () => {
      for (const { is, supervisor } of rig.unreachable) {
        const probe = await supervisor.probe();
        expect(probe).toMatchObject({ status: is });
        expect((probe as Extract<Probe, { hint: string }>).hint).toMatch(/\w{3,}/);
        await expect(supervisor.list()).rejects.toBeInstanceOf(SupervisorError);
        supervisor.close();
      }
      expect(rig.unreachable.length).toBeGreaterThan(0);
    });

    test("list: finds what the tool made, whole and in the contract's words", async () => {
      const found = await until(
        () => record(rig.subject),
        (r) => r?.state === "running",
      );
      expect(found).toMatchObject({
        name: rig.subject,
        state: "running",
        restarts: expect.any(Number),
        lastExit: null,
      });
      expect(found!.nativeState).not.toBe("");
      expect(Date.parse(found!.since ?? "")).toBeGreaterThan(Date.now() - 300_000);
      expect(found!.instances[0]?.pid ?? 1).toBeGreaterThan(0);
      for (const r of await rig.supervisor.list()) {
        expect(SERVICE_STATES).toContain(r.state);
        expect(Object.values(r)).not.toContain(undefined);
      }
    });

    test("inspect: native detail, environment apart", async () => {
      const detail = await rig.supervisor.inspect(rig.subject);
      expect(Object.keys(detail.native).length).toBeGreaterThan(3);
      expect(detail.facts.length).toBeGreaterThan(2);
      expect(JSON.stringify(detail.native)).not.toContain("contract-secret-value");
      expect(detail.environment).toContainEqual({ name: "CONTRACT_SECRET", value: "contract-secret-value" });
    });

    test("stop, start and restart do what the tool's own commands do", async () => {
      await rig.supervisor.act(rig.subject, "stop", PLAIN);
      expect(await rig.native.state(rig.subject)).toBe("stopped");
      expect((await record(rig.subject))?.state).toBe("stopped");
      await rig.supervisor.act(rig.subject, "start", PLAIN);
      expect(await rig.native.state(rig.subject)).toBe("running");
      const before = await rig.native.incarnation(rig.subject);
      await rig.supervisor.act(rig.subject, "restart", PLAIN);
      expect(await rig.native.state(rig.subject)).toBe("running");
      expect(await rig.native.incarnation(rig.subject)).not.toBe(before);
    });

    test("pause and unpause, or a refusal", async () => {
      if (!only("pause")) return refuses("pause");
      await rig.supervisor.act(rig.subject, "pause", PLAIN);
      expect(await rig.native.state(rig.subject)).toBe("paused");
      expect((await record(rig.subject))?.state).toBe("paused");
      await rig.supervisor.act(rig.subject, "unpause", PLAIN);
      expect(await rig.native.state(rig.subject)).toBe("running");
    });

    test("reload keeps it running, or is refused", async () => {
      if (!only("reload")) return refuses("reload");
      await rig.supervisor.act(rig.subject, "reload", PLAIN);
      expect(await rig.native.state(rig.subject)).toBe("running");
    });

    test("kill sends the signal that was named, or is refused", async () => {
      if (!only("kill")) return refuses("kill");
      await rig.supervisor.act(rig.subject, "kill", { ...PLAIN, signal: "SIGKILL" });
      const ended = await until(
        () => record(rig.subject),
        // a supervisor that starts it again may call it stopped for the moment between
        (r) =>
          r?.state !== "stopped" &&
          (r?.lastExit?.signal === "SIGKILL" || r?.lastExit?.code === 137 || (r?.restarts ?? 0) > 0),
      );
      expect(ended?.state).not.toBe("stopped");
      await rig.supervisor.act(rig.subject, "start", PLAIN).catch(() => undefined);
      await until(
        () => record(rig.subject),
        (r) => r?.state === "running",
      );
    });

    test("an action that does not exist here is refused and changes nothing", async () => {
      const before = await rig.native.incarnation(rig.subject);
      for (const action of ["pause", "reload"] as const)
        if (!only(action))
          await expect(rig.supervisor.act(rig.subject, action, PLAIN)).rejects.toMatchObject({ reason: "unsupported" });
      await expect(rig.supervisor.act("trihelm-never-there", "start", PLAIN)).rejects.toMatchObject({
        reason: expect.stringMatching(/not_found|invalid_name/),
      });
      expect(await rig.native.incarnation(rig.subject)).toBe(before);
    });

    test("logs: history, then what follows, and an end at abort", async () => {
      const ending = new AbortController();
      const query = { tail: 50, since: null, until: null, after: null, follow: false };
      const history = [];
      for await (const line of rig.supervisor.logs(rig.subject, query, ending.signal)) history.push(line);
      expect(history.some((line) => line.text.includes(`ready ${rig.subject}`))).toBe(true);
      const seen: string[] = [];
      const following = (async () => {
        for await (const line of rig.supervisor.logs(
          rig.subject,
          { ...query, after: history.at(-1)!.cursor, tail: null, follow: true },
          ending.signal,
        ))
          seen.push(line.text);
      })();
      await sleep(300);
      await rig.native.act(rig.subject, "restart");
      await until(
        async () => seen,
        (lines) => lines.some((text) => text.includes(`ready ${rig.subject}`)),
      );
      ending.abort();
      await following;
      expect(seen.filter((text) => text.includes(`ready ${rig.subject}`)).length).toBe(1);
    });

    test("watch: begins with everything, sees what another tool does within a second, ends at abort", async () => {
      const watching = await openWatch(rig.supervisor, rig.subject);
      await until(
        () => record(rig.subject),
        (r) => r?.state === "running",
      );
      await until(
        async () => watching.latest(rig.subject),
        (r) => r?.state === "running",
      );
      await rig.native.act(rig.subject, "stop");
      await watching.sees((r) => r?.state === "stopped", 1000);
      await rig.native.act(rig.subject, "start");
      await watching.sees((r) => r?.state === "running", 1000);
      await watching.close();
    });

    test("legal names, with every character that the tool allows", async () => {
      for (const name of rig.legalNames) {
        await rig.create(name);
        const found = await until(
          () => record(name),
          (r) => r?.state === "running",
        );
        expect(found?.name).toBe(name);
        await rig.supervisor.act(name, "stop", PLAIN);
        expect(await rig.native.state(name), name).toBe("stopped");
        await rig.remove(name);
      }
      expect(rig.legalNames.length).toBeGreaterThan(1);
    });

    test("hostile names are refused before anything is called", async () => {
      for (const name of rig.hostileNames) {
        await expect(rig.supervisor.act(name, "stop", PLAIN), name).rejects.toMatchObject({ reason: "invalid_name" });
        await expect(rig.supervisor.inspect(name), name).rejects.toMatchObject({ reason: "invalid_name" });
      }
      expect(await rig.native.state(rig.subject)).toBe("running");
    });

    for (const way of ownsDaemon ? (["stop", "kill"] as const) : [])
      test(`daemon gone (${way}) and back: said, then healed without a new watch`, async () => {
        if (!rig.daemon) throw new Error("the rig owns no daemon");
        const watching = await openWatch(rig.supervisor, rig.subject);
        await rig.daemon[way]();
        await until(
          async () => watching.downs(),
          (n) => n > 0,
        );
        expect((await rig.supervisor.probe()).status).not.toBe("ready");
        const resets = watching.resets();
        await rig.daemon.start();
        await until(
          async () => watching.resets(),
          (n) => n > resets,
        );
        expect((await rig.supervisor.probe()).status).toBe("ready");
        await watching.close();
      });
  });
}

/** Polls until `ok`; the last value seen, so that the assertion that follows shows it. */
async function until<T>(read: () => Promise<T>, ok: (value: T) => boolean, milliseconds = 20_000): Promise<T> {
  const end = Date.now() + milliseconds;
  let value = await read();
  while (!ok(value) && Date.now() < end) {
    await sleep(50);
    value = await read();
  }
  expect(ok(value), `last seen: ${JSON.stringify(value)?.slice(0, 800)}`).toBe(true);
  return value;
}

async function openWatch(supervisor: Supervisor, subject: string) {
  const ending = new AbortController();
  const known = new Map<string, ServiceRecord>();
  const count = { resets: 0, downs: 0 };
  const apply = (change: Change) => {
    if (change.type === "reset") {
      known.clear();
      for (const r of change.records) known.set(r.name, r);
      count.resets += 1;
    } else if (change.type === "changed") known.set(change.record.name, change.record);
    else if (change.type === "gone") known.delete(change.name);
    else count.downs += 1;
  };
  const reading = (async () => {
    for await (const change of supervisor.watch(ending.signal)) apply(change);
  })();
  await until(
    async () => count.resets,
    (n) => n > 0,
  );
  return {
    latest: (name: string) => known.get(name),
    resets: () => count.resets,
    downs: () => count.downs,
    sees: (ok: (r: ServiceRecord | undefined) => boolean, milliseconds: number) =>
      until(async () => known.get(subject), ok, milliseconds),
    close: async () => {
      ending.abort();
      await reading;
    },
  };
}
