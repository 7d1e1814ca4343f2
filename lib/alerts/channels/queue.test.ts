import { fork } from "node:child_process";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { db } from "#lib/db/client.ts";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { DeliveryError } from "./error.ts";
import { openQueue } from "./queue.ts";
import { channelOf, messageOf, receiver } from "./receiver-rig.ts";
import type { Order } from "./send.ts";
import { send } from "./send.ts";
import type { Message } from "./shapes.ts";
import { type ChannelRow, countWaiting, findChannelRow, saveChannel } from "./store.ts";
import { tell as tellChannels } from "./tell.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());
beforeEach(async () => {
  clock.now = START;
  await db().delivery.deleteMany();
  await db().channel.deleteMany();
});

const START = Date.parse("2026-11-21T10:00:00Z");
/** for a machine that has other things to do */
const PATIENT = { timeout: 30_000 };
const everywhere = { channels: null };
/** stands until it is moved */
const clock = { now: START };
const tell = (message: Message, wanted: { channels: string[] | null }) =>
  tellChannels(message, wanted, new Date(clock.now));
/** an alert of its own, now by the clock of the rig */
const alert = (id: string, given: Partial<Message> = {}) =>
  messageOf({ incident: id, title: `${id} failed`, at: new Date(START).toISOString(), ...given });

/** A queue, and what left through it. */
function rig(sending: (row: ChannelRow, order: Order) => Promise<string> = async () => "ok") {
  const left: { channel: string; titles: string[]; key: string }[] = [];
  const ending = new AbortController();
  const queue = openQueue({
    now: () => new Date(clock.now),
    random: () => 0.5,
    signal: ending.signal,
    wake: () => undefined,
    async send(row, order) {
      const said = await sending(row, order);
      left.push({ channel: row.id, titles: order.messages.map(({ title }) => title), key: order.key });
      return said;
    },
  });
  /** lets the clock go on, and everything leave that is due then */
  const pass = async (milliseconds = 0) => {
    clock.now += milliseconds;
    const due = await queue.look();
    await queue.settle();
    return due;
  };
  return { queue, left, pass, ending };
}

async function channel(id: string, given: Parameters<typeof channelOf>[1] = {}): Promise<ChannelRow> {
  const row = channelOf("slack", { name: id, secrets: { url: "http://127.0.0.1:1/" }, ...given, id });
  await saveChannel(row);
  return row;
}

const rows = () => db().delivery.findMany({ orderBy: { id: "asc" } });

describe("who is told", () => {
  test("each channel that takes everything, or those that a rule names; with its words where nobody is", async () => {
    expect(await tell(alert("a"), everywhere)).toMatch(/no channel yet/);
    await channel("all");
    await channel("named", { takesAll: false });
    await channel("off", { enabled: false });
    await channel("grave", { severity: "critical" });
    expect(await tell(alert("a", { severity: "warning" }), everywhere)).toBeNull();
    expect(await tell(alert("b", { severity: "critical" }), everywhere)).toBeNull();
    expect(await tell(alert("c"), { channels: ["named"] })).toBeNull();
    expect(await tell(alert("d"), { channels: ["off"] })).toBe("The channel off is turned off");
    expect(await tell(alert("e", { severity: "info" }), { channels: ["grave"] })).toMatch(/only info/);
    expect(await tell(alert("f"), { channels: ["gone"] })).toMatch(/are gone/);
    const { left, pass } = rig();
    await pass();
    expect(left.map(({ channel: id, titles }) => `${id}: ${titles}`).sort()).toEqual([
      ...["all: a failed", "all: b failed", "grave: b failed", "named: c failed"],
    ]);
  });

  test("no browser is told where none has asked", async () => {
    await saveChannel(channelOf("push", { id: "p" }));
    expect(await tell(alert("a"), everywhere)).toBe("No browser has asked for messages");
  });

  test("an opening is told once, and nothing twice in a row, however often the engine says it", async () => {
    await channel("one");
    const { left, pass } = rig();
    const say = async (kind: Message["kind"], more: Partial<Message> = {}) => {
      await tell(alert("a", { kind, title: kind, ...more }), everywhere);
      await pass(120_000);
    };
    const later = (seconds: number) => ({ at: new Date(START + seconds * 1000).toISOString() });
    await say("opened");
    await say("opened");
    await say("opened", later(5));
    await say("recovered", later(6));
    await say("recovered", later(7));
    await say("again", later(8));
    await say("again", { ...later(9), severity: "warning" });
    await say("recovered", later(10));
    await say("opened", later(11));
    expect(left.map(({ titles }) => titles[0])).toEqual(["opened", "recovered", "again", "again", "recovered"]);
  });
});

