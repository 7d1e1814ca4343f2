import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AlertsRig, eachStarted, idOf } from "./alerts-rig.ts";

const MINUTE = 60_000;
let rig: AlertsRig;
eachStarted((started) => {
  rig = started;
});

const kinds = () => rig.told.map(({ kind }) => kind);

describe("a service that fails", () => {
  test("is told once, within a second, and told to be well when it has stayed so", async () => {
    rig.fails("web");
    await rig.pass(1000);
    expect(rig.told).toMatchObject([
      {
        ...{ kind: "opened", severity: "critical", title: "web failed", text: "exit 1.", service: idOf("web") },
        url: `https://trihelm.example/alerts/${rig.all[0]!.id}`,
        labels: { rule: "failed", service: "web", supervisor: "docker", host: "hel-1" },
      },
    ]);
    await rig.pass(5 * MINUTE);
    rig.runs("web");
    await rig.pass(29_000);
    expect(rig.open()).toHaveLength(1);
    await rig.pass(2000);
    expect(rig.all).toMatchObject([{ count: 1, ending: "It runs again", toldAt: expect.any(Number) }]);
    expect(kinds()).toEqual(["opened", "recovered"]);
    expect(rig.told[1]).toMatchObject({ title: "web is well again", text: expect.stringContaining("web failed") });
  });

  test("is one alert however often it goes up and down, with every crash counted and one message", async () => {
    for (let n = 0; n < 200; n += 1) {
      rig.fails("web");
      await rig.pass(2500);
      rig.runs("web");
      await rig.pass(2500);
    }
    expect(rig.all).toMatchObject([{ count: 200, endedAt: null }]);
    expect(kinds()).toEqual(["opened"]);
    // crashes were many: it is a loop, which is over when none has come for long enough
    await rig.pass(11 * MINUTE);
    expect(kinds()).toEqual(["opened", "recovered"]);
    expect(rig.all).toMatchObject([{ count: 200, endedAt: expect.any(Number) }]);
  });

  test("comes back as the same alert, and is believed to be well later each time", async () => {
    rig.rules = rig.rules.filter(({ kind }) => kind !== "loop");
    await rig.engine.rulesChanged();
    for (let n = 0; n < 40; n += 1) {
      rig.fails("web");
      await rig.pass(20_000, { step: 1000 });
      rig.runs("web");
      await rig.pass(MINUTE, { step: 1000 });
    }
    expect(rig.all).toHaveLength(1);
    expect(rig.all[0]!.count).toBe(40);
    // from then on it has to stay well for two minutes, which it never does
    expect(kinds()).toEqual(["opened", "recovered", "again", "recovered", "again"]);
  });

  test("that somebody here has stopped is no news; nor is one that is about to change or held still", async () => {
    rig.engine.services.looked({ id: idOf("a"), restarts: 0, happened: [], asked: "stop" });
    rig.seen("a", { state: "failed" });
    rig.seen("b", { state: "failed", pending: { action: "restart", since: "", actor: "mara" } });
    rig.heldStill.add(idOf("c"));
    rig.seen("c", { state: "failed" });
    rig.seen("d", { state: "failed", stale: "2026-11-21T11:00:00.000Z" });
    await rig.pass(2000);
    expect(rig.all).toEqual([]);
  });

  test("that is stopped, or gone, ends its alert with that", async () => {
    rig.fails("a");
    rig.fails("b");
    await rig.pass(2000);
    rig.seen("a", { state: "stopped" });
    rig.removes("b");
    await rig.pass(11_000);
    expect(rig.all.map(({ ending }) => ending)).toEqual(["It was stopped", "It is gone"]);
  });

  test("made anew under its name goes on as the same alert", async () => {
    rig.fails("a");
    await rig.pass(2000);
    rig.removes("a");
    await rig.pass(1000);
    rig.fails("a");
    await rig.pass(MINUTE);
    expect(rig.all).toMatchObject([{ endedAt: null, count: 2 }]);
    expect(kinds()).toEqual(["opened"]);
  });
});

