/**
 * The life of incidents: open while anything speaks for them, ended once it has stayed well, begun again when it comes back
 * soon after. Pure but for its clock, which never goes back: a wall clock that jumps moves nothing but the times that are told.
 */
import { randomUUID } from "node:crypto";
import {
  type Found,
  type Incident,
  isDown,
  keyOf,
  type Reason,
  type Run,
  rankOf,
  reasonKey,
  type StoredIncident,
} from "./incident.ts";

export interface Clock {
  /** milliseconds since the epoch */
  now(): number;
  /** milliseconds that never go back */
  mono(): number;
}

export interface Release {
  /** one sentence: why it is well */
  ending: string;
  /** milliseconds that it has to stay well before that is believed */
  stable?: number;
  /** milliseconds that it has been well already */
  wellFor?: number;
}

/** What opens at about the same time is told at once, as one where it is one: so many milliseconds are waited. */
export const SETTLE = 700;
/** milliseconds after its end in which it begins again as the same one */
export const REOPEN = 10 * 60_000;
export const STABLE = 30_000;
const MOST_STABLE = 30 * 60_000;
/** what is left when its cause has ended has so many milliseconds to follow it */
const ORPHAN = 60_000;

export class Book {
  readonly #clock: Clock;
  readonly #open = new Map<string, Incident>();
  /** ended a moment ago, by key */
  readonly #lately = new Map<string, Incident>();
  readonly #holding = new Map<string, Incident>();
  #changed = new Set<Incident>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Goes on with what an earlier run has written: open ones, and those that ended a moment ago. */
  restore(rows: readonly StoredIncident[]): void {
    for (const row of rows) {
      const incident = { ...row, run: this.#restored(row) };
      if (row.endedAt !== null) {
        this.#lately.set(row.key, incident);
        continue;
      }
      this.#open.set(row.id, incident);
      for (const reason of row.detail.reasons) this.#holding.set(reasonKey(reason), incident);
    }
  }

  open(): Incident[] {
    return [...this.#open.values()];
  }

  find(id: string): Incident | null {
    return this.#open.get(id) ?? [...this.#lately.values()].find((one) => one.id === id) ?? null;
  }

  /** Those whose end or new beginning may still have to be told. */
  *known(): Iterable<Incident> {
    yield* this.#open.values();
    yield* this.#lately.values();
  }

  isHeld(rule: string, about: string): boolean {
    return this.#holding.has(reasonKey({ rule, about }));
  }

  /** Everything that a rule holds open. */
  heldBy(rule: string): string[] {
    return this.open().flatMap(({ detail }) =>
      detail.reasons.filter((reason) => reason.rule === rule).map(({ about }) => about),
    );
  }

  /** Something is wrong: now, or still. */
  hold(found: Found): Incident {
    const held = reasonKey({ rule: found.rule.id, about: found.about });
    const key = keyOf(found);
    const open = this.#holding.get(held) ?? this.open().find((one) => one.key === key);
    const lately = this.#lately.get(key);
    const isAgain = !open && lately !== undefined && this.#clock.mono() - lately.run.endedAt! < REOPEN;
    const incident = open ?? (isAgain ? this.#again(lately, found) : this.#opened(found, key));
    this.#goOn(incident, found, { isBack: open !== undefined && open.run.wellAt !== null });
    this.#holding.set(held, incident);
    return incident;
  }

  /** Nothing is wrong any more by this rule; by others there may be. */
  release(rule: string, about: string, { ending, stable = STABLE, wellFor = 0 }: Release): void {
    const held = reasonKey({ rule, about });
    const incident = this.#holding.get(held);
    if (!incident) return;
    const isOld = incident.run.unconfirmed.delete(held);
    this.#holding.delete(held);
    this.#setReasons(
      incident,
      incident.detail.reasons.filter((reason) => reasonKey(reason) !== held),
    );
    const { detail, run } = incident;
    if (detail.reasons.length > 0) return;
    run.wellAt = this.#clock.mono() - (isOld ? wellFor : 0);
    run.stable = Math.min(MOST_STABLE, stable * 2 ** detail.again);
    run.ending = isOld ? `While Trihelm was away: ${ending[0]!.toLowerCase()}${ending.slice(1)}` : ending;
  }

  /** A service that is down has crashed so many times more. */
  crashed(service: string, times: number): void {
    for (const incident of this.#open.values())
      if (incident.service === service && isDown(incident.kind)) this.count(incident, times);
    for (const incident of this.#lately.values())
      if (incident.service === service && isDown(incident.kind)) incident.run.meanwhile += times;
  }

  count(incident: Incident, times: number): void {
    incident.count += times;
    incident.lastAt = Math.max(incident.openedAt, this.#clock.now());
    this.#changed.add(incident);
  }

  /** What is known of how a service came to it. */
  explain(service: string, cause: string): void {
    for (const incident of this.#open.values()) {
      if (incident.service !== service || !isDown(incident.kind) || incident.detail.cause === cause) continue;
      incident.detail.cause = cause;
      this.#changed.add(incident);
    }
  }

  /** The first who does it is the one who is named; a note can be written later too. */
  acknowledge(incident: Incident, by: string, note: string | null): boolean {
    const isFirst = incident.acknowledgedAt === null;
    if (isFirst) {
      incident.acknowledgedAt = this.#clock.now();
      incident.acknowledgedBy = by;
    }
    if (note !== null) incident.note = note;
    this.#changed.add(incident);
    return isFirst;
  }

  /** Puts it below another one, or lets it stand alone. */
  place(incident: Incident, parent: Incident | null): void {
    const id = parent?.id ?? null;
    if (incident.parent === id) return;
    // the number of their parts is shown too
    for (const one of [parent, this.find(incident.parent ?? "")]) if (one) this.#changed.add(one);
    incident.parent = id;
    incident.detail.untold = parent && incident.detail.said === null ? "It is part of another alert" : null;
    incident.detail.muted = false;
    if (parent) incident.run.tellAt = null;
    this.#changed.add(incident);
  }

  /** Ends what has stayed well, and forgets what ended long ago. */
  tick(): void {
    const now = this.#clock.mono();
    for (const incident of this.#open.values())
      if (incident.run.wellAt !== null && now - incident.run.wellAt >= incident.run.stable) this.#end(incident);
    for (const [key, { run }] of this.#lately) if (now - run.endedAt! >= REOPEN) this.#lately.delete(key);
  }

  /** When `tick` has something to do, by the clock that never goes back. */
  due(): number {
    let due = Number.POSITIVE_INFINITY;
    for (const { run } of this.#open.values()) if (run.wellAt !== null) due = Math.min(due, run.wellAt + run.stable);
    return due;
  }

  changed(incident: Incident): void {
    this.#changed.add(incident);
  }

  /** What has to be written and shown since the last call. */
  takeChanged(): Incident[] {
    const changed = [...this.#changed];
    this.#changed = new Set();
    return changed;
  }

  #opened(found: Found, key: string): Incident {
    const now = this.#clock.now();
    const { rule, service, subject, title, why, count = 1 } = found;
    const incident: Incident = {
      ...{ id: randomUUID(), rule: rule.id, kind: rule.kind, key, service, subject, title, why, count },
      ...{ severity: rule.severity, openedAt: now, lastAt: now, endedAt: null, ending: null },
      ...{ acknowledgedAt: null, acknowledgedBy: null, note: null, parent: null, toldAt: null },
      detail: { reasons: [], channels: rule.channels, again: 0, said: null, untold: null, muted: false, cause: null },
      run: newRun(this.#clock.mono()),
    };
    incident.run.tellAt = incident.run.openedAt + SETTLE;
    this.#open.set(incident.id, incident);
    return incident;
  }

  #again(incident: Incident, { count = 1 }: Found): Incident {
    this.#lately.delete(incident.key);
    this.#open.set(incident.id, incident);
    const { detail } = incident;
    Object.assign(incident, { endedAt: null, ending: null, parent: null });
    Object.assign(incident, { acknowledgedAt: null, acknowledgedBy: null });
    incident.detail = { ...detail, again: detail.again + 1, untold: null, muted: false };
    const times = isDown(incident.kind) ? Math.max(1, incident.run.meanwhile) : count;
    incident.run = { ...newRun(this.#clock.mono()), tellAt: this.#clock.mono() + SETTLE };
    this.count(incident, times);
    return incident;
  }

  #goOn(incident: Incident, found: Found, { isBack }: { isBack: boolean }): void {
    const { rule, about, title, why, counts } = found;
    const reason: Reason = { rule: rule.id, about, kind: rule.kind, severity: rule.severity, title, why };
    const held = reasonKey(reason);
    const { detail, run } = incident;
    run.unconfirmed.delete(held);
    run.wellAt = null;
    const isSame =
      detail.channels === rule.channels || JSON.stringify(detail.channels) === JSON.stringify(rule.channels);
    if (!isSame) detail.channels = rule.channels;
    // a service that is down counts its crashes, and lines are counted by who reads them
    if (isBack && !counts && !isDown(rule.kind)) this.count(incident, 1);
    const others = detail.reasons.filter((one) => reasonKey(one) !== held);
    this.#setReasons(incident, [...others, reason]);
    const isUnsaid = detail.said === null && detail.untold === null && incident.parent === null;
    const isWorse = detail.said?.state === "open" && rankOf(incident.severity) > rankOf(detail.said.severity);
    if (isUnsaid || isWorse) run.tellAt ??= this.#clock.mono() + SETTLE;
  }

  #setReasons(incident: Incident, reasons: Reason[]): void {
    const before = JSON.stringify(incident.detail.reasons);
    incident.detail.reasons = reasons;
    const [lead] = [...reasons].sort((one, other) => weightOf(other) - weightOf(one));
    if (lead) {
      const { rule, kind, severity, title, why } = lead;
      Object.assign(incident, { rule, kind, severity, title, why });
    }
    if (JSON.stringify(reasons) !== before) this.#changed.add(incident);
  }

  #end(incident: Incident): void {
    const { run } = incident;
    this.#open.delete(incident.id);
    this.#lately.set(incident.key, incident);
    incident.endedAt = Math.max(incident.openedAt, this.#clock.now());
    incident.ending = run.ending;
    const isTold = incident.detail.said?.state === "open";
    if (!isTold && incident.detail.untold === null) incident.detail.untold = "It was over before anybody was told";
    run.endedAt = this.#clock.mono();
    run.tellAt = isTold ? run.endedAt : null;
    this.#changed.add(incident);
    for (const part of this.#open.values()) {
      if (part.parent !== incident.id) continue;
      this.place(part, null);
      if (part.detail.said === null) part.run.tellAt = run.endedAt + ORPHAN;
    }
  }

  #restored(row: StoredIncident): Run {
    const { detail, endedAt, openedAt, parent } = row;
    const mono = this.#clock.mono();
    // a clock that was set back: it was just now
    const ago = (at: number) => mono - Math.max(0, this.#clock.now() - at);
    const run = newRun(ago(openedAt));
    run.unconfirmed = new Set(detail.reasons.map(reasonKey));
    run.ending = "It ended while Trihelm was away";
    if (endedAt !== null) run.endedAt = ago(endedAt);
    else if (detail.reasons.length === 0) run.wellAt = mono;
    const isOwed =
      endedAt !== null
        ? detail.said?.state === "open"
        : detail.said?.state !== "open" && detail.untold === null && parent === null;
    if (isOwed) run.tellAt = mono + SETTLE;
    return run;
  }
}

function newRun(openedAt: number): Run {
  return {
    ...{ openedAt, wellAt: null, stable: STABLE, ending: "It is over", endedAt: null },
    ...{ tellAt: null, joinedAt: null, meanwhile: 0, unconfirmed: new Set<string>() },
  };
}

/** The gravest speaks for all; that it has failed in the end says more than how it came to that. */
function weightOf({ severity, kind }: Reason): number {
  return rankOf(severity) * 2 + (kind === "state" ? 1 : 0);
}
