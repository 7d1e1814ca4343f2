import { formatDay } from "#lib/format/exact-time.ts";
import type { ActivityItem } from "#lib/services/events/activity.ts";
import type { Day } from "./activity-list.tsx";

const DAY = 86_400_000;

/** Items by the reader's days, newest first as they come. `now` in milliseconds. */
export function byDays(items: readonly ActivityItem[], now: number): Day[] {
  const [today, yesterday] = [dayOf(now), dayOf(now - DAY)];
  const days: Day[] = [];
  for (const item of items) {
    const day = dayOf(item.at);
    const name = day === today ? "Today" : day === yesterday ? "Yesterday" : day;
    const last = days.at(-1);
    if (last?.day === name) last.items.push(item);
    else days.push({ day: name, items: [item] });
  }
  return days;
}

/** Every word of `q` is in it somewhere. */
export function isAbout({ title, words, by, service }: ActivityItem, q: string): boolean {
  const text = [title, words, by, service].join("\n").toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function dayOf(time: string | number): string {
  return formatDay(time).split(",")[0]!;
}