test("ten thousand crashes are one alert that has counted them all", async () => {
  rig.seen("web");
  for (let n = 0; n < 2000; n += 1) {
    rig.crashes("web", 5);
    await rig.pass(50, { step: 50 });
  }
  expect(rig.all).toMatchObject([{ count: 10_000, kind: "loop", title: "web crashes again and again" }]);
  expect(kinds()).toEqual(["opened"]);
  rig.runs("web");
  await rig.pass(9 * MINUTE, { step: 5000 });
  expect(rig.open()).toHaveLength(1);
  await rig.pass(2 * MINUTE, { step: 5000 });
  expect(rig.all).toMatchObject([{ count: 10_000, ending: "It has run for 10 min without a crash" }]);
  // shown as it went on, and not for each of them
  expect(rig.published.length).toBeLessThan(2100);
});

test("a loop that gives up is one alert, and says that it has failed", async () => {
  rig.crashes("web", 5);
  await rig.pass(1000);
  rig.fails("web");
  await rig.pass(1000);
  expect(rig.all).toMatchObject([{ title: "web failed", count: 6, endedAt: null }]);
  expect(kinds()).toEqual(["opened"]);
});

describe("what goes together", () => {
  test("whatever comes first: the database speaks for all that need it", async () => {
    const names = Array.from({ length: 12 }, (_, n) => `app-${n}`);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(["db", ...names], { minLength: 13 }), async (order) => {
        rig = new AlertsRig();
        await rig.start();
        for (const name of names) rig.needs(name, "db");
        for (const name of order) {
          rig.fails(name);
          await rig.pass(40, { step: 40 });
        }
        await rig.pass(40_000, { step: 1000 });
        const db = rig.all.find(({ subject }) => subject === "db")!;
        expect(rig.all.filter(({ parent }) => parent === db.id)).toHaveLength(12);
        expect(kinds()).toEqual(["opened"]);
        expect(rig.told[0]!.text).toContain("With it: app-");
        await rig.engine.stop();
      }),
      { numRuns: 10 },
    );
  });

  test("a database that is seen to fail a while later takes them up; what stays down without it is told", async () => {
    rig.needs("app", "db");
    rig.fails("app");
    await rig.pass(10_000);
    rig.fails("db");
    await rig.pass(2000);
    const db = () => rig.all.find(({ subject }) => subject === "db")!;
    expect(rig.open().find(({ subject }) => subject === "app")).toMatchObject({ parent: db().id });
    rig.needs("late", "db");
    rig.fails("late");
    await rig.pass(40_000);
    // told of one after the other, and once of what came to it
    expect(rig.told.map(({ title }) => title)).toEqual(["app failed", "db failed", "db failed, and 2 others with it"]);
    rig.runs("app");
    await rig.pass(1000);
    rig.runs("db");
    await rig.pass(31_000);
    expect(rig.told.find(({ title }) => title === "db is well again")?.text).toContain("Ended with it: app.");
    expect(rig.open().map(({ subject, parent }) => [subject, parent])).toEqual([["late", null]]);
    await rig.pass(2 * MINUTE);
    expect(rig.told.at(-1)).toMatchObject({ kind: "opened", title: "late failed" });
  });

  test("what a card names is what it belongs to, although nothing else says so", async () => {
    rig.unexplained.add(idOf("app"));
    rig.fails("app");
    await rig.pass(400, { step: 100 });
    rig.fails("db");
    await rig.pass(600, { step: 100 });
    expect(rig.told).toEqual([]);
    rig.named.set(idOf("app"), idOf("db"));
    rig.unexplained.clear();
    rig.engine.explained(idOf("app"), "The connection was refused.");
    await rig.pass(1000, { step: 100 });
    expect(rig.told).toMatchObject([{ title: "db failed", text: "exit 1. With it: app." }]);
    expect(rig.published.findLast(({ subject }) => subject === "app")?.why).toBe("The connection was refused. exit 1.");
    // a card that never comes holds nothing up for longer than a second and a bit
    rig.unexplained.add(idOf("web"));
    rig.fails("web");
    await rig.pass(1100, { step: 100 });
    expect(rig.told).toHaveLength(1);
    await rig.pass(200, { step: 100 });
    expect(rig.told).toHaveLength(2);
  });

  test("a host whose services all fall is not told of one by one", async () => {
    for (let n = 0; n < 40; n += 1) rig.fails(`svc-${n}`);
    await rig.pass(MINUTE);
    expect(kinds()).toEqual(["opened"]);
    expect(rig.all.filter(({ parent }) => parent !== null)).toHaveLength(39);
    expect(rig.told[0]!.text).toContain("and 31 more");
  });

  test("those that fail one after the other have nothing to do with each other", async () => {
    const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    for (const name of names) {
      rig.fails(name);
      await rig.pass(2000);
    }
    expect(rig.told.map(({ title }) => title)).toEqual(names.map((name) => `${name} failed`));
  });

  test("behind what nobody was told of nothing is hidden", async () => {
    rig.untold = "There is no channel";
    for (const name of ["a", "b", "c", "d", "e", "db"]) rig.fails(name);
    await rig.pass(2000);
    rig.untold = null;
    rig.needs("app", "db");
    rig.fails("f");
    await rig.pass(100, { step: 100 });
    rig.fails("app");
    await rig.pass(2000);
    expect(rig.told).toMatchObject([{ title: "f failed", text: "exit 1. With it: app." }]);
  });

  test("a supervisor that cannot be reached is one alert", async () => {
    const error = { code: "unreachable" as const, detail: "No answer", hint: "Is it running?", command: null };
    const down = rig.supervisor({ available: false, error: { ...error, since: new Date(rig.wall).toISOString() } });
    rig.engine.services.supervisor(down);
    await rig.pass(32_000);
    expect(rig.told).toMatchObject([{ title: "docker cannot be reached", service: null, severity: "critical" }]);
    rig.engine.services.supervisor(rig.supervisor());
    await rig.pass(40_000);
    expect(rig.all).toMatchObject([{ ending: "It answers again" }]);
  });

  test("a sick service that is down as well is told of once", async () => {
    rig.seen("web", { health: "unhealthy" });
    await rig.pass(5000);
    rig.fails("web");
    await rig.pass(20_000);
    expect(kinds()).toEqual(["opened"]);
    // a grave one is never hidden behind one that is less grave
    rig.seen("sick", { health: "unhealthy" });
    rig.needs("app", "sick");
    await rig.pass(20_000);
    rig.fails("app");
    await rig.pass(2000);
    expect(rig.told.map(({ title }) => title)).toEqual(["web failed", "sick is unhealthy", "app failed"]);
  });
});