describe("what does not leave", () => {
  test("is tried again, later and later, and is then told once", async () => {
    await channel("one");
    let down = true;
    const tries: string[] = [];
    const { left, pass } = rig(async (_, { key }) => {
      tries.push(key);
      if (down) throw new DeliveryError("Nothing listens at x:25");
      return "ok";
    });
    await tell(alert("a"), everywhere);
    await pass();
    expect(await findChannelRow("one")).toMatchObject({
      problem: "Nothing listens at x:25",
      failingAt: expect.any(Date),
    });
    await pass(4000);
    expect(tries).toHaveLength(1);
    await pass(1000);
    await pass(14_000);
    expect(tries).toHaveLength(2);
    down = false;
    await pass(1000);
    await pass(3_600_000);
    expect(tries).toHaveLength(3);
    expect(new Set(tries).size).toBe(1);
    expect(left).toHaveLength(1);
    expect(await findChannelRow("one")).toMatchObject({ problem: null, failingAt: null, lastOkAt: expect.any(Date) });
    expect(await rows()).toMatchObject([{ attempts: 3, nextAt: null, sentAt: expect.any(Date), problem: null }]);
  });

  test("waits as long as the other side asks, and what comes meanwhile waits with it and leaves as one", async () => {
    await channel("one");
    let calls = 0;
    const { left, pass } = rig(async () => {
      calls += 1;
      if (calls === 1) throw new DeliveryError("slow down", { retryAfter: 300 });
      return "ok";
    });
    await tell(alert("a"), everywhere);
    await pass();
    await tell(alert("b"), everywhere);
    await pass(100_000);
    await tell(alert("c"), everywhere);
    expect((await pass(100_000))?.getTime()).toBe(START + 300_000);
    expect(calls).toBe(1);
    await pass(100_000);
    expect(left).toMatchObject([{ titles: ["a failed", "b failed", "c failed"] }]);
  });

  test("is given up with its words: at once where trying is no use, else after a day", async () => {
    await channel("wrong");
    await channel("down");
    const { pass } = rig(async ({ id }) => {
      throw new DeliveryError(`${id} says no`, { permanent: id === "wrong" });
    });
    await tell(alert("a"), everywhere);
    await pass();
    const states = async () => (await rows()).map(({ channel: id, nextAt, problem }) => [id, nextAt !== null, problem]);
    expect(await states()).toEqual([
      ["wrong", false, "wrong says no"],
      ["down", true, "down says no"],
    ]);
    for (let hour = 0; hour < 28; hour += 4) await pass(4 * 3_600_000);
    expect((await states())[1]).toEqual(["down", false, expect.stringMatching(/again and again.*down says no$/)]);
    expect(await countWaiting()).toEqual(new Map());
  });

  test("is not forgotten where the clock goes back by days", async () => {
    await channel("one");
    let down = true;
    const { left, pass } = rig(async () => {
      if (down) throw new DeliveryError("down");
      return "ok";
    });
    await tell(alert("a"), everywhere);
    await pass();
    down = false;
    await pass(-3 * 86_400_000);
    expect(left).toHaveLength(1);
  });

  test("is dropped where its channel was turned off meanwhile", async () => {
    const row = await channel("one");
    await tell(alert("a"), everywhere);
    await saveChannel({ ...row, enabled: false });
    const { left, pass } = rig();
    await pass();
    expect(left).toEqual([]);
    expect(await rows()).toMatchObject([{ nextAt: null, problem: expect.stringMatching(/turned off/) }]);
  });
});

test("a slow channel holds up no other, and one channel is told one thing at a time", PATIENT, async () => {
  for (let at = 0; at < 12; at += 1) await channel(`c${at}`);
  const waiting: (() => void)[] = [];
  let [now, most] = [0, 0];
  const { queue, left } = rig(async ({ id }) => {
    now += 1;
    most = Math.max(most, now);
    if (id === "c0")
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    now -= 1;
    return "ok";
  });
  await tell(alert("a"), everywhere);
  await tell(alert("b"), everywhere);
  const others = async () => {
    await queue.look();
    return left.filter(({ channel: id }) => id !== "c0").length;
  };
  await expect.poll(others, { interval: 10, timeout: 20_000 }).toBe(22);
  expect(left.some(({ channel: id }) => id === "c0")).toBe(false);
  expect(most).toBeLessThanOrEqual(8);
  waiting[0]?.();
  await expect.poll(() => waiting.length, { timeout: 20_000 }).toBe(2);
  waiting[1]?.();
  await queue.settle();
  expect(left.filter(({ channel: id }) => id === "c0").map(({ titles }) => titles[0])).toEqual([
    "a failed",
    "b failed",
  ]);
});

