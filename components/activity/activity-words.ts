import { formatDay } from "#lib/format/exact-time.ts";
import type { ActivityItem } from "#lib/services/events/activity.ts";

const DAY = 86_400_000;

/** One thing that happened, or the same one again and again with nothing else between. */
export interface Line {
  /** the newest of them */
  item: ActivityItem;
  times: number;
  /** when the first of them was */
  since: string;
}

export interface Day {
  /** `Today`, `Fri 20 Nov` */
  day: string;
  lines: Line[];
}

/** Items by the reader's days, newest first as they come. `now` in milliseconds. */
export function byDays(items: readonly ActivityItem[], now: number): Day[] {
  const [today, yesterday] = [dayOf(now), dayOf(now - DAY)];
  const days: Day[] = [];
  for (const item of items) {
    const own = dayOf(item.at);
    const day = own === today ? "Today" : own === yesterday ? "Yesterday" : own;
    if (days.at(-1)?.day !== day) days.push({ day, lines: [] });
    const { lines } = days.at(-1)!;
    const last = lines.at(-1);
    if (last && isSame(last.item, item)) {
      last.times += item.event?.count ?? 1;
      last.since = item.at;
    } else lines.push({ item, times: item.event?.count ?? 1, since: item.at });
  }
  return days;
}

/** Only what happens by itself: what somebody asked for twice was asked for twice. */
function isSame(one: ActivityItem, other: ActivityItem): boolean {
  const isAlike = one.service === other.service && one.words === other.words && one.title === other.title;
  return isAlike && one.kind === "happening" && other.kind === "happening" && one.by === null && other.by === null;
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
