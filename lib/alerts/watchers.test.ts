import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Check } from "#lib/checks/shapes.ts";
import { sleep } from "#lib/platform/clock.ts";
import type { LogRecord } from "#lib/supervisors/supervisor.ts";
import { AlertsRig, idOf } from "./alerts-rig.ts";
import { Crashes } from "./crashes.ts";
import { covers, isActive } from "./mute-times.ts";
import type { RuleRow } from "./rule-row.ts";
import { newRuleSchema } from "./shapes.ts";
import { watchBackups } from "./watch-backups.ts";
import { placesOf, watchCertificates } from "./watch-certificates.ts";
import { watchCheck, watchChecks } from "./watch-checks.ts";
import { watchDisks, watchFigures } from "./watch-host.ts";
import { LineWatch } from "./watch-lines.ts";
import { wordsOf } from "./words.ts";

const DAY = 86_400_000;
let rig: AlertsRig;
beforeEach(() => {
  rig = new AlertsRig();
});
afterEach(() => rig.engine.stop());

/** The engine with this one rule. */
async function ruled(rule: Record<string, unknown>): Promise<RuleRow> {
  const parsed = newRuleSchema.parse({ name: "own", ...rule });
  const row = { ...parsed, id: "r", builtIn: null, by: "mara", createdAt: new Date(0) } as RuleRow;
  rig.rules = [row];
  await rig.start();
  return row;
}
const titles = () => rig.open().map(({ title }) => title);
const endings = () => rig.all.map(({ ending }) => ending);

describe("crashes are counted once each", () => {
  const crashes = () => new Crashes(DAY);
  const happening = (kind: "exited" | "restarted" | "stopped" | "started", count = 1, by: string | null = null) => ({
    ...{ kind, count, by, detail: null },
  });
  const elsewhere = { ...happening("restarted"), detail: { asked: "elsewhere" as const } };
  test.each([
    ["an end that was seen, then its restart", [[happening("exited")], [happening("restarted")]], [0, 1], 1],
    ["restarts that nobody saw", [[happening("restarted", 17)]], [17], 17],
    ["the last of its starts", [[happening("restarted", 2), happening("exited")]], [2], 3],
    ["an end, and seventeen restarts after it", [[happening("exited")], [happening("restarted", 17)]], [0, 17], 17],
    ["asked for here", [[happening("restarted", 1, "mara")], [happening("exited", 1, "mara")]], [1, 0], 0],
    ["another tool restarted it", [[happening("restarted")]], [0], 0],
    [
      "another tool restarted it, and its supervisor counts that",
      [[elsewhere], [elsewhere], [elsewhere]],
      [1, 1, 1],
      0,
    ],
    ["while the server was away, at times that nobody knows", [[happening("restarted", 5)]], [null], 1],
    [
      "it was stopped, then started again",
      [[happening("exited")], [happening("started")], [happening("restarted")]],
      [0, 0, 1],
      2,
    ],
  ])("%s", (_, looks, restarts, wanted) => {
    const counted = crashes();
    for (const [at, happened] of looks.entries()) counted.take("a", happened, { restarts: restarts[at] ?? null, at });
    expect(counted.within("a", DAY, 10).times).toBe(wanted);
  });
  test("within a span, in as little as it takes", () => {
    const counted = crashes();
    for (let at = 1; at <= 10_000; at += 1) counted.take("a", [happening("restarted")], { restarts: 1, at });
    expect(counted.within("a", DAY, 10_000)).toEqual({ times: 10_000, first: 1, last: expect.any(Number) });
    expect(counted.within("a", DAY, DAY + 20_000)).toEqual({ times: 0, first: null, last: null });
  });
});

