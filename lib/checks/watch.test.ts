import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { db } from "#lib/db/client.ts";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { CheckBook, onCheck } from "./book.ts";
import type { RunOutcome } from "./run.ts";
import { afterCall, type Call, unknownSince } from "./standing.ts";
import { type CheckPlan, type KeptCheck, readChecks, readResults } from "./store.ts";
import { CheckWatch, type Run } from "./watch.ts";

const T = Date.UTC(2026, 10, 21, 12);
const SECOND = 1000;
const HOUR = 3_600_000;

/** A server with its two clocks, which only tests move. */
class Stand {
  readonly ending = new AbortController();
  readonly clock: { wall: () => number; steady: () => number };
  runs: string[] = [];
  atOnce = 0;
  most = 0;
  answer: (id: string) => Promise<RunOutcome> | RunOutcome = () => good;
  book!: CheckBook;
  watch!: CheckWatch;
  #steady = 1e6;
  wall: number;

  constructor(wall: number) {
    this.wall = wall;
    this.clock = { wall: () => this.wall, steady: () => this.#steady };
  }

  async start(kept?: KeptCheck[]): Promise<this> {
    const run: Run = async ({ plan }) => {
      this.runs.push(plan.id);
      this.most = Math.max(this.most, ++this.atOnce);
      try {
        return await this.answer(plan.id);
      } finally {
        this.atOnce -= 1;
      }
    };
    this.book = new CheckBook(kept ?? (await readChecks()), this.clock);
    this.watch = new CheckWatch(this.book, this.ending.signal, run);
    return this;
  }

  /** Time goes on by so many milliseconds, looked at each second. */
  async pass(milliseconds: number, step = SECOND): Promise<void> {
    for (let left = milliseconds; left > 0; left -= step) {
      this.#steady += Math.min(step, left);
      this.wall += Math.min(step, left);
      this.watch.tick();
      await this.watch.idle();
    }
  }

  call(id: string, call: Call): void {
    const live = this.book.get(id)!;
    this.watch.noticeJump();
    const { standing, result } = afterCall(live.standing, call, { at: this.wall, message: null, tolerates: 0 });
    this.book.settle({ live, plan: live.plan }, standing, { at: this.wall, ...result });
  }

  /** As by an orderly end, and a new start after so long. */
  async restart(after: number): Promise<Stand> {
    await this.book.flush({ all: true });
    this.ending.abort();
    return new Stand(this.wall + after).start();
  }
}

const good: RunOutcome = { verdict: "up", latency: 1, message: null };
const bad: RunOutcome = { verdict: "down", latency: null, message: "Answered 502" };

let scratch: Awaited<ReturnType<typeof openScratch>>;
let stand: Stand;
let told: string[];
let stop: () => void;

beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());
beforeEach(async () => {
  await db().check.deleteMany();
  await db().checkResult.deleteMany();
  told = [];
  stop = onCheck(({ id, state, removed }, before) => told.push(`${id} ${before} ${removed ? "removed" : state}`));
  stand = await new Stand(T).start();
});
afterEach(() => {
  stop();
  stand.ending.abort();
});

function plan(id: string, more: Partial<CheckPlan> = {}): CheckPlan {
  return {
    ...{ id, name: id, kind: "tcp", service: null, config: { host: "localhost", port: 1 }, every: 60, timeout: 10 },
    ...{ tolerates: 0, enabled: true, secret: null, hash: null, by: "mara", createdAt: new Date(stand.wall), ...more },
  };
}
const beat = (id: string, more: Partial<CheckPlan> = {}) =>
  plan(id, { kind: "heartbeat", every: 3600, timeout: 300, config: { cron: null, timezone: "UTC" }, ...more });
/** Oldest first. */
async function readResultsAll(id: string) {
  await stand.book.flush();
  return (await readResults(id, 500)).reverse();
}
const news = () => told.splice(0);

