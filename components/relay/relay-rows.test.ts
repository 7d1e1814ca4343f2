import { describe, expect, test } from "vitest";
import type { Code, Episode, Link } from "#lib/relay/shapes.ts";
import { liveLinks, namedBy, relayRows } from "./relay-rows.ts";

const WORKER = "local/docker/wa-scheduler-worker";
const at = (minute: number) => new Date(Date.UTC(2025, 10, 14, 14, minute)).toISOString();

const code = (over: Partial<Code> = {}): Code => ({
  ...{ service: WORKER, payload: "2@…", kind: "whatsapp", modules: 49, seenAt: at(31), state: "waiting", version: "v" },
  ...{ firstSeenAt: at(10), codes: 66, renewsAt: at(32), rotates: true },
  ...over,
});
const episode = (over: Partial<Episode> = {}): Episode => ({
  ...{ service: WORKER, kind: "whatsapp", firstSeenAt: at(1), endedAt: at(2), codes: 5, outcome: "linked" },
  ...{ tookSeconds: 41, via: "here" },
  ...over,
});
const link = (over: Partial<Link> = {}): Link => ({
  ...{
    id: "one",
    service: WORKER,
    title: "wa",
    by: "mara",
    createdAt: at(30),
    expiresAt: at(45),
    hasPassphrase: false,
  },
  ...{ mostOpens: null, opens: 0, openedAt: null, openedBy: null, openedFrom: null, endedAs: null, endedAt: null },
  ...over,
});

describe("rows", () => {
  test("who asks now comes first, then earlier times, newest first", () => {
    const other = code({ service: "local/pm2/bot", firstSeenAt: at(20) });
    const rows = relayRows({
      codes: [code(), other],
      episodes: [episode(), episode({ firstSeenAt: at(5), endedAt: at(6) })],
      links: [],
    });
    expect(rows.map(({ service, firstSeenAt }) => [service, firstSeenAt])).toEqual([
      ["local/pm2/bot", at(20)],
      [WORKER, at(10)],
      [WORKER, at(5)],
      [WORKER, at(1)],
    ]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(4);
  });

  test("a time that goes on is its code's row, and one that is over is its episode's", () => {
    const waiting = episode({ firstSeenAt: at(10), endedAt: null, outcome: "waiting" });
    expect(relayRows({ codes: [code()], episodes: [waiting], links: [] })).toHaveLength(1);
    const over = episode({ firstSeenAt: at(10), endedAt: at(33), outcome: "expired" });
    const [row, ...more] = relayRows({ codes: [code({ state: "stale" })], episodes: [over], links: [] });
    expect([row?.code, row?.episode?.outcome, more]).toEqual([null, "expired", []]);
    expect(relayRows({ codes: [code({ state: "linked" })], episodes: [], links: [] })).toEqual([]);
  });

  test.each(["interrupted", "gone"] as const)("a code that is found again goes on with its own time, %s", (outcome) => {
    const own = [
      episode({ firstSeenAt: at(10), endedAt: at(33), outcome }),
      episode({ firstSeenAt: at(8), endedAt: at(20), outcome }),
    ];
    for (const state of ["waiting", "stale"] as const) {
      const rows = relayRows({ codes: [code({ state })], episodes: own, links: [] });
      expect(rows.map((row) => row.code?.state)).toEqual([state]);
    }
    const others = [
      episode({ firstSeenAt: at(3), endedAt: at(9), outcome }),
      episode({ service: "local/pm2/bot", firstSeenAt: at(10), endedAt: at(33), outcome }),
      episode({ firstSeenAt: at(1), endedAt: at(12), outcome: "linked" }),
    ];
    expect(relayRows({ codes: [code()], episodes: others, links: [] })).toHaveLength(4);
  });

  test("a code that waits is never hidden behind what is told of its time", () => {
    const over = episode({ firstSeenAt: at(10), endedAt: at(33), outcome: "expired" });
    const rows = relayRows({ codes: [code()], episodes: [over], links: [] });
    expect(rows.map((row) => row.code?.state)).toEqual(["waiting"]);
  });

  test("a code shows its newest link that is alive", () => {
    const links = [
      link({ id: "older", createdAt: at(20) }),
      link({ id: "newer", createdAt: at(25) }),
      link({ id: "over", createdAt: at(29), endedAs: "revoked", endedAt: at(30) }),
      link({ id: "other", service: "local/pm2/bot" }),
    ];
    expect(relayRows({ codes: [code()], episodes: [], links })[0]?.link?.id).toBe("newer");
    expect(liveLinks(links, WORKER).map(({ id }) => id)).toEqual(["newer", "older"]);
  });
});

test.each([
  ["local/docker/a%2Fb", "a/b", "docker"],
  ["local/pm2%40deploy/bot", "bot", "pm2"],
  ["local/docker/100%25/%E0%A4", "100%/%E0%A4", "docker"],
  ["local/systemd/clawdis-gateway.service", "clawdis-gateway.service", "systemd"],
])("what %s was called can be told without it", (id, name, supervisor) => {
  expect(namedBy(id)).toEqual({ id, name, supervisor });
});