describe("figures", () => {
  test("have to last, and to fall a little below the bound", async () => {
    await ruled({ kind: "metric", config: { series: "memoryShare", over: 0.8 }, lasts: 60 });
    const at = async (used: number | null, seconds: number) => {
      rig.becomes("web", { memory: used === null ? null : { used, limit: 100 } });
      for (let n = 0; n < seconds; n += 10) {
        watchFigures(rig.engine.desk, () => rig.services(), null);
        await rig.pass(10_000, { step: 10_000 });
      }
    };
    await at(90, 50);
    await at(70, 10);
    await at(90, 50);
    expect(rig.all).toEqual([]);
    await at(90, 20);
    expect(rig.open()).toMatchObject([
      {
        title: "Memory of web is over 80 % of its limit",
        why: "It is at 90 % of its limit, over 80 % of its limit for 1 min.",
      },
    ]);
    await at(78, 120);
    expect(rig.open()).toHaveLength(1);
    await at(70, 60);
    expect(endings()).toEqual(["Memory is within its bounds again"]);
  });

  test("of the host", async () => {
    await ruled({ kind: "metric", config: { series: "hostLoad", over: 4 } });
    const host = (load: number) => ({ name: "hel-1", cpu: 0.5, memory: null, load: [load, 1, 1] });
    watchFigures(rig.engine.desk, () => [], host(4.2));
    await rig.pass(1000);
    expect(rig.open()).toMatchObject([{ title: "Load of hel-1 is over 4.0", service: null }]);
    watchFigures(rig.engine.desk, () => [], host(1));
    await rig.pass(40_000);
    expect(rig.open()).toEqual([]);
  });
});

test("disks: full, filling up, with room again, gone", async () => {
  await ruled({ kind: "disk" });
  const disk = (path: string, used: number, hours: number | null = null) => ({
    ...{ path, used: used * 1024 ** 3, total: 100 * 1024 ** 3 },
    fullAt: hours === null ? null : new Date(rig.wall + hours * 3_600_000).toISOString(),
  });
  watchDisks(rig.engine.desk, [disk("/", 91), disk("/srv", 40, 5), disk("/mnt", 50, 100), disk("/old", 99)]);
  await rig.pass(1000);
  expect(titles()).toEqual(["Disk / is 91 % full", "Disk /srv fills up", "Disk /old is 99 % full"]);
  expect(rig.all[1]!.why).toBe("`/srv` has 60 GB of 100 GB left. As it grows now, it is full in 5 h.");
  watchDisks(rig.engine.desk, [disk("/", 89), disk("/srv", 40)]);
  await rig.pass(1000);
  expect(titles()).toEqual(["Disk / is 89 % full"]);
  expect(endings()).toEqual([null, "There is room on it again", "It is not mounted any more"]);
});

test("backups: late by their plan and older than the rule bears", async () => {
  await ruled({ kind: "backup", config: { days: 1 } });
  const source = (key: string, days: number | null, isLate: boolean | null) => ({
    ...{ key, title: key, services: [idOf("db")], lastBackup: days === null ? null : rig.wall - days * DAY },
    plan: isLate === null ? null : { isLate, since: rig.wall - 9 * DAY },
  });
  const look = (...sources: ReturnType<typeof source>[]) => watchBackups(rig.engine.desk, sources);
  look(
    source("daily", 2, true),
    source("hourly", 0.1, true),
    source("weekly", 5, false),
    source("none", 90, null),
    source("never", null, true),
  );
  await rig.pass(1000);
  expect(titles()).toEqual(["Backup of daily is overdue", "Backup of never is overdue"]);
  expect(rig.all.map(({ why }) => why)).toEqual([
    "Its newest good backup is 2 d old, and a run of its plan has gone by without one.",
    "It has no good backup, and a run of its plan has gone by without one.",
  ]);
  look(source("daily", 0, false));
  await rig.pass(1000);
  expect(endings()).toEqual(["There is a good backup again", "It is gone"]);
  // named by its service it needs no plan
  await ruled({ kind: "backup", config: { days: 1 }, services: [idOf("d*")] });
  look(source("none", 90, null));
  await rig.pass(1000);
  expect(titles()).toEqual(["Backup of none is overdue"]);
});

