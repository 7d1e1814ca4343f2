import { expect, test } from "vitest";
import type { Service } from "#lib/services/service.ts";
import { Snapshot } from "#lib/services/snapshot.ts";
import { createFake } from "#lib/supervisors/fake/adapter.ts";
import type { SupervisorKind } from "#lib/supervisors/supervisor.ts";
import { hasSlept, lookEvery, toFollow } from "./choose.ts";

const NOBODY = { isWatched: false, asking: new Set<string>(), known: new Set<string>() };
const DAY = 86_400_000;

async function services(kind: SupervisorKind, count: number, over: Partial<Service> = {}): Promise<Service[]> {
  const fake = createFake({ host: "local", scope: kind, kind });
  for (let n = 0; n < count; n += 1) fake.add({ name: `${kind}-${n}.x` });
  const board = new Snapshot();
  board.add(fake);
  board.apply(fake, { type: "reset", records: await fake.list() });
  const since = new Date(Date.now() - DAY).toISOString();
  return board.services().map((service) => ({ ...service, since, listed: true, ...over }));
}

test("nobody looks: what shows a code or has a link is followed, and nothing else", async () => {
  const all = await services("docker", 320);
  expect(toFollow({ ...NOBODY, services: all })).toEqual(new Set());
  expect(toFollow({ ...NOBODY, services: all, asking: new Set([all[7]!.id]) })).toEqual(new Set([all[7]!.id]));
});

test("somebody looks: everything that runs is followed, as far as it is cheap", async () => {
  const all = [...(await services("docker", 250)), ...(await services("pm2", 200)), ...(await services("systemd", 90))];
  const chosen = toFollow({ ...NOBODY, services: all, isWatched: true, asking: new Set([all[539]!.id]) });
  expect(chosen.size).toBe(400);
  expect([...chosen].filter((id) => id.includes("/systemd/")).length).toBeLessThanOrEqual(48);
  expect(chosen.has(all[539]!.id)).toBe(true);
  const own = toFollow({ ...NOBODY, services: await services("systemd", 10, { listed: false }), isWatched: true });
  expect(own.size).toBe(0);
  const stopped = await services("docker", 3, { state: "stopped" });
  const away = await services("docker", 3, { stale: new Date().toISOString() });
  expect(toFollow({ ...NOBODY, services: [...stopped, ...away], isWatched: true })).toEqual(new Set());
});

test("what is not followed is looked at: often when it has just started, seldom when nothing speaks for a code", async () => {
  const [plain] = await services("docker", 1);
  const every = (over: Partial<Service>, more: Partial<typeof NOBODY> = {}) =>
    lookEvery({ ...plain!, ...over }, { ...NOBODY, ...more });
  expect(every({})).toBe(300);
  expect(every({ listed: false })).toBeNull();
  expect(every({ listed: false }, { isWatched: true })).toBe(20);
  expect(every({ supervisor: "systemd" })).toBe(600);
  for (const hint of ["wa-worker", "whatsapp", "signal-cli-rest", "telegram_bot", "baileys", "mybot"])
    expect(every({ name: hint }), hint).toBe(15);
  for (const none of ["postgres", "warehouse", "signals", "robotics", "umami"])
    expect(every({ name: none, title: none, source: none }), none).toBe(300);
  expect(every({}, { known: new Set([plain!.id]) })).toBe(15);
  expect(every({ since: new Date().toISOString() })).toBe(3);
  expect(every({ since: new Date(Date.now() - 60_000).toISOString() })).toBeCloseTo(30, 0);
  expect(every({ state: "failed" })).toBeNull();
});

test("320 services that nobody looks at cost less than two looks a second", async () => {
  const all = [...(await services("docker", 255)), ...(await services("systemd", 65))];
  const looks = all.reduce((sum, service) => sum + 1 / (lookEvery(service, NOBODY) ?? Number.POSITIVE_INFINITY), 0);
  expect(looks).toBeLessThan(1);
});

test.each([
  ["its counter stands still", 300, 1.234567891, 1.234567891, true],
  ["it has run", 300, 1.234567891, 1.234567892, false],
  ["it was started anew", 300, 1.234567891, 0.004567891, false],
  ["it was never looked at", 300, null, 1.234567891, false],
  ["nobody counts", 300, null, null, false],
  ["only hundredths are counted", 300, 1.23, 1.23, false],
  ["nothing was ever used, or less than a hundredth", 300, 0, 0, false],
  ["it is looked at often", 15, 1.234567891, 1.234567891, false],
])("whether it has slept: %s", (_, every, before, now, expected) => {
  expect(hasSlept(every, { before, now })).toBe(expected);
});
