/** Alerts on the line of time: where each began, and where it ended. */
import type { StoredIncident } from "#lib/alerts/incident.ts";
import { incidentsUntil } from "#lib/alerts/store.ts";
import { formatDuration } from "#lib/format/duration.ts";
import { timestamp } from "#lib/platform/clock.ts";
import type { ActivitySource, Keyed, SourceQuery } from "#lib/services/events/activity.ts";

const BEGAN = ".1";
const ENDED = ".2";

export const alertActivity: ActivitySource = {
  kind: "alert",
  async read(query) {
    const [began, ended] = await Promise.all([
      incidentsUntil("openedAt", boundsOf(query, BEGAN)),
      incidentsUntil("endedAt", boundsOf(query, ENDED)),
    ]);
    return [...began.map(beginning), ...ended.map(end)]
      .filter(({ item, key }) => query.below === null || item.at !== query.until || key < query.below)
      .sort((one, other) =>
        one.item.at === other.item.at ? (one.key > other.key ? -1 : 1) : one.item.at > other.item.at ? -1 : 1,
      )
      .slice(0, query.limit);
  },
};

function boundsOf({ until, below, service, limit }: SourceQuery, turn: string) {
  // one more for what stands at the place itself
  const bounds = { until: until === null ? null : new Date(until), service, most: limit + 1 };
  return { ...bounds, upTo: below === null ? null : below.slice(0, -turn.length) };
}

function beginning({ id, openedAt, service, subject, title, severity }: StoredIncident): Keyed {
  const words = `alert: ${title.startsWith(`${subject} `) ? title.slice(subject.length + 1) : title}`;
  const item = { at: timestamp(openedAt), kind: "alert" as const, service, title: subject, words, by: null };
  return { item: { ...item, severity, alert: id }, key: `${id}${BEGAN}` };
}

function end({ id, openedAt, endedAt, service, subject, ending }: StoredIncident): Keyed {
  const at = endedAt ?? openedAt;
  const words = `alert ended after ${formatDuration((at - openedAt) / 1000)}${ending === null ? "" : `: ${ending}`}`;
  const item = { at: timestamp(at), kind: "alert" as const, service, title: subject, words, by: null };
  return { item: { ...item, severity: "info", alert: id }, key: `${id}${ENDED}` };
}