describe("over a restart of the server", () => {
  test("nothing that is open is lost or told again", async () => {
    rig.fails("web");
    rig.crashes("loop", 4);
    await rig.pass(2000);
    expect(rig.told).toHaveLength(2);
    for (let n = 0; n < 3; n += 1) {
      await rig.restart();
      await rig.pass(MINUTE);
    }
    expect(rig.open()).toHaveLength(2);
    expect(rig.told).toHaveLength(2);
    rig.crashes("loop", 3);
    await rig.settle();
    expect(rig.all.find(({ subject }) => subject === "loop")).toMatchObject({ count: 7 });
  });

  test("what ended meanwhile is ended with a sentence, and told", async () => {
    rig.fails("web");
    rig.fails("old");
    await rig.pass(2000);
    rig.becomes("web", { since: new Date(rig.wall).toISOString() });
    rig.becomes("old", null);
    await rig.restart(10 * MINUTE);
    rig.engine.services.supervisor(rig.supervisor());
    await rig.pass(MINUTE);
    expect(rig.all.map(({ ending }) => ending).sort()).toEqual([
      "While Trihelm was away: it is gone",
      "While Trihelm was away: it runs again",
    ]);
    expect(kinds()).toEqual(["opened", "opened", "recovered", "recovered"]);
  });

  test("what somebody had stopped before is no news after it", async () => {
    rig.fails("known");
    await rig.pass(2000);
    await rig.restart();
    rig.engine.services.endedBefore([idOf("known"), idOf("stopped")]);
    rig.seen("stopped", { state: "failed" });
    rig.seen("known", { state: "failed" });
    await rig.pass(2000);
    expect(rig.open().map(({ subject }) => subject)).toEqual(["known"]);
    rig.runs("stopped");
    rig.fails("stopped");
    await rig.pass(2000);
    expect(rig.open().map(({ subject }) => subject)).toEqual(["known", "stopped"]);
  });

  test("what nobody had been told of is told; while nobody can say how it is, it stays", async () => {
    rig.fails("web");
    await rig.settle();
    rig.seen("web", { stale: "2026-11-21T12:00:00.000Z" });
    await rig.restart();
    await rig.pass(10 * MINUTE, { step: 5000 });
    expect(rig.open()).toHaveLength(1);
    expect(kinds()).toEqual(["opened"]);
  });
});