describe("runs", () => {
  test("begin at once, then at their own times without drift, and tell what is new alone", async () => {
    await stand.book.add(plan("a"));
    await stand.pass(10 * 60 * SECOND);
    const [, ...times] = (await readResultsAll("a")).map(({ at }) => Date.parse(at));
    expect(times.length).toBeGreaterThanOrEqual(9);
    expect(new Set(times.slice(1).map((time, n) => time - times[n]!))).toEqual(new Set([60 * SECOND]));
    stand.answer = () => bad;
    await stand.pass(3 * 60 * SECOND);
    expect(news()).toEqual(["a waiting waiting", "a waiting up", "a up down"]);
    const { uptime, nextAt, failures } = stand.book.shown(stand.book.get("a")!);
    expect(failures).toBe(3);
    expect(uptime).toBeGreaterThan(0.75);
    expect(uptime).toBeLessThan(0.85);
    expect(Date.parse(nextAt!)).toBeGreaterThan(stand.wall);
  });

  test("of one check never overlap; two who ask at once get the same", async () => {
    const end = Promise.withResolvers<RunOutcome>();
    stand.answer = () => end.promise;
    const live = await stand.book.add(plan("slow", { every: 5 }));
    stand.watch.tick();
    const both = [stand.watch.now(live), stand.watch.now(live)];
    stand.watch.tick();
    expect([both[0] === both[1], stand.runs]).toEqual([true, ["slow"]]);
    end.resolve(bad);
    expect(await Promise.all(both)).toEqual([bad, bad]);
    await stand.watch.idle();
    expect(news()).toEqual(["slow waiting waiting", "slow waiting down"]);
  });

  test("come to nothing where the check was changed, turned off or removed meanwhile", async () => {
    const ends = new Map<string, (outcome: RunOutcome) => void>();
    stand.answer = (id) => new Promise((resolve) => ends.set(id, resolve));
    for (const id of ["changed", "off", "removed"]) await stand.book.add(plan(id));
    stand.watch.tick();
    await stand.book.change("changed", plan("changed", { config: { host: "other", port: 2 } }), { fresh: true });
    await stand.book.change("off", plan("off", { enabled: false }), { fresh: true });
    await stand.book.remove("removed");
    news();
    for (const end of ends.values()) end(bad);
    await stand.watch.idle();
    await stand.book.flush({ all: true });
    expect(news()).toEqual([]);
    expect((await readChecks()).map(({ plan: { id }, standing: { state } }) => [id, state])).toEqual([
      ...[
        ["changed", "waiting"],
        ["off", "waiting"],
      ],
    ]);
    expect(await db().checkResult.count()).toBe(0);
  });

  test("ten thousand take turns, each once; none takes none", async () => {
    expect(stand.watch.tick()).toBe(5000);
    await stand.start(
      Array.from({ length: 10_000 }, (_, n) => {
        return { plan: plan(`c${n}`, { every: 86_400 }), standing: unknownSince(T), hours: [] };
      }),
    );
    stand.answer = async () => {
      await Promise.resolve();
      return good;
    };
    await stand.pass(SECOND);
    const first = stand.runs.length;
    await stand.pass(40 * SECOND);
    expect(new Set(stand.runs).size).toBe(10_000);
    expect([stand.runs.length, stand.most]).toEqual([10_000, 24]);
    // not all in the first moment after a start
    expect(first).toBeLessThan(1000);
    expect(news().length).toBe(10_000);
    await stand.book.flush();
    expect(await db().checkResult.count({ where: { at: { gt: new Date(T), lt: new Date(T + 60 * SECOND) } } })).toBe(
      10_000,
    );
  });

  test("of a command that hangs in its container come ever more seldom, until one ends", async () => {
    stand.answer = () => ({ ...bad, lingers: true });
    const live = await stand.book.add(plan("hangs", { every: 5 }));
    await stand.pass(HOUR);
    expect(stand.runs.length).toBeLessThan(14);
    expect(stand.runs.length).toBeGreaterThan(8);
    stand.answer = () => good;
    stand.runs = [];
    await stand.watch.now(live);
    await stand.pass(15 * 60 * SECOND + 50 * SECOND);
    expect(stand.runs.length).toBeGreaterThan(10);
  });

  test("the last 500 are kept", async () => {
    const live = await stand.book.add(plan("often"));
    for (let n = 0; n < 720; n += 1) {
      stand.book.settle({ live, plan: live.plan }, live.standing, {
        at: T + n,
        state: "up",
        latency: n,
        message: null,
      });
      if (n % 60 === 59) await stand.book.flush();
    }
    const results = await readResults("often", 500);
    expect(results.map(({ latency }) => latency)).toEqual(Array.from({ length: 500 }, (_, n) => 719 - n));
    expect(await db().checkResult.count()).toBeLessThan(620);
  });
});

