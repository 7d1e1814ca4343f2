import { describe, expect, test } from "vitest";
import { type AlertsRig, eachStarted } from "./alerts-rig.ts";

const MINUTE = 60_000;
let rig: AlertsRig;
eachStarted((started) => {
  rig = started;
});

const kinds = () => rig.told.map(({ kind }) => kind);

describe("mutes", () => {
  const mute = (more: object = {}) => ({
    ...{
      id: "m",
      kind: "mute" as const,
      services: [],
      rule: null,
      from: new Date(rig.wall).toISOString(),
      until: null,
    },
    ...{ cron: null, timezone: null, lasts: null, reason: "moving", by: "mara", createdAt: "", active: true, ...more },
  });

  test("what is still open when they end is told then, and what is over is not", async () => {
    rig.mutes = [mute({ until: new Date(rig.wall + 10 * MINUTE).toISOString() })];
    await rig.engine.mutesChanged();
    rig.fails("web");
    rig.fails("brief");
    await rig.pass(2 * MINUTE, { step: 1000 });
    rig.runs("brief");
    await rig.pass(2 * MINUTE, { step: 1000 });
    expect(rig.told).toEqual([]);
    expect(rig.open()).toMatchObject([{ subject: "web", toldAt: null }]);
    expect(rig.open()[0]!.detail.untold).toBe("Muted by mara until 2026-11-21 12:10 UTC: moving");
    await rig.pass(7 * MINUTE, { step: 1000 });
    expect(rig.told.map(({ title }) => title)).toEqual(["web failed"]);
  });

  test("are about what they name", async () => {
    rig.mutes = [mute({ services: ["local/docker/wa-*"] }), mute({ rule: "unhealthy" })];
    await rig.engine.mutesChanged();
    rig.fails("wa-web");
    rig.fails("web");
    rig.seen("sick", { health: "unhealthy" });
    await rig.pass(20_000);
    expect(rig.told.map(({ title }) => title)).toEqual(["web failed"]);
    rig.mutes = [];
    await rig.engine.mutesChanged();
    await rig.pass(1000);
    expect(rig.told.map(({ title }) => title).sort()).toEqual(["sick is unhealthy", "wa-web failed", "web failed"]);
  });

  test("what was told before is told to be well", async () => {
    rig.fails("web");
    await rig.pass(2000);
    rig.mutes = [mute()];
    await rig.engine.mutesChanged();
    rig.runs("web");
    await rig.pass(31_000);
    expect(kinds()).toEqual(["opened", "recovered"]);
  });
});

test("somebody looks after it: once, with a note that can come later", async () => {
  rig.fails("web");
  await rig.pass(2000);
  const { id } = rig.all[0]!;
  expect(await rig.engine.acknowledge(id, "mara", null)).toBe(true);
  expect(await rig.engine.acknowledge(id, "jon", "on it")).toBe(true);
  expect(await rig.engine.acknowledge("nothing", "jon", null)).toBe(false);
  await rig.settle();
  expect(rig.all).toMatchObject([{ acknowledgedBy: "mara", note: "on it" }]);
  expect(kinds()).toEqual(["opened", "acknowledged"]);
});

test("where nobody can be told it says why, and no end is told either", async () => {
  rig.untold = "There is no channel";
  rig.fails("web");
  await rig.pass(2000);
  expect(rig.all).toMatchObject([{ toldAt: null, detail: { untold: "There is no channel" } }]);
  rig.untold = null;
  rig.runs("web");
  await rig.pass(MINUTE);
  expect(rig.told).toEqual([]);
});
