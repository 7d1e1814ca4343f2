/** Every check of this server with how it stands, in memory. */
import { bus } from "#lib/events/bus.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Check, CheckResult, CheckState } from "./shapes.ts";
import { shownToReaders } from "./shown-config.ts";
import { isBad, type Standing, unknownSince } from "./standing.ts";
import {
  type CheckPlan,
  deleteCheck,
  insertCheck,
  type KeptCheck,
  type KeptResult,
  readChecks,
  readResults,
  updateCheck,
} from "./store.ts";
import { phaseOf, Timetable } from "./timetable.ts";
import { addStretch, uptimeOf } from "./uptime.ts";
import { PRUNE_EVERY, Writer } from "./writer.ts";

export type CheckListener = (check: Check & { removed?: true }, before: CheckState) => void;

/** A row to keep of a run. */
export type Found = Omit<KeptResult, "check">;

export interface Live extends KeptCheck {
  /** since when (steady) what it is has not been added to its uptime; null: nothing is to be added */
  countedFrom: number | null;
  /** steady, when its row was written last */
  writtenAt: number;
  /** results written since the oldest were let go of */
  written: number;
  /** the last results, oldest first; null: nobody has asked for them */
  recent: CheckResult[] | null;
}

const RECENT = 30;

export class CheckBook {
  readonly clock: Clock;
  readonly timetable = new Timetable();
  readonly #checks = new Map<string, Live>();
  readonly #byHash = new Map<string, Live>();
  readonly #byService = new Map<string, Set<Live>>();
  readonly #stood = new Set<(live: Live) => void>();
  readonly #writer: Writer;

  constructor(kept: readonly KeptCheck[], clock: Clock = systemClock) {
    this.clock = clock;
    this.#writer = new Writer(clock);
    for (const one of kept) this.#hold(this.#live(one));
  }

