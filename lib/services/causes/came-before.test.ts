import { expect, test } from "vitest";
import type { Kept } from "../events/store.ts";
import { cameBefore } from "./came-before.ts";

const END = Date.parse("2026-11-21T12:00:00.000Z");
const ago = (seconds: number) => new Date(END - seconds * 1000).toISOString();
const event = (service: string, seconds: number, more: Partial<Kept>): Kept => ({
  ...{ service, at: ago(seconds), kind: "exited", count: 1, code: null, signal: null, oomKilled: false },
  ...{ by: null, reason: null, detail: null, missed: false, ...more },
});
const OWN = "local/systemd/shop.service";
const words = (happened: Kept[], written: { path: string; at: number }[] = [], related: string | null = null) =>
  cameBefore({ service: OWN, at: ago(0), related }, happened, written).map((one) => one.words);

test("an order in time, newest first, and only what counts", () => {
  expect(
    words(
      [
        event("local/systemd/mongod.service", 3, { code: 14 }),
        event("local/docker/cache", 20, { kind: "stopped", by: "mara" }),
        event("local/docker/slow", 61, { code: 1 }),
        event("local/docker/fine", 5, { kind: "restarted", by: "mara", code: 143 }),
        event("local", 400, { kind: "rebooted" }),
        event(OWN, 120, { kind: "changed", detail: { from: "shop:1", to: "shop:2" } }),
        event(OWN, 60, { kind: "restarted", by: "mara" }),
        event(OWN, 30, { kind: "restarted", code: 1 }),
      ],
      [
        { path: "/etc/systemd/system/shop.service", at: END - 7200_000 },
        { path: "/etc/shop.env", at: END + 1000 },
      ],
    ),
  ).toEqual([
    "mongod.service failed 3 s before",
    "cache was stopped by mara 20 s before",
    "mara restarted it 1 min before",
    "it changed from shop:1 to shop:2 2 min before",
    "this server was restarted 6 min before",
    "/etc/systemd/system/shop.service was written 2 h before",
  ]);
});

test("a loop beside it is one entry, and one crash that is told twice is one", () => {
  const loop = [
    event("local/docker/db", 9, { kind: "restarted", count: 3, code: 1 }),
    event("local/docker/db", 2, { code: 1 }),
  ];
  expect(words([...loop, event("local/docker/db", 2, { kind: "restarted", code: 1 })])).toEqual([
    "db failed 4 times, last 2 s before",
  ]);
  const once = [
    event("local/docker/db", 0.5, { code: 1 }),
    event("local/docker/db", 0.5, { kind: "restarted", code: 1 }),
  ];
  expect(words(once)).toEqual(["db failed less than 1 s before"]);
});

test("many others do not push out the one that the explanation names", () => {
  const others = Array.from({ length: 20 }, (_, n) => event(`local/docker/other-${n}`, 1 + n, { code: 1 }));
  const all = words(
    [...others, event("local/systemd/mongod.service", 50, { code: 1 })],
    [],
    "local/systemd/mongod.service",
  );
  expect(all.length).toBe(8);
  expect(all.at(-1)).toBe("mongod.service failed 50 s before");
});
