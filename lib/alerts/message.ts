/** What is said of an incident. Pure. */
import { formatDuration } from "#lib/format/duration.ts";
import { plural } from "#lib/format/plural.ts";
import { timestamp } from "#lib/platform/clock.ts";
import type { Message } from "./channels/shapes.ts";
import { type StoredIncident, whyOf } from "./incident.ts";

/** parts that are named in a message */
const NAMED = 8;

/** `joined`: it is told for those that came to it since it was told. `base`: where people reach the pages; `host`: of this machine. */
export function messageOf(
  kind: Exclude<Message["kind"], "test">,
  incident: StoredIncident,
  circumstances: { parts: readonly StoredIncident[]; joined?: boolean; host: string; base: string; at: number },
): Message {
  const { parts, joined = false, host, base, at } = circumstances;
  const { id, rule, severity, service, subject } = incident;
  const [, scope = "", name = ""] = service?.split("/").map(decodeURIComponent) ?? [];
  return {
    ...{ kind, severity, host, service, incident: id },
    title: joined ? `${incident.title}, and ${plural(parts.length, "other")} with it` : titleOf(kind, incident),
    text: [...sentencesOf(kind, incident), ...together(kind, parts)].join(" "),
    url: `${base}/alerts/${id}`,
    at: timestamp(at),
    labels: {
      ...{ alertname: incident.kind, rule, severity, host, subject },
      ...(service === null ? {} : { service: name, supervisor: scope }),
    },
  };
}

function titleOf(kind: Message["kind"], { title, subject, acknowledgedBy, detail }: StoredIncident): string {
  if (kind === "recovered") return `${subject} is well again`;
  if (kind === "acknowledged") return `${acknowledgedBy ?? "Somebody"} looks after it: ${title}`;
  return kind === "again" && detail.again > 0 ? `Again: ${title}` : title;
}

function sentencesOf(kind: Message["kind"], incident: StoredIncident): string[] {
  const { title, ending, openedAt, endedAt, count, note, detail } = incident;
  if (kind === "recovered") {
    const long = endedAt === null ? "" : ` It took ${formatDuration((endedAt - openedAt) / 1000)}.`;
    return [`${ending ?? "It is over"}.${long} It was: ${title}.`];
  }
  if (kind === "acknowledged") return note === null ? [] : [note];
  const often = detail.again > 0 ? [`It has come back ${plural(detail.again, "time")}.`] : [];
  return [whyOf(incident), ...(count > 1 && detail.again > 0 ? [`Counted ${count} times.`] : []), ...often];
}

function together(kind: Message["kind"], parts: readonly StoredIncident[]): string[] {
  if (parts.length === 0 || kind === "acknowledged") return [];
  const names = parts.slice(0, NAMED).map(({ subject }) => subject);
  const more = parts.length > NAMED ? ` and ${parts.length - NAMED} more` : "";
  return [`${kind === "recovered" ? "Ended with it" : "With it"}: ${names.join(", ")}${more}.`];
}
