/** An incident as the book holds it: what is kept of it in the database, and what only this run of the server knows. */
import { timestamp } from "#lib/platform/clock.ts";
import { type Alert, type RuleKind, SEVERITIES, type Severity } from "./shapes.ts";

/** Something that a rule finds wrong, now. */
export interface Found {
  rule: { id: string; kind: RuleKind; severity: Severity; channels: string[] | null };
  /** what it is about, by which one finding of a rule is told from another: a service, a check, a disk */
  about: string;
  service: string | null;
  /** as the page names it: `web` */
  subject: string;
  /** `web has failed` */
  title: string;
  /** sentences, literal words of a tool between backquotes */
  why: string;
  /** how often it was there already; 1 where that is not counted */
  count?: number;
  /** counted by who finds it, as lines are: not each time that it comes back */
  counts?: boolean;
}

/** Why an incident is open. */
export interface Reason {
  rule: string;
  about: string;
  kind: RuleKind;
  severity: Severity;
  title: string;
  why: string;
}

export interface StoredIncident {
  id: string;
  rule: string;
  kind: RuleKind;
  key: string;
  service: string | null;
  subject: string;
  title: string;
  why: string;
  severity: Severity;
  openedAt: number;
  lastAt: number;
  count: number;
  endedAt: number | null;
  ending: string | null;
  acknowledgedAt: number | null;
  acknowledgedBy: string | null;
  note: string | null;
  parent: string | null;
  toldAt: number | null;
  detail: IncidentDetail;
}

export interface IncidentDetail {
  reasons: Reason[];
  channels: string[] | null;
  /** times that it began again */
  again: number;
  /** what was told last, and how grave it was then; null: nothing yet */
  said: { state: "open" | "ended"; severity: Severity } | null;
  untold: string | null;
  /** nobody was told because of a mute: told when that is over */
  muted: boolean;
  /** what is known of how it came to it, in a sentence or two */
  cause: string | null;
}

/** Times of this run, in milliseconds of a clock that never goes back. */
export interface Run {
  openedAt: number;
  /** since when nothing speaks for it any more; null: something does */
  wellAt: number | null;
  /** for so long it has to stay well */
  stable: number;
  ending: string;
  endedAt: number | null;
  /** when it is told of; null: it was, or it is not */
  tellAt: number | null;
  /** when those that have joined it since it was told are told of; null: none has */
  joinedAt: number | null;
  /** crashes since it ended */
  meanwhile: number;
  /** reasons of an earlier run that nothing has confirmed in this one, by `reasonKey` */
  unconfirmed: Set<string>;
}

export interface Incident extends StoredIncident {
  run: Run;
}

export const rankOf = (severity: Severity) => SEVERITIES.indexOf(severity);

/** A service that is down: whatever rule says so, it is one incident for those who are told of it. */
export const isDown = (kind: RuleKind) => kind === "state" || kind === "loop";

export function reasonKey({ rule, about }: { rule: string; about: string }): string {
  return `${rule} ${about}`;
}

/** While one is open, what has the same key is that one. */
export function keyOf({ rule, about, service }: Found): string {
  if (service === null || !isDown(rule.kind)) return reasonKey({ rule: rule.id, about });
  return `down ${service} ${rule.channels === null ? "*" : [...rule.channels].sort().join(",")}`;
}

/** As the API tells it. `parts`: how many are part of it. */
export function alertOf(incident: StoredIncident, parts: number): Alert {
  const { id, rule, kind, service, subject, title, severity, count, ending, note, parent } = incident;
  const { openedAt, lastAt, endedAt, acknowledgedAt, acknowledgedBy, toldAt, detail } = incident;
  const time = (at: number | null) => (at === null ? null : timestamp(at));
  return {
    ...{ id, rule, kind, service, subject, title, severity, count, ending, note, parent, parts },
    why: whyOf(incident),
    state: endedAt !== null ? "ended" : acknowledgedAt !== null ? "acknowledged" : "open",
    ...{ openedAt: timestamp(openedAt), lastAt: timestamp(lastAt), endedAt: time(endedAt) },
    ...{ acknowledgedAt: time(acknowledgedAt), acknowledgedBy, toldAt: time(toldAt) },
    untold: toldAt === null ? detail.untold : null,
  };
}

/** What its rule says, and what is known of how it came to it. */
export function whyOf({ why, detail }: Pick<StoredIncident, "why" | "detail">): string {
  return detail.cause === null ? why : `${detail.cause} ${why}`;
}