  all(): Live[] {
    return [...this.#checks.values()];
  }

  get(id: string): Live | null {
    return this.#checks.get(id) ?? null;
  }

  byHash(hash: string): Live | null {
    return this.#byHash.get(hash) ?? null;
  }

  of(service: string): Iterable<Live> {
    return this.#byService.get(service) ?? [];
  }

  /** Told whenever something is found out about a check, or it is made, changed or removed. */
  onStanding(listener: (live: Live) => void): () => void {
    this.#stood.add(listener);
    return () => this.#stood.delete(listener);
  }

  async add(plan: CheckPlan): Promise<Live> {
    const live = this.#live({ plan, standing: unknownSince(this.clock.wall()), hours: [] });
    await insertCheck(live);
    this.#hold(live);
    this.#tell(live, live.standing.state);
    return live;
  }

  /** Throws away what was known of it where `fresh`. Null: it was removed meanwhile. */
  async change(id: string, plan: CheckPlan, { fresh }: { fresh: boolean }): Promise<Live | null> {
    const live = this.#checks.get(id);
    if (!live) return null;
    const standing = fresh ? unknownSince(this.clock.wall()) : live.standing;
    await updateCheck({ plan, standing, hours: live.hours });
    if (this.#checks.get(id) !== live) return null;
    const before = live.standing.state;
    this.#count(live);
    this.#release(live);
    live.plan = plan;
    if (fresh) live.standing = standing;
    this.#hold(live);
    this.#tell(live, before);
    return live;
  }

  /** False: there was none. */
  async remove(id: string): Promise<boolean> {
    const live = this.#checks.get(id);
    if (!live) return false;
    this.#release(live);
    try {
      await this.#writer.forget(live);
      await deleteCheck(id);
    } catch (error) {
      this.#hold(live);
      throw error;
    }
    this.timetable.remove(id);
    const before = live.standing.state;
    live.standing = unknownSince(this.clock.wall());
    this.#tell(live, before, { removed: true });
    return true;
  }

  /** What was found out by that plan. Nothing comes of it where the check was removed, turned off or changed meanwhile. */
  settle({ live, plan }: { live: Live; plan: CheckPlan }, standing: Standing, result: Found | null): void {
    if (this.#checks.get(plan.id) !== live || live.plan !== plan) return;
    this.#count(live);
    const before = live.standing;
    live.standing = standing;
    live.countedFrom = standing.state === "waiting" ? null : this.clock.steady();
    const isNews =
      before.state !== standing.state || before.failures !== standing.failures || before.message !== standing.message;
    this.#writer.changed(live, { isNews: isNews || plan.kind === "heartbeat" });
    if (result) {
      this.#writer.keep(live, result);
      live.recent = live.recent && [...live.recent, { ...result, at: timestamp(result.at) }].slice(-RECENT);
    }
    if (before.state !== standing.state) this.#tell(live, before.state);
    else for (const listener of this.#stood) listener(live);
  }

  /** As the API tells it to who may read; `url` is for who may configure, and added where that is known. */
  shown(live: Live): Check {
    const { plan, standing } = live;
    const { id, name, kind, service, every, timeout, tolerates, enabled, by } = plan;
    const time = (at: number | null) => (at === null ? null : timestamp(at));
    this.#count(live);
    const next = enabled ? this.timetable.nextOf(id) : null;
    const now = this.clock.wall();
    const { state, since, checkedAt, latency, message, failures } = standing;
    const known = uptimeOf(live.hours, now);
    return {
      ...{ id, name, kind, service, every, timeout, tolerates, enabled, by, url: null },
      ...{ config: shownToReaders(plan), createdAt: timestamp(plan.createdAt) },
      ...{ state, since: time(since), checkedAt: time(checkedAt), latency, message, failures },
      uptime: known ?? (state === "waiting" ? null : isBad(state) ? 0 : 1),
      nextAt: next === null ? null : timestamp(Math.max(now, now + next - this.clock.steady())),
    };
  }

  /** What came of it lately, oldest first. */
  async recentOf(live: Live): Promise<CheckResult[]> {
    if (live.recent) return live.recent;
    await this.flush();
    const found = (await readResults(live.plan.id, RECENT)).reverse();
    live.recent ??= found;
    return live.recent;
  }

  /** The clock was set by so many milliseconds: what heartbeats are reckoned from moves along. */
  shift(by: number): void {
    for (const live of this.#checks.values()) {
      if (live.plan.kind !== "heartbeat") continue;
      const { since, checkedAt } = live.standing;
      const moved = (at: number | null) => (at === null ? null : at + by);
      live.standing = { ...live.standing, since: moved(since), checkedAt: moved(checkedAt) };
      this.#writer.changed(live, { isNews: true });
    }
  }

  /** Writes what waits; `all`: also what could wait longer. */
  flush(extent: { all?: boolean } = {}): Promise<void> {
    return this.#writer.flush(extent);
  }

  #live(kept: KeptCheck): Live {
    const { state } = kept.standing;
    const countedFrom = kept.plan.kind === "heartbeat" && state !== "waiting" ? this.clock.steady() : null;
    const written = Math.floor(phaseOf(kept.plan.id) * PRUNE_EVERY);
    return { ...kept, countedFrom, writtenAt: this.clock.steady(), written, recent: null };
  }

  #hold(live: Live): void {
    const { id, hash, service } = live.plan;
    this.#checks.set(id, live);
    if (hash !== null) this.#byHash.set(hash, live);
    if (service === null) return;
    const others = this.#byService.get(service) ?? new Set();
    this.#byService.set(service, others.add(live));
  }

  #release(live: Live): void {
    const { id, hash, service } = live.plan;
    this.#checks.delete(id);
    if (hash !== null) this.#byHash.delete(hash);
    if (service === null) return;
    this.#byService.get(service)?.delete(live);
    if (this.#byService.get(service)?.size === 0) this.#byService.delete(service);
  }

  /** Adds the time since the last look to its uptime; a stretch in which nobody looked is not known. */
  #count(live: Live): void {
    const { plan, standing, countedFrom } = live;
    if (countedFrom === null) return;
    const steady = this.clock.steady();
    const took = steady - countedFrom;
    live.countedFrom = standing.state === "waiting" ? null : steady;
    const isLooked = plan.kind === "heartbeat" || took <= (plan.every * 3 + plan.timeout) * 1000;
    if (standing.state === "waiting" || !isLooked || took <= 0) return;
    const to = this.clock.wall();
    addStretch(live.hours, { from: to - took, to, isUp: !isBad(standing.state) });
    this.#writer.changed(live, { isNews: false });
  }

  #tell(live: Live, before: CheckState, more: { removed?: true } = {}): void {
    const check = { ...this.shown(live), ...more };
    for (const listener of this.#stood) listener(live);
    for (const listener of listeners()) listener(check, before);
    bus().publish("check", check);
  }
}

/** Told when a check runs into another state, was made or changed, or is removed (`removed`; it waits then). */
export function onCheck(listener: CheckListener): () => void {
  listeners().add(listener);
  return () => listeners().delete(listener);
}

const listeners = () => singleton("checks.listeners", () => new Set<CheckListener>());

const held = () => singleton<{ now: CheckBook | null }>("checks.book", () => ({ now: null }));

/** The checks of this server, read at first use. */
export function openBook(): Promise<CheckBook> {
  return singleton("checks.opening", async () => {
    held().now = new CheckBook(await readChecks());
    return held().now!;
  });
}

/** The same where it has been read; null before. */
export function bookAtHand(): CheckBook | null {
  return held().now;
}
