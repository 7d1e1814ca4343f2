/** Who is told of what, and when: once what belongs together has had time to come, and not at all where somebody wants quiet. */
import { type Book, type Clock, SETTLE } from "./book.ts";
import { FOLLOWS, parentOf, partsOf, type Relations } from "./grouping.ts";
import { type Incident, isDown, rankOf } from "./incident.ts";
import type { Mute } from "./shapes.ts";

export interface Telling {
  incident: Incident;
  kind: "opened" | "again" | "recovered";
  /** what is part of it, or ended with it */
  parts: Incident[];
  /** it is told for the sake of those that came to it since it was told */
  joined?: boolean;
}

export interface Circumstances extends Relations {
  /** what silences it now; null: nothing does */
  muteOf(incident: Incident): Mute | null;
  /** Is there nothing more to be known soon of how this service came down? */
  isExplained(service: string): boolean;
}

/** Places what has opened, and says what has to be told now. */
export function takeTellings(book: Book, clock: Clock, circumstances: Circumstances): Telling[] {
  const mono = clock.mono();
  const due = [...book.known()].filter((one) => isDue(one, mono, circumstances));
  due.sort((one, other) => rankOf(other.severity) - rankOf(one.severity) || one.run.openedAt - other.run.openedAt);
  const open = book.open();
  for (const incident of due) if (incident.endedAt === null) placeIn(book, incident, { open, circumstances, mono });
  return [...due.flatMap((one) => tellingOf(book, one, circumstances)), ...joined(open, mono)];
}

/** What is known of a service now may say what it belongs to: it need not wait longer. */
export function explained(book: Book, clock: Clock, service: string): void {
  for (const { service: own, run } of book.open())
    if (own === service && run.tellAt !== null) run.tellAt = Math.max(run.openedAt + SETTLE, clock.mono());
}

/** A mute may be over, or another one there: what waits for that is looked at again. */
export function askAgain(book: Book, clock: Clock): void {
  for (const { detail, run } of book.open()) if (detail.muted) run.tellAt ??= clock.mono();
}

/** What came of it. `untold`: why nobody is told; null: somebody is. */
export function said(book: Book, { incident, kind }: Telling, { untold, at }: { untold: string | null; at: number }) {
  const { detail, severity } = incident;
  const state = kind === "recovered" ? "ended" : "open";
  if (untold === null && state === "open") incident.toldAt ??= at;
  // nobody can be told: that it ended is no news either
  detail.said = untold === null ? { state, severity } : detail.said && { ...detail.said, state };
  if (state === "open") detail.untold = untold;
  // it ended while that was under way
  if (untold === null && state === "open" && incident.endedAt !== null) incident.run.tellAt = incident.run.endedAt;
  book.changed(incident);
}

/** When something has to be told, by the clock that never goes back. */
export function tellingDue(book: Book): number {
  let due = Number.POSITIVE_INFINITY;
  for (const { run } of book.known())
    due = Math.min(due, run.tellAt ?? Number.POSITIVE_INFINITY, run.joinedAt ?? Number.POSITIVE_INFINITY);
  return due;
}

/** milliseconds after its beginning that an alert waits at most for what is known of it */
const EXPLAINED = 1200;
/** milliseconds that are waited for more of them */
const JOINED = 10_000;

interface Among {
  open: readonly Incident[];
  circumstances: Circumstances;
}

function isDue(incident: Incident, mono: number, { isExplained }: Circumstances): boolean {
  const { run, kind, service, endedAt } = incident;
  if (run.tellAt === null || run.tellAt > mono) return false;
  const latest = run.openedAt + EXPLAINED;
  if (endedAt !== null || service === null || !isDown(kind) || mono >= latest || isExplained(service)) return true;
  run.tellAt = latest;
  return false;
}

function placeIn(book: Book, incident: Incident, { open, circumstances, mono }: Among & { mono: number }): void {
  // it was told alone, or it is told anew because it has grown worse
  if (incident.parent !== null) return;
  const parent = incident.detail.said === null ? parentOf(incident, open, circumstances) : null;
  if (parent) {
    for (const part of open) if (part.parent === incident.id) book.place(part, parent);
    book.place(incident, parent);
    const isTold = parent.detail.said?.state === "open";
    // those that come a moment later are told of once, together
    if (isTold && mono - parent.run.openedAt <= FOLLOWS) parent.run.joinedAt ??= mono + JOINED;
    return;
  }
  for (const part of partsOf(incident, open, circumstances)) {
    for (const own of open) if (own.parent === part.id) book.place(own, incident);
    book.place(part, incident);
  }
}

function tellingOf(book: Book, incident: Incident, circumstances: Circumstances): Telling[] {
  const { detail, run, endedAt, parent } = incident;
  if (run.tellAt === null) return [];
  run.tellAt = null;
  const parts = [...book.known()].filter((one) => one.parent === incident.id);
  if (endedAt !== null) return detail.said?.state === "open" ? [{ incident, kind: "recovered", parts }] : [];
  // over already, as it seems: it is told when it comes back, or not at all
  if (parent !== null || run.wellAt !== null) return [];
  const mute = circumstances.muteOf(incident);
  detail.muted = mute !== null;
  if (mute) {
    detail.untold = wordsOf(mute);
    book.changed(incident);
    return [];
  }
  return [{ incident, kind: detail.said === null ? "opened" : "again", parts }];
}

function joined(open: readonly Incident[], mono: number): Telling[] {
  return open.flatMap((incident) => {
    const { run } = incident;
    if (run.joinedAt === null || run.joinedAt > mono) return [];
    run.joinedAt = null;
    const parts = open.filter((one) => one.parent === incident.id);
    return parts.length === 0 ? [] : [{ incident, kind: "again" as const, parts, joined: true }];
  });
}

function wordsOf({ kind, by, reason, until }: Mute): string {
  const what = kind === "maintenance" ? `Maintenance by ${by}` : `Muted by ${by}`;
  return `${what}${until === null ? "" : ` until ${until.slice(0, 16).replace("T", " ")} UTC`}${reason ? `: ${reason}` : ""}`;
}
