import { expect, test } from "vitest";
import type { ActivityItem } from "#lib/services/events/activity.ts";
import { byDays, isAbout } from "./activity-words.ts";

const now = new Date(2026, 10, 21, 15, 0).getTime();

function item(minutesAgo: number, more: Partial<ActivityItem> = {}): ActivityItem {
  return {
    ...{ at: new Date(now - minutesAgo * 60_000).toISOString(), kind: "happening", service: "local/docker/web" },
    ...{ title: "web", words: "restarted: it ended with exit 1", by: null, severity: "warning" },
    ...more,
  };
}

test("the same thing again and again is one line, with how often and since when", () => {
  const [first, last] = [item(30), item(1)];
  const days = byDays([last, item(10), first, item(40, { service: "local/docker/db", title: "db" }), item(50)], now);
  expect(days.map(({ day, lines }) => [day, lines.map(({ item: { title }, times }) => [title, times])])).toEqual([
    [
      "Today",
      [
        ["web", 3],
        ["db", 1],
        ["web", 1],
      ],
    ],
  ]);
  expect(days[0]?.lines[0]).toMatchObject({ item: { at: last.at }, since: first.at });
});

test("what somebody asked for twice stays two lines, and so does the same on another day", () => {
  const asked = { kind: "action", by: "mara", words: "restart was asked for" } as const;
  expect(byDays([item(1, asked), item(2, asked)], now)[0]?.lines).toHaveLength(2);
  const days = byDays([item(14 * 60), item(16 * 60), item(3 * 24 * 60)], now);
  expect(days.map(({ day, lines }) => [day, lines.length])).toEqual([
    ["Today", 1],
    ["Yesterday", 1],
    [expect.stringMatching(/18/), 1],
  ]);
});

test("a filter looks at names, words and people", () => {
  expect(isAbout(item(1, { by: "mara" }), "web mara")).toBe(true);
  expect(isAbout(item(1), "web mara")).toBe(false);
});
