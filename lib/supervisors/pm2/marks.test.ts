import { expect, test } from "vitest";
import { marksOf } from "./marks.ts";

const LOG = `2026-11-21T12:00:00: PM2 log: App [web:0] starting in -fork mode-
2026-11-21T12:00:00: PM2 log: App [web:0] online
2026-11-21T12:00:05: PM2 log: App [web:0] exited with code [1] via signal [SIGINT]
2026-11-21T12:00:05: PM2 log: App [web:0] starting in -fork mode-
2026-11-21T12:00:05: PM2 log: App [web:0] online
2026-11-21T12:00:06: PM2 log: App [other:1] online
2026-11-21T12:00:07: PM2 log: App [web:0] exited with code [0] via signal [SIGKILL]
2026-11-21T12:00:08: PM2 log: App [web:0] online
2026-11-21T12:00:09: PM2 log: Stopping app:web id:0
2026-11-21T12:00:09: PM2 log: App [web:0] exited with code [0] via signal [SIGINT]
a line of anything: App [web:0] online
2026-11-21T12:00:20: PM2 log: App [web:0] online
`;

test("starts and ends, in the order that they came", () => {
  const marks = marksOf(LOG, "web");
  expect(marks.map(({ kind, code, signal }) => [kind, code, signal])).toEqual([
    ["started", null, null],
    ["failed", 1, null],
    ["restarted", null, null],
    ["failed", null, "SIGKILL"],
    ["restarted", null, null],
    ["exited", 0, null],
    ["started", null, null],
  ]);
  // the zone of these tests is half an hour off
  expect(marks[0]!.time).toBe("2026-11-21T01:00:00.000Z");
  expect(marks.map(({ time }) => time)).toEqual(marks.map(({ time }) => time).toSorted());
  expect(marksOf(LOG, "we")).toEqual([]);
});
