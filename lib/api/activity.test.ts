import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { record } from "#lib/audit/store.ts";
import { bearer } from "#lib/auth/people-rig.ts";
import { explainFailures } from "#lib/services/causes/cause.ts";
import type { Cause } from "#lib/services/causes/shapes.ts";
import type { ActivityItem } from "#lib/services/events/activity.ts";
import type { Happening } from "#lib/services/events/happening.ts";
import { lookAtHost, recorder, recordHappenings } from "#lib/services/events/record.ts";
import { writeHappenings } from "#lib/services/events/store.ts";
import { firstLook, watchSupervisor } from "#lib/services/watch.ts";
import { createFake } from "#lib/supervisors/fake/adapter.ts";
import { scratchApi } from "./api-rig.ts";

const api = scratchApi();
const ending = new AbortController();
const docker = createFake({ host: "local", scope: "docker", kind: "docker" });
const id = (name: string) => `local/docker/${name}`;
const plain = { count: 1, signal: null, oomKilled: false, by: null, reason: null, detail: null, missed: false };
const PATIENCE = { timeout: 10_000, interval: 100 };
const NOW = Date.parse("2026-11-21T12:00:00.000Z");
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

interface Page {
  items: ActivityItem[];
  next: string | null;
}
const read = async (query = "", as: Parameters<typeof api.call>[3] = {}) =>
  (await api.call("GET", `/api/v1/activity?${query}`, undefined, as)).body as Page;
const explained = async (name: string) =>
  (
    (await api.call("GET", `/api/v1/services/local/docker/${name}/events?limit=1000`)).body as {
      items: (Happening & { cause: Cause | null })[];
    }
  ).items;

beforeAll(async () => {
  for (const name of ["web", "db", "loop"]) docker.add({ name });
  await recordHappenings();
  await explainFailures();
  watchSupervisor(docker, ending.signal);
  await firstLook(2000);
});
afterAll(() => ending.abort());

describe("the card of a failure", { timeout: 15_000 }, () => {
  test("stands at its event, with its lines and without what is another's to know", async () => {
    docker.print("db", "started anew");
    docker.set("db", { state: "failed", lastExit: { code: 14, signal: null, oomKilled: false, at: null } });
    docker.print("web", "Error: connect ECONNREFUSED db:5432");
    docker.crash("web", { code: 1 });
    await vi.waitFor(
      async () => expect((await explained("web")).some(({ cause }) => cause !== null)).toBe(true),
      PATIENCE,
    );
    const card = (await explained("web")).find(({ cause }) => cause !== null)!.cause!;
    expect(card.lines.map(({ text }) => text)).toContain("Error: connect ECONNREFUSED db:5432");
    expect(card).toMatchObject({
      ended: "exit 1",
      explanation: {
        title: "Nothing answered at db:5432",
        words: "It connects to port 5432 and was refused. `db`, which listens there, has failed.",
        related: id("db"),
      },
    });
    const limited = { as: await bearer(api.people.viewer, { services: [id("web")] }) };
    const { body } = await api.call("GET", "/api/v1/services/local/docker/web/events", undefined, limited);
    const seen = (body as { items: { cause: Cause | null }[] }).items.find(({ cause }) => cause !== null)!.cause!;
    expect(seen.explanation).toMatchObject({ related: null, title: "Nothing answered at db:5432" });
    expect(JSON.stringify([seen.before, seen.explanation?.words, seen.explanation?.next])).not.toContain("db");
  });

  test("ends that are alike share one, and a loop does not read the log again and again", async () => {
    const history = vi.spyOn(docker, "logs");
    const from = Date.now();
    for (let restarts = 1; restarts <= 60; restarts += 1) {
      const time = new Date(from + restarts).toISOString();
      const lastExit = { code: restarts % 2 === 0 ? 1 : 2, signal: null, oomKilled: false, at: time };
      docker.set("loop", { restarts, lastExit, since: time });
    }
    await vi.waitFor(async () => {
      const items = await explained("loop");
      expect(items.reduce((sum, { count }) => sum + count, 0)).toBe(60);
      expect(items.every(({ cause }) => cause !== null)).toBe(true);
    }, PATIENCE);
    const cards = new Set((await explained("loop")).map(({ cause }) => `${cause?.at} ${cause?.ended}`));
    expect(cards.size).toBe(2);
    expect(history.mock.calls.length).toBeLessThan(20);
  });
});

describe("activity", () => {
  test("is one line of time over its sources, page by page, nothing twice and nothing left out", async () => {
    const happened = Array.from({ length: 120 }, (_, n) => ({
      ...{ ...plain, service: id(n % 2 === 0 ? "web" : "db"), kind: "exited" as const, code: n },
      // many of one moment
      at: at(3600 + Math.floor(n / 50)),
    }));
    await writeHappenings(happened, new Map());
    const fact = { actor: "mara", address: "192.0.2.1", intent: {}, closes: null };
    await record({ ...fact, action: "service.restart", subject: id("web"), outcome: "failed", detail: "no such unit" });
    await record({ ...fact, action: "service.restart", subject: id("web"), outcome: "done", detail: null });
    await record({ ...fact, action: "user.create", subject: "jon", outcome: "done", detail: null });
    const seen: string[] = [];
    let before: string | null = null;
    do {
      const page: Page = await read(`limit=7${before === null ? "" : `&before=${encodeURIComponent(before)}`}`);
      seen.push(...page.items.map((one) => JSON.stringify(one)));
      before = page.next;
    } while (before !== null);
    const items = seen.map((one) => JSON.parse(one) as ActivityItem);
    expect(items.map((one) => one.at)).toEqual(
      items
        .map((one) => one.at)
        .sort()
        .reverse(),
    );
    const codes = items
      .filter((one) => one.at >= at(3600) && one.at < at(3700) && one.event)
      .map((one) => one.event!.code);
    expect(codes.sort((a, b) => a! - b!)).toEqual(happened.map(({ code }) => code));
    const actions = items.filter(({ kind }) => kind === "action");
    expect(actions).toMatchObject([
      { title: "web", words: "`service.restart` failed: no such unit", by: "mara", severity: "warning" },
    ]);
  });

  test("by kind and by service", async () => {
    const actions = await read("kind=action");
    expect(actions.items.filter(({ words }) => words === "`service.restart`").length).toBe(1);
    expect(actions.items.some(({ words }) => words.includes("user."))).toBe(false);
    const { items } = await read(`service=${encodeURIComponent(id("db"))}&limit=500`);
    expect(new Set(items.map(({ service }) => service))).toEqual(new Set([id("db")]));
  });

  test("a restart of the host stands with its services, and is for who is limited to none", async () => {
    const own = await recorder();
    await lookAtHost(own, { id: "0".repeat(36), at: Date.now() + 60_000 });
    await own.flush();
    expect((await read("limit=1")).items).toMatchObject([
      { service: null, title: "This server", words: "was restarted" },
    ]);
    expect((await explained("web"))[0]).toMatchObject({ kind: "rebooted", cause: null });
    const limited = { as: await bearer(api.people.viewer, { services: [id("web")] }) };
    const { items } = await read("limit=500", limited);
    expect(new Set(items.map(({ service }) => service))).toEqual(new Set([id("web")]));
  });

  test.each(["limit=0", "kind=rumour", "before=yesterday", "before=2026-13-99~job~1", "unknown=1"])(
    "%s is refused",
    async (query) => {
      expect((await api.call("GET", `/api/v1/activity?${query}`)).status).toBe(400);
    },
  );
});
