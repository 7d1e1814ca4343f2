import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { snapshot } from "#lib/services/snapshot.ts";
import { createFake, type FakeSupervisor } from "#lib/supervisors/fake/adapter.ts";
import { type LineLook, type LineMemory, newLineMemory, probePrints, probeSilent } from "./probe-lines.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;
const { signal } = new AbortController();

let pm2: FakeSupervisor;
let count = 0;
let name: string;
let memory: LineMemory;
let read: number;

beforeAll(() => {
  pm2 = createFake({ host: "local", scope: "pm2", kind: "pm2" });
  const logs = pm2.logs.bind(pm2);
  pm2.logs = async function* (...query) {
    for await (const record of logs(...query)) {
      read += 1;
      yield record;
    }
  };
  snapshot().add(pm2);
});
beforeEach(async () => {
  read = 0;
  memory = newLineMemory();
  name = `b ${count++}`;
  pm2.add({ name });
  await be({ since: at(600) });
});

const at = (minutesAgo: number) => new Date(NOW - minutesAgo * MINUTE).toISOString();
const print = (text: string, minutesAgo: number) => pm2.print(name, text, { at: NOW - minutesAgo * MINUTE });
const be = async (change: Parameters<FakeSupervisor["set"]>[1]) => {
  pm2.set(name, { state: "running", lastExit: null, ...change });
  snapshot().apply(pm2, { type: "reset", records: await pm2.list() });
};
const look = (minutesLater = 0): LineLook => ({
  ...{ service: `local/pm2/${encodeURIComponent(name)}`, memory, now: NOW + minutesLater * MINUTE, signal },
});

describe("silence", () => {
  const silent = (minutes: number, { matching = null as string | null, later = 0 } = {}) =>
    probeSilent({ minutes, matching }, look(later));

  test("is down after its minutes, and over with the next line", async () => {
    print("working", 29);
    expect(await silent(30)).toMatchObject({ verdict: "up" });
    expect(await silent(30, { later: 2 })).toMatchObject({
      ...{ verdict: "down", message: "Nothing was printed for 30 min. The last was of 2026-11-21T11:31:00.000Z" },
    });
    print("again", -1);
    expect(await silent(30, { later: 2 })).toMatchObject({ verdict: "up" });
  });

  test("only lines that fit count, by what is to be read of them", async () => {
    print("job 7 \u001b[32mdone\u001b[0m", 20);
    for (let minute = 19; minute > 0; minute -= 1) print("heartbeat", minute);
    expect(await silent(30, { matching: "^job \\d+ done$" })).toMatchObject({ verdict: "up" });
    expect(await silent(30, { matching: "^job \\d+ done$", later: 11 })).toMatchObject({
      verdict: "down",
      message: expect.stringMatching(/^No line that fits `.*` came for 30 min\. The last was of .*11:40/),
    });
    memory = newLineMemory();
    expect(await silent(30, { matching: "failed" })).toMatchObject({
      ...{ verdict: "down", message: "No line that fits `failed` came for 30 min" },
    });
  });

  test("while a line is known that is young enough, the log is not read", async () => {
    for (let minute = 100; minute > 1; minute -= 1) print("tick", minute);
    await silent(30);
    const first = read;
    for (let later = 1; later < 27; later += 1) expect(await silent(30, { later })).toMatchObject({ verdict: "up" });
    expect([first > 0, read]).toEqual([true, first]);
  });

  test("what has just started has its whole time, and what does not run is not judged", async () => {
    await be({ since: at(5) });
    expect(await silent(10)).toMatchObject({ verdict: "up" });
    expect(await silent(10, { later: 6 })).toMatchObject({ verdict: "down" });
    for (const state of ["stopped", "failed", "paused", "restarting"] as const) {
      await be({ state });
      expect(await silent(10, { later: 6 })).toMatchObject({
        verdict: "idle",
        message: `It is not running: \`${state}\``,
      });
    }
  });

  test("a service that is gone is told, one whose supervisor is away is waited for", async () => {
    const unknown = { ...look(), service: "local/pm2/renamed" };
    expect(await probeSilent({ minutes: 1, matching: null }, unknown)).toMatchObject({
      ...{ verdict: "gone", message: "There is no service `local/pm2/renamed`: it is gone or has another name" },
    });
    const elsewhere = { ...look(), service: "local/docker/web" };
    expect(await probeSilent({ minutes: 1, matching: null }, elsewhere)).toMatchObject({ verdict: "idle" });
    snapshot().apply(pm2, { type: "down", probe: { status: "absent", detail: "", hint: "", command: null } });
    expect(await silent(1)).toMatchObject({ verdict: "idle", message: "Its supervisor cannot be reached" });
  });
});

describe("what must be printed after a start", () => {
  const wanted = { pattern: "^ready$", within: 60 };
  const prints = (later = 0, { isUp = false, checkedAt = null as number | null, createdAt = 0 } = {}) =>
    probePrints(wanted, { ...look(later), before: { isUp, checkedAt }, createdAt });

  test("is waited for, found, and not looked for again in the same run", async () => {
    await be({ since: at(0.5) });
    print("starting", 0.4);
    expect(await prints()).toMatchObject({ verdict: "idle", decidedIn: 30_500 });
    print("ready", 0.1);
    expect(await prints()).toEqual({ verdict: "up", latency: 24_000, message: null, decidedIn: null });
    const before = read;
    expect(await prints(500)).toMatchObject({ verdict: "up" });
    expect(read).toBe(before);
  });

  test("too late is down, until the next start", async () => {
    await be({ since: at(3) });
    print("starting", 2.9);
    print("ready", 1.5);
    const message = "Did not print `^ready$` within 1 min of its start";
    expect(await prints()).toMatchObject({ verdict: "down", message, decidedIn: null });
    await be({ since: at(1), lastExit: { code: 0, signal: null, oomKilled: false, at: at(1.2) } });
    expect(await prints()).toMatchObject({ verdict: "idle" });
    // before it was said to be up, but of this run
    print("ready", 1.1);
    expect(await prints()).toMatchObject({ verdict: "up", latency: 0 });
  });

  test("a word of the run before does not count", async () => {
    print("ready", 2);
    await be({ since: at(1.5), lastExit: { code: 1, signal: null, oomKilled: false, at: at(1.6) } });
    print("starting", 1.4);
    expect(await prints()).toMatchObject({ verdict: "down" });
  });

  test("a run that was found good stays so without its log; one before the check was made is not judged without it", async () => {
    expect(await prints(0, { isUp: true, checkedAt: NOW - MINUTE })).toMatchObject({ verdict: "up" });
    memory = newLineMemory();
    expect(await prints(0, { isUp: true, checkedAt: NOW - 601 * MINUTE })).toMatchObject({ verdict: "down" });
    memory = newLineMemory();
    expect(await prints(0, { createdAt: NOW })).toMatchObject({ verdict: "idle", decidedIn: null });
    print("other", 600);
    memory = newLineMemory();
    expect(await prints(0, { createdAt: NOW })).toMatchObject({ verdict: "down" });
  });
});