test("certificates: soon, over, renewed; what cannot be asked stays as it was", async () => {
  await ruled({ kind: "certificate", config: { hosts: ["mail.example:465"] } });
  const { desk } = rig.engine;
  const places = placesOf(desk, [{ place: "web.example", service: null, isChecked: true }]);
  const look = (ends: Record<string, number>) =>
    watchCertificates(
      desk,
      places,
      new Map(Object.entries(ends).map(([place, days]) => [place, rig.wall + days * DAY])),
    );
  look({ "mail.example:465": 13.5, "web.example": -2 });
  await rig.pass(1000);
  expect(titles()).toEqual(["Certificate of mail.example:465 ends in 13 days", "Certificate of web.example has ended"]);
  look({ "web.example": 90 });
  await rig.pass(1000);
  expect(titles()).toEqual(["Certificate of mail.example:465 ends in 13 days"]);
  expect(endings()).toEqual([null, "It has another certificate"]);
});

test("checks: down, late, up again, removed", async () => {
  await ruled({ kind: "check" });
  const check = (id: string, more: Partial<Check>) =>
    ({ id, name: id, service: null, enabled: true, ...more }) as Check;
  const since = new Date(rig.wall).toISOString();
  const all = [
    check("a", { state: "down", message: "`connect ECONNREFUSED`", since }),
    check("b", { state: "late", message: null, since }),
    check("c", { state: "waiting", since: null }),
  ];
  watchChecks(rig.engine.desk, all);
  await rig.pass(1000);
  expect(rig.open().map(({ title, why }) => [title, why])).toEqual([
    ["a is down", "`connect ECONNREFUSED`"],
    ["b is late", "Its call has not come in time."],
  ]);
  watchCheck(rig.engine.desk, check("a", { state: "up", since }));
  watchChecks(
    rig.engine.desk,
    all.slice(0, 1).map((one) => ({ ...one, state: "up" as const })),
  );
  await rig.pass(15_000);
  expect(endings()).toEqual(["It is up again", "The check was removed"]);
});

describe("lines", () => {
  const record = (text: string): LogRecord => ({ cursor: "", time: "", stream: "stdout", text, priority: null });
  const service = { id: idOf("web"), title: "web" };
  const none = { services: () => [], follow: () => Promise.reject(new Error("none")), wake: () => undefined };
  const watch = (lines = none) => {
    const made = new LineWatch(rig.engine.desk, lines, AbortSignal.timeout(20_000));
    rig.engine.add(made);
    return made;
  };

  test("so many within a span open an alert that counts on, and quiet ends it", async () => {
    await ruled({
      kind: "log",
      name: "timeouts",
      services: [idOf("*")],
      config: { pattern: "(?i)timeout", count: 3, within: 60 },
    });
    const lines = watch();
    const print = (...texts: string[]) => lines.take(service, texts.map(record));
    await print("a timeout", "all is well", "\u001b[31mTime\u001b[0mout\u0007 again");
    await rig.pass(61_000, { step: 1000 });
    await print("timeout", "timeout");
    expect(rig.all).toEqual([]);
    await print("timeout token=abcdef0123456789 `x`");
    await rig.pass(1000);
    expect(rig.open()).toMatchObject([{ title: "web prints what timeouts looks for", count: 3, service: idOf("web") }]);
    expect(rig.open()[0]!.why).toContain("the last: `timeout token=•••••• 'x'`.");
    await print(...Array.from({ length: 1000 }, () => "timeout"));
    await rig.pass(50_000, { step: 1000 });
    expect(rig.open()).toMatchObject([{ count: 1003 }]);
    await rig.pass(15_000, { step: 1000 });
    expect(endings()).toEqual(["No such line for 1 min"]);
    expect(rig.told.map(({ kind }) => kind)).toEqual(["opened", "recovered"]);
  });

  test("an expression that would explode elsewhere holds nothing up", async () => {
    await ruled({ kind: "log", services: [idOf("*")], config: { pattern: "^(a+)+$" } });
    const lines = watch();
    await lines.take(service, [record(`${"a".repeat(5000)}!`)]);
    expect(rig.engine.book.open()).toEqual([]);
    await lines.take(service, [record("a".repeat(5000))]);
    expect(rig.engine.book.open()).toHaveLength(1);
  });

  test("only logs that a rule is about are followed, and no longer than it is", async () => {
    await ruled({ kind: "log", services: [idOf("wa-*")], config: { pattern: "x" } });
    const followed = new Map<string, AbortSignal>();
    const lines = watch({
      ...none,
      services: () => ["wa-a", "wa-b", "db"].map((name) => ({ id: idOf(name), title: name })),
      follow: (id: string, signal: AbortSignal) => {
        followed.set(id, signal);
        return Promise.reject(new Error("not now"));
      },
    } as never);
    lines.sync();
    lines.sync();
    await sleep(0);
    expect([...followed.keys()]).toEqual([idOf("wa-a"), idOf("wa-b")]);
    rig.rules = [];
    await rig.engine.rulesChanged();
    lines.sync();
    expect([...followed.values()].every(({ aborted }) => aborted)).toBe(true);
  });
});