test("a clock that jumps moves nothing", async () => {
  rig.fails("web");
  await rig.pass(2000);
  rig.wall += 86_400_000;
  await rig.pass(MINUTE);
  expect(rig.open()).toHaveLength(1);
  rig.runs("web");
  rig.wall -= 3 * 86_400_000;
  await rig.pass(20_000);
  expect(rig.open()).toHaveLength(1);
  await rig.pass(12_000);
  expect(kinds()).toEqual(["opened", "recovered"]);
  const [incident] = rig.all;
  expect(incident!.endedAt).toBeGreaterThanOrEqual(incident!.openedAt);
  // set back over a restart
  rig.fails("web");
  await rig.pass(2000);
  await rig.restart(-86_400_000);
  await rig.pass(MINUTE);
  expect(rig.open()).toHaveLength(1);
  expect(kinds()).toEqual(["opened", "recovered", "again"]);
});

describe("rules that change while something is open", () => {
  const change = (id: string, more: object) => {
    rig.rules = rig.rules.map((rule) => (rule.id === id ? ({ ...rule, ...more } as typeof rule) : rule));
    return rig.engine.rulesChanged();
  };

  test.each([
    [{ enabled: false }, "Its rule was turned off"],
    [{ services: ["local/pm2/*"] }, "Its rule is about other services now"],
    [{ config: { states: ["paused"] } }, "It was started again"],
  ])("%j", async (more, ending) => {
    rig.fails("web");
    await rig.pass(2000);
    await change("failed", more);
    await rig.pass(31_000);
    expect(rig.all).toMatchObject([{ ending }]);
    expect(kinds()).toEqual(["opened", "recovered"]);
  });

  test("one that is gone ends what it holds, and what waits for it never opens", async () => {
    await change("unhealthy", { lasts: 60 });
    rig.fails("web");
    rig.seen("sick", { health: "unhealthy" });
    await rig.pass(2000);
    rig.rules = rig.rules.filter(({ id }) => id !== "failed" && id !== "unhealthy");
    await rig.engine.rulesChanged();
    await rig.pass(2 * MINUTE);
    expect(rig.all).toMatchObject([{ subject: "web", ending: "Its rule was removed" }]);
  });

  test("two rules about one service: it is over when neither holds; one that tells others stands alone", async () => {
    rig.rules = [...rig.rules, { ...rig.rules[0]!, id: "own", builtIn: null, channels: null } as (typeof rig.rules)[0]];
    const oncall = { ...rig.rules[0]!, id: "oncall", builtIn: null, channels: ["pager"] } as (typeof rig.rules)[0];
    rig.rules = [...rig.rules, oncall];
    await rig.engine.rulesChanged();
    rig.fails("web");
    await rig.pass(2000);
    expect(rig.open()).toHaveLength(2);
    rig.rules = rig.rules.filter(({ id }) => id !== "failed");
    await rig.engine.rulesChanged();
    await rig.pass(MINUTE);
    expect(rig.open().map(({ rule }) => rule)).toEqual(["own", "oncall"]);
  });
});