test("what cannot be written is written later, and a removal that fails removes nothing", async () => {
  const live = await stand.book.add(plan("kept"));
  for (const event of ["INSERT ON CheckResult", 'DELETE ON "Check"'])
    await db().$executeRawUnsafe(
      `CREATE TRIGGER full${event[0]} BEFORE ${event} BEGIN SELECT RAISE(FAIL, 'disk full'); END`,
    );
  stand.answer = () => bad;
  await stand.watch.now(live);
  await stand.book.flush();
  await expect(stand.book.remove("kept")).rejects.toThrow();
  expect(stand.book.get("kept")).toBe(live);
  await stand.watch.now(live);
  for (const letter of ["I", "D"]) await db().$executeRawUnsafe(`DROP TRIGGER full${letter}`);
  await stand.book.flush();
  expect(await readResults("kept", 9)).toMatchObject([{ state: "down" }]);
  expect((await readChecks())[0]?.standing).toMatchObject({ state: "down", failures: 2 });
});

describe("a restart of the server", () => {
  test("tells nothing again, and goes on in the old rhythm", async () => {
    stand.answer = () => bad;
    await stand.book.add(plan("a", { every: 600 }));
    await stand.book.add(beat("b"));
    stand.call("b", "fail");
    await stand.pass(SECOND);
    expect(news()).toContain("a waiting down");
    const next = stand.book.shown(stand.book.get("a")!).uptime;
    stand = await stand.restart(5 * SECOND);
    stand.answer = () => bad;
    expect(stand.book.get("a")!.standing).toMatchObject({ state: "down", failures: 1, message: "Answered 502" });
    await stand.pass(580 * SECOND);
    expect([stand.runs, next]).toEqual([[], 0]);
    await stand.pass(30 * SECOND);
    expect([stand.runs, news()]).toEqual([["a"], []]);
  });

  test("notices heartbeats that went late meanwhile, once, after a moment in which they can call", async () => {
    await stand.book.add(beat("late"));
    await stand.book.add(beat("calls"));
    await stand.book.add(beat("daily", { every: 86_400 }));
    for (const id of ["late", "calls", "daily"]) stand.call(id, "success");
    news();
    stand = await stand.restart(3 * HOUR);
    await stand.pass(30 * SECOND);
    expect(news()).toEqual([]);
    stand.call("calls", "success");
    await stand.pass(31 * SECOND);
    expect(news()).toEqual(["late up late"]);
    stand = await stand.restart(HOUR / 2);
    await stand.pass(2 * 60 * SECOND);
    expect(news()).toEqual([]);
    expect(stand.book.shown(stand.book.get("late")!)).toMatchObject({ state: "late", failures: 1 });
    expect(await readResults("late", 10)).toMatchObject([{ state: "late" }, { state: "up" }]);
  });
});

describe("a heartbeat", () => {
  test("is late on time, told once, and well again with its next call", async () => {
    await stand.book.add(beat("b"));
    await stand.pass(HOUR, 60 * SECOND);
    stand.call("b", "success");
    await stand.pass(3899 * SECOND, 30 * SECOND);
    expect(news()).toEqual(["b waiting waiting", "b waiting up"]);
    await stand.pass(2 * SECOND);
    expect(news()).toEqual(["b up late"]);
    await stand.pass(5 * HOUR, 60 * SECOND);
    stand.call("b", "start");
    stand.call("b", "success");
    expect(news()).toEqual(["b late running", "b running up"]);
  });

  test.each([26 * HOUR, -26 * HOUR, 400 * 24 * HOUR])(
    "a clock that is set by %d ms makes none late, and none immortal",
    async (by) => {
      const cron = { cron: "30 12 * * *", timezone: "Europe/Berlin" };
      await stand.book.add(beat("plain"));
      await stand.book.add(beat("cron", { config: cron }));
      await stand.book.add(beat("never"));
      for (const id of ["plain", "cron"]) stand.call(id, "success");
      news();
      await stand.pass(HOUR / 2);
      stand.wall += by;
      await stand.pass(HOUR / 4);
      expect(news()).toEqual([]);
      // what was reckoned holds beyond a restart
      stand = await stand.restart(SECOND);
      await stand.pass(HOUR / 5);
      expect(news()).toEqual([]);
      await stand.pass(25 * HOUR, 60 * SECOND);
      expect(news().sort()).toEqual(["cron up late", "never waiting late", "plain up late"]);
    },
  );
});