describe("times of mutes", () => {
  const plain = { from: "2026-03-01T00:00:00.000Z", until: null, cron: null, timezone: null, lasts: null };
  const at = (time: string) => Date.parse(time);
  test.each([
    ["before it begins", plain, "2026-02-28T23:59:59Z", false],
    ["without an end", plain, "2030-01-01T00:00:00Z", true],
    ["until its end", { ...plain, until: "2026-03-02T00:00:00.000Z" }, "2026-03-02T00:00:00Z", false],
    ["for so long", { ...plain, lasts: 60 }, "2026-03-01T00:00:59Z", true],
    ["and no longer", { ...plain, lasts: 60 }, "2026-03-01T00:01:00Z", false],
    // Sundays at two in Berlin: the hour that is skipped on 29 March begins at three
    [
      "at its time",
      { ...plain, cron: "0 2 * * 0", timezone: "Europe/Berlin", lasts: 3600 },
      "2026-03-22T01:30:00Z",
      true,
    ],
    [
      "after its time",
      { ...plain, cron: "0 2 * * 0", timezone: "Europe/Berlin", lasts: 3600 },
      "2026-03-22T02:00:00Z",
      false,
    ],
    [
      "in summer",
      { ...plain, cron: "0 2 * * 0", timezone: "Europe/Berlin", lasts: 3600 },
      "2026-04-05T00:30:00Z",
      true,
    ],
    [
      "in the hour that is skipped",
      { ...plain, cron: "0 2 * * 0", timezone: "Europe/Berlin", lasts: 3600 },
      "2026-03-29T01:30:00Z",
      true,
    ],
  ])("%s", (_, mute, time, wanted) => {
    expect(isActive(mute, at(time))).toBe(wanted);
  });

  test("what is of the host is silenced by what silences everything", () => {
    const host = { service: null, rules: ["disk"] };
    expect(covers({ services: [], rule: null }, host)).toBe(true);
    expect(covers({ services: ["local/*/*"], rule: null }, host)).toBe(false);
    expect(covers({ services: [], rule: "disk" }, host)).toBe(true);
    expect(covers({ services: [], rule: "loop" }, { service: null, rules: ["disk", "loop"] })).toBe(false);
  });
});

test.each([
  [
    { kind: "state", config: { states: ["failed", "paused"] }, lasts: 60 },
    "A service has failed or is paused for 1 min",
  ],
  [{ kind: "loop", services: ["local/docker/wa-*"] }, "`local/docker/wa-*` crashes 3 times within 15 min"],
  [{ kind: "metric", config: { series: "cpu", over: 0.8 }, lasts: 300 }, "CPU of a service is over 80 % for 5 min"],
  [{ kind: "metric", config: { series: "hostMemoryShare", over: 0.9 } }, "Memory of the host is over 90 %"],
  [{ kind: "log", config: { pattern: "x+", count: 2 } }, "A service prints 2 lines within 5 min matching `x+`"],
  [{ kind: "disk" }, "A disk is more than 90 % full, or will be full within 1 d"],
])("%j in a sentence", (given, words) => {
  const parsed = newRuleSchema.parse({ name: "own", ...given });
  expect(wordsOf({ ...parsed, id: "r", builtIn: null, by: "", createdAt: new Date(0) } as RuleRow)).toBe(words);
});
