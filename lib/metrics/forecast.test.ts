import { describe, expect, test } from "vitest";
import { forecastOf } from "./forecast.ts";
import { realMounts } from "./mounts.ts";
import type { Point } from "./rings.ts";

const HOUR = 3_600_000;
const GB = 1e9;
const series = (count: number, step: number, value: (at: number) => number): Point[] =>
  Array.from({ length: count }, (_, at) => [at * step, Math.round(value(at))]);
const week = (value: (hour: number) => number) => series(168, HOUR, value);

describe("when a disk is full", () => {
  test("at the pace of the week, whatever a clean-up or a backup did to single points", () => {
    const found = forecastOf({
      long: week((hour) => hour * GB + (hour === 50 ? 40 * GB : 0)),
      recent: [],
      room: 24 * GB,
    });
    expect(found).toEqual({ perDay: 24 * GB, fullAt: 167 * HOUR + 24 * HOUR });
  });

  test.each<[string, Point[], number | null]>([
    ["what goes up and down every day", week((hour) => (hour % 24) * GB), null],
    ["noise", week((hour) => (Math.abs(Math.sin(hour * 12.9898) * 43_758.5453) % 1) * 10 * GB), null],
    ["what stands still", week((hour) => 5 * GB + (hour % 2)), 0],
    ["too little", week((hour) => hour * GB).slice(0, 8), null],
    ["what shrinks", week((hour) => (200 - hour) * GB), -24 * GB],
  ])("%s does not fill it", (_, long, perDay) => {
    expect(forecastOf({ long, recent: [], room: 10 * GB })).toEqual({ perDay, fullAt: null });
  });

  test("what grew without a pause for an hour and will be full today is told after quiet days", () => {
    const quiet = week(() => 50 * GB);
    const recent = series(60, 60_000, (minute) => minute * GB);
    expect(forecastOf({ long: quiet, recent, room: 60 * GB }).fullAt).toBe((59 + 60) * 60_000);
    expect(forecastOf({ long: quiet, recent, room: 9000 * GB }).fullAt).toBeNull();
    const pausing = series(60, 60_000, (minute) => (minute % 10) * GB);
    expect(forecastOf({ long: quiet, recent: pausing, room: 60 * GB }).fullAt).toBeNull();
  });
});

test("real file systems once each, by their shortest path; none over a network, in memory or of a container", () => {
  const line = (device: string, path: string, type: string) =>
    `36 35 ${device} / ${path} rw,noatime - ${type} /dev/x rw`;
  const text = [
    line("0:21", "/proc", "proc"),
    line("254:1", "/var/lib/docker", "ext4"),
    line("254:1", "/", "ext4"),
    line("8:17", "/mnt/my\\040disk", "xfs"),
    line("0:40", "/run", "tmpfs"),
    line("0:50", "/mnt/far", "nfs4"),
    line("0:51", "/var/lib/docker/overlay2/x/merged", "overlay"),
    "a line of something else",
  ].join("\n");
  expect(realMounts(text)).toEqual([
    { device: "254:1", path: "/" },
    { device: "8:17", path: "/mnt/my disk" },
  ]);
});