test("a storm leaves as a few messages and then one a minute", async () => {
  await channel("one");
  const { left, pass } = rig();
  for (let at = 0; at < 5; at += 1) {
    await tell(alert(`early-${at}`), everywhere);
    await pass(1000);
  }
  for (let at = 0; at < 12; at += 1) await tell(alert(`storm-${at}`), everywhere);
  await pass(10_000);
  expect(left).toHaveLength(5);
  await pass(50_000);
  expect(left).toHaveLength(6);
  expect(left[5]?.titles).toHaveLength(12);
  // many that come at once need no earlier ones
  await pass(120_000);
  for (let at = 0; at < 9; at += 1) await tell(alert(`more-${at}`), everywhere);
  await pass();
  expect(left.map(({ titles }) => titles.length)).toEqual([1, 1, 1, 1, 1, 12, 9]);
});

test("quiet hours hold back all but what is critical, and give it out together at their end", async () => {
  const at = (minutes: number) => new Date(START + minutes * 60_000).toISOString().slice(11, 16);
  const quiet = { from: at(-60), to: at(60), timezone: "UTC", exceptCritical: true };
  await channel("one", { quiet });
  const { left, pass } = rig();
  await tell(alert("a", { severity: "warning" }), everywhere);
  await tell(alert("b", { severity: "critical" }), everywhere);
  await tell(alert("c", { severity: "info" }), everywhere);
  await pass();
  expect(left.map(({ titles }) => titles)).toEqual([["b failed"]]);
  expect((await pass())?.toISOString().slice(11, 16)).toBe(quiet.to);
  await pass(60 * 60_000);
  expect(left.map(({ titles }) => titles)).toEqual([["b failed"], ["a failed", "c failed"]]);
  await saveChannel({ ...(await findChannelRow("one"))!, quiet: { ...quiet, to: at(180), exceptCritical: false } });
  await tell(alert("d", { severity: "critical" }), everywhere);
  await pass();
  expect(left).toHaveLength(2);
});

describe("what is interrupted", () => {
  test(
    "by the end of the server waits for the next run, and counts as no failure of the channel",
    PATIENT,
    async () => {
      await channel("one");
      const first = rig(
        (_, { signal }) =>
          new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
      );
      await tell(alert("a"), everywhere);
      await first.queue.look();
      await expect.poll(rows, { timeout: 20_000 }).toMatchObject([{ attempts: 1 }]);
      first.ending.abort();
      await first.queue.settle();
      expect(await findChannelRow("one")).toMatchObject({ problem: null });
      const next = rig();
      await next.pass();
      expect(next.left).toMatchObject([{ titles: ["a failed"] }]);
    },
  );

  test(
    "by a kill, while the other side holds the message, is sent by the next run under the same key",
    PATIENT,
    async () => {
      const there = await receiver(null);
      await saveChannel(channelOf("webhook", { id: "one", secrets: { url: there.url } }));
      await tell(alert("a"), everywhere);
      const child = fork(new URL("./killed-rig.ts", import.meta.url), {
        env: { ...process.env, TRIHELM_DATA_DIR: scratch.folder },
        execArgv: [],
        stdio: "ignore",
      });
      onTestFinished(() => void child.kill("SIGKILL"));
      await expect.poll(() => there.requests.length, { timeout: 20_000, interval: 20 }).toBe(1);
      const ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
      child.kill("SIGKILL");
      expect(await ended).toBe("SIGKILL");
      there.reply = { status: 200 };
      const next = rig(send);
      await next.pass();
      await next.pass(3_600_000);
      expect(there.requests.map(({ json }) => json.title)).toEqual(["a failed", "a failed"]);
      expect(there.requests[0]?.headers["trihelm-delivery"]).toBe(there.requests[1]?.headers["trihelm-delivery"]);
      expect(await rows()).toMatchObject([{ attempts: 2, nextAt: null, sentAt: expect.any(Date) }]);
    },
  );
});
