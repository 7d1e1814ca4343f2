import { describe, expect, test } from "vitest";
import { someVolume } from "./volume-rig.ts";
import { countShows, filterVolumes, keepPlaces, orderVolumes, parseVolumeView, volumeSearch } from "./volume-view.ts";

const SCHEDULE = someVolume({ name: "x" }).schedule;
const db = someVolume({ name: "wa-db", group: "wa", usedBy: ["local/docker/wa-api", "local/docker/wa%20worker"] });
const umami = someVolume({ name: "umami-db", overdue: true });
const registry = someVolume({ name: "registry", schedule: null });
const lost = someVolume({ name: "3f9c", usedBy: [], schedule: null });
const ALL = [lost, registry, db, umami];

describe("the address", () => {
  test("is read back as it was written", () => {
    const view = { q: "wa db", show: "overdue", volume: "local/docker/wa%2Fdb" } as const;
    expect(parseVolumeView(volumeSearch(view))).toEqual(view);
    expect(volumeSearch({ q: "", show: "all", volume: null })).toBe("");
  });

  test("leaves out what it does not know", () => {
    expect(parseVolumeView("?show=everything&x=1")).toEqual({ q: "", show: "all", volume: null });
  });
});

test("the filter looks at names, stacks and users, every word of it", () => {
  expect(filterVolumes(ALL, { q: "WA worker", show: "all" })).toEqual([db]);
  expect(filterVolumes(ALL, { q: "wa nothing", show: "all" })).toEqual([]);
  expect(filterVolumes(ALL, { q: "", show: "unscheduled" })).toEqual([lost, registry]);
  expect(countShows(ALL)).toEqual({ all: 4, overdue: 1, unscheduled: 2, unused: 1 });
});

test("overdue ones come first, what nothing uses last", () => {
  expect(orderVolumes(ALL)).toEqual([umami, db, registry, lost]);
});

test("a newer reading leaves rows where they are, and unchanged ones the same object", () => {
  const before = [umami, db, lost];
  const next = [{ ...lost, size: 5 }, registry, { ...db }, { ...umami, overdue: false, schedule: SCHEDULE }];
  const kept = keepPlaces(before, next);
  expect(kept.map(({ name }) => name)).toEqual(["umami-db", "wa-db", "3f9c", "registry"]);
  expect(kept[1]).toBe(db);
  expect(kept[2]?.size).toBe(5);
});
