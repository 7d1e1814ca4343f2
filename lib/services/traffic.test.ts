import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { completeRecord } from "#lib/supervisors/fake/record.ts";
import type { ServiceTraffic } from "#lib/supervisors/traffic.ts";
import type { Snapshot } from "./snapshot.ts";
import { Traffic } from "./traffic.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => vi.useRealTimers());

/** Services that have moved so much, with what is read of them and how much CPU they have used. */
function services(...names: string[]) {
  const moved = new Map(names.map((name) => [name, 0]));
  const used = new Map<string, number | null>(names.map((name) => [name, 0]));
  const read: string[] = [];
  const source = {
    ...{ host: "local", scope: "systemd" },
    traffic: (records: { name: string }[], isDue: (name: string) => boolean): ServiceTraffic[] =>
      records
        .filter(({ name }) => isDue(name))
        .map(({ name }) => {
          read.push(name);
          const bytes = { diskRead: moved.get(name)!, diskWrite: null, networkIn: null, networkOut: null };
          return { name, at: performance.now(), ...bytes };
        }),
  };
  const records = names.map((name) => completeRecord({ name }, "systemd"));
  const board = { sources: () => [{ source, records }] } as unknown as Snapshot;
  const traffic = new Traffic(board, (id) => used.get(id.split("/")[2]!) ?? null);
  const look = () => {
    read.length = 0;
    traffic.read();
    vi.advanceTimersByTime(10_000);
    return [...read];
  };
  return { moved, used, look, rateOf: (name: string) => traffic.of(`local/systemd/${name}`).diskRead, traffic };
}

test("what has used no CPU is not read, and moves nothing", () => {
  const { moved, used, look, rateOf, traffic } = services("busy", "idle");
  expect(look()).toEqual(["busy", "idle"]);
  expect(rateOf("idle")).toBeNull();
  for (const turn of [1, 2, 3]) {
    used.set("busy", turn);
    moved.set("busy", turn * 1000);
    expect(look()).toEqual(["busy"]);
    expect([rateOf("busy"), rateOf("idle")]).toEqual([100, 0]);
  }
  expect(Object.fromEntries(traffic.totals())).toMatchObject({ "local/systemd/idle": { diskRead: 0 } });
});

test("what wakes up moves as fast as it did since it slept, and what sleeps is read once a minute", () => {
  const { moved, used, look, rateOf } = services("a");
  look();
  expect([look(), look(), look(), look(), look()].flat()).toEqual([]);
  expect(look()).toEqual(["a"]);
  expect(look()).toEqual([]);
  used.set("a", 1);
  moved.set("a", 500);
  expect(look()).toEqual(["a"]);
  expect(rateOf("a")).toBe(50);
});

test("where nobody knows what it used, it is always read", () => {
  const { used, look } = services("a");
  used.set("a", null);
  expect([look(), look(), look()]).toEqual([["a"], ["a"], ["a"]]);
});
