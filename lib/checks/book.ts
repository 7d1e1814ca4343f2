/** Every check of this server with how it stands, in memory; what changes is written a moment later, many at once. */
import { bus } from "#lib/events/bus.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
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
  keepNewestResults,
  readChecks,
  readResults,
  updateCheck,
  writeStandings,
} from "./store.ts";
import { phaseOf, Timetable } from "./timetable.ts";
import { addStretch, uptimeOf } from "./uptime.ts";

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

/** milliseconds */
const SOON = 250;
const LATER = 5000;
/** a row that only says anew that all is well is written this seldom */
const SELDOM = 5 * 60_000;
const MOST_WAITING = 50_000;
const MOST_RESULTS = 500;
const PRUNE_EVERY = 100;
const RECENT = 30;

export class CheckBook {
  readonly clock: Clock;
  readonly timetable = new Timetable();
  readonly #checks = new Map<string, Live>();
  readonly #byHash = new Map<string, Live>();
  readonly #byService = new Map<string, Set<Live>>();
  readonly #stood = new Set<(live: Live) => void>();
  #changed = new Set<Live>();
  /** differ from their rows in what can wait */
  readonly #stale = new Set<Live>();
  #results: KeptResult[] = [];
  #due: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(kept: readonly KeptCheck[], clock: Clock = systemClock) {
    this.clock = clock;
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
    const before = live.standing.state;
    this.#count(live);
    this.#release(live);
    live.plan = plan;
    if (fresh) live.standing = unknownSince(this.clock.wall());
    this.#hold(live);
    await updateCheck(live);
    this.#tell(live, before);
    return live;
  }

  /** False: there was none. */
  async remove(id: string): Promise<boolean> {
    const live = this.#checks.get(id);
    if (!live) return false;
    this.#release(live);
    this.timetable.remove(id);
    this.#changed.delete(live);
    this.#stale.delete(live);
    this.#results = this.#results.filter(({ check }) => check !== id);
    await this.#writing;
    await deleteCheck(id);
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
    const isDue = this.clock.steady() - live.writtenAt > SELDOM;
    (isNews || isDue || live.plan.kind === "heartbeat" ? this.#changed : this.#stale).add(live);
    if (result) {
      this.#results.push({ check: live.plan.id, ...result });
      live.recent = live.recent && [...live.recent, { ...result, at: timestamp(result.at) }].slice(-RECENT);
    }
    this.#writeIn(SOON);
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
      this.#changed.add(live);
    }
    this.#writeIn(SOON);
  }

  /** Writes what waits; `all`: also what could wait longer. */
  flush({ all = false } = {}): Promise<void> {
    if (all) for (const live of this.#stale) this.#changed.add(live);
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
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
    this.#stale.add(live);
  }

  #tell(live: Live, before: CheckState, more: { removed?: true } = {}): void {
    const check = { ...this.shown(live), ...more };
    for (const listener of this.#stood) listener(live);
    for (const listener of listeners()) listener(check, before);
    bus().publish("check", check);
  }

  #writeIn(wait: number): void {
    this.#due ??= setTimeout(() => {
      this.#due = null;
      void this.flush();
    }, wait).unref();
  }

  async #write(): Promise<void> {
    const [changed, results] = [[...this.#changed], this.#results];
    if (changed.length === 0 && results.length === 0) return;
    [this.#changed, this.#results] = [new Set(), []];
    for (const live of changed) this.#stale.delete(live);
    try {
      await writeStandings(changed, results);
    } catch (error) {
      logger("checks").error({ err: error }, `what came of checks is not written yet: ${messageOf(error)}`);
      for (const live of changed) if (this.#checks.get(live.plan.id) === live) this.#changed.add(live);
      this.#results = [...results, ...this.#results].slice(-MOST_WAITING);
      return this.#writeIn(LATER);
    }
    for (const live of changed) live.writtenAt = this.clock.steady();
    await this.#prune(results);
  }

  async #prune(results: readonly KeptResult[]): Promise<void> {
    for (const { check } of results) {
      const live = this.#checks.get(check);
      if (!live || ++live.written < PRUNE_EVERY) continue;
      live.written = 0;
      await keepNewestResults(check, MOST_RESULTS).catch((error: unknown) =>
        logger("checks").error({ err: error, check }, "results that are too many stay"),
      );
    }
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
