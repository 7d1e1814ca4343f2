/** Runs checks when they are due, and notices heartbeats that are late, for the life of the server. */
import { type BusEvent, bus } from "#lib/events/bus.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { onEnding } from "#lib/platform/shutdown.ts";
import { singleton } from "#lib/platform/singleton.ts";
import type { Service } from "#lib/services/service.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { type CheckBook, type Live, openBook } from "./book.ts";
import { Jumps } from "./clock.ts";
import { checkHealth } from "./health.ts";
import { type LineMemory, newLineMemory } from "./probe-lines.ts";
import { type RunContext, type RunOutcome, runCheck } from "./run.ts";
import { afterLate, afterRun, lateAt } from "./standing.ts";
import { type CheckPlan, deleteResultsBefore } from "./store.ts";
import { Lanes, phaseOf } from "./timetable.ts";

/** checks that run at once */
const LANES = 24;
/** milliseconds: two looks at what is due are so far apart at least, and at most */
const SHORTEST = 50;
const LONGEST = 5000;
/** what is overdue at the start is spread over so long */
const SPREAD = 30_000;
/** nobody could call while the server was away: a heartbeat that went late by then gets this moment to call again */
const RETURNING = 60_000;
/** between two runs of a command that hangs inside a container */
const LONGEST_REST = 15 * 60_000;
const DAY = 86_400_000;
const KEPT_DAYS = 30;

export type Run = (live: Live, context: RunContext) => Promise<RunOutcome>;

export class CheckWatch {
  readonly #book: CheckBook;
  readonly #run: Run;
  readonly #signal: AbortSignal;
  readonly #lanes = new Lanes(LANES);
  readonly #jumps: Jumps;
  readonly #running = new Map<string, { plan: CheckPlan; outcome: Promise<RunOutcome> }>();
  readonly #memories = new Map<string, { plan: CheckPlan; memory: LineMemory }>();
  readonly #certificates = new Map<string, { plan: CheckPlan; endsAt: number }>();
  /** plans that the timetable holds */
  readonly #planned = new Map<string, CheckPlan>();
  #wake: () => void = () => undefined;

  constructor(book: CheckBook, signal: AbortSignal, run: Run = runCheck) {
    this.#book = book;
    this.#signal = signal;
    this.#run = run;
    this.#jumps = new Jumps(book.clock);
    for (const live of book.all()) this.#begin(live);
    const stop = book.onStanding((live) => this.#stood(live));
    signal.addEventListener("abort", stop, { once: true });
  }

  /** Begins what is due. Returns when to look again, in milliseconds. */
  tick(): number {
    this.noticeJump();
    const { clock, timetable } = this.#book;
    for (const id of timetable.take(clock.steady())) {
      const live = this.#book.get(id);
      if (!live?.plan.enabled) continue;
      if (live.plan.kind === "heartbeat") this.#lookLate(live);
      else this.#lanes.offer(id, () => this.#turn(live));
    }
    const soonest = timetable.soonest();
    const wait = soonest === null ? LONGEST : soonest - clock.steady();
    return Math.min(LONGEST, Math.max(SHORTEST, wait));
  }

  async loop(): Promise<void> {
    while (!this.#signal.aborted) {
      let wait = LONGEST;
      try {
        wait = this.tick();
      } catch (error) {
        logger("checks").error({ err: error }, `checks could not be looked at: ${messageOf(error)}`);
      }
      await this.#sleep(wait);
    }
  }

  /** Until then, or until a moment after something has changed: much changes together. */
  #sleep(wait: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#signal.removeEventListener("abort", done);
        this.#wake = () => undefined;
        resolve();
      };
      let timer = setTimeout(done, wait);
      this.#wake = () => {
        clearTimeout(timer);
        timer = setTimeout(done, SHORTEST);
        this.#wake = () => undefined;
      };
      this.#signal.addEventListener("abort", done, { once: true });
      if (this.#signal.aborted) done();
    });
  }

  /** A run beside its turn; joins the one under way. Rejects when the server ends. */
  now(live: Live): Promise<RunOutcome> {
    this.#lanes.withdraw(live.plan.id);
    return this.#perform(live);
  }

  /** Resolves when nothing runs. */
  idle(): Promise<void> {
    return this.#lanes.idle();
  }

  /** Called before anything is reckoned from the clock of the wall. */
  noticeJump(): void {
    const by = this.#jumps.take();
    if (by === 0) return;
    logger("checks").info({ seconds: Math.round(by / 1000) }, "the clock was set: heartbeats are reckoned anew");
    this.#book.shift(by);
    for (const live of this.#book.all()) if (live.plan.kind === "heartbeat") this.#planLate(live, 0);
  }

  certificates(): { check: string; host: string; endsAt: number }[] {
    return [...this.#certificates].flatMap(([id, { plan, endsAt }]) => {
      const live = this.#book.get(id);
      if (live?.plan !== plan || !plan.enabled) return [];
      return [{ check: id, host: new URL(String(plan.config.url)).hostname, endsAt }];
    });
  }

  /** A service has started, or ended: what it must print is judged anew. */
  serviceChanged({ id, state }: Service): void {
    if (state !== "running") return;
    for (const live of this.#book.of(id)) {
      if (live.plan.kind !== "prints" || !live.plan.enabled) continue;
      this.#book.timetable.plan(live.plan.id, this.#book.clock.steady(), live.plan.every * 1000);
      this.#wake();
    }
  }

  /** At the start of the server. */
  #begin(live: Live): void {
    const { plan, standing } = live;
    this.#planned.set(plan.id, plan);
    if (plan.kind === "heartbeat") this.#planLate(live, Math.min(RETURNING, plan.every * 1000));
    if (plan.kind === "heartbeat" || !plan.enabled) return;
    const { clock, timetable } = this.#book;
    const every = plan.every * 1000;
    const left = standing.checkedAt === null ? 0 : Math.min(every, standing.checkedAt + every - clock.wall());
    const spread = phaseOf(plan.id) * Math.min(every, SPREAD);
    timetable.plan(plan.id, clock.steady() + (left > 0 ? left : spread), every);
  }

  /** Made, changed, turned on or off, removed, called, or run. */
  #stood(live: Live): void {
    const { plan } = live;
    const { timetable, clock } = this.#book;
    if (this.#book.get(plan.id) !== live) {
      this.#planned.delete(plan.id);
      this.#memories.delete(plan.id);
      this.#certificates.delete(plan.id);
      return;
    }
    if (plan.kind === "heartbeat") {
      this.#planLate(live, 0);
      this.#wake();
      return;
    }
    if (this.#planned.get(plan.id) === plan) return;
    this.#planned.set(plan.id, plan);
    this.#lanes.withdraw(plan.id);
    const every = plan.every * 1000;
    // at once, and from then on at a place of its own: many are made at once by a script
    if (plan.enabled) timetable.plan(plan.id, clock.steady() - (1 - phaseOf(plan.id)) * every, every);
    else timetable.remove(plan.id);
    this.#wake();
  }

  #planLate(live: Live, atLeast: number): void {
    const { plan, standing } = live;
    const { clock, timetable } = this.#book;
    const late = plan.enabled ? lateAt(plan, standing) : null;
    if (late === null) timetable.remove(plan.id);
    else timetable.plan(plan.id, clock.steady() + Math.max(atLeast, late - clock.wall()), null);
  }

  #lookLate(live: Live): void {
    const at = this.#book.clock.wall();
    const standing = afterLate(live.standing, { at, grace: live.plan.timeout });
    const result = { at, state: "late" as const, latency: null, message: standing.message };
    this.#book.settle({ live, plan: live.plan }, standing, result);
  }

  async #turn(live: Live): Promise<void> {
    if (this.#book.get(live.plan.id) !== live || !live.plan.enabled || this.#signal.aborted) return;
    await this.#perform(live).catch((error: unknown) => {
      if (!this.#signal.aborted)
        logger("checks").error({ err: error, check: live.plan.id }, `a check could not be run: ${messageOf(error)}`);
    });
  }

  #perform(live: Live): Promise<RunOutcome> {
    const { plan } = live;
    const running = this.#running.get(plan.id);
    if (running?.plan === plan) return running.outcome;
    const outcome = this.#once(live, plan).finally(() => {
      if (this.#running.get(plan.id)?.outcome === outcome) this.#running.delete(plan.id);
    });
    this.#running.set(plan.id, { plan, outcome });
    return outcome;
  }

  async #once(live: Live, plan: CheckPlan): Promise<RunOutcome> {
    const { clock, timetable } = this.#book;
    const at = clock.wall();
    const memory = this.#memoryOf(plan);
    const outcome = await this.#run(live, { memory, now: at, signal: this.#signal });
    if (outcome.certificateEnds) this.#certificates.set(plan.id, { plan, endsAt: outcome.certificateEnds });
    if (!plan.enabled) return outcome;
    const standing = afterRun(live.standing, outcome, { at, tolerates: plan.tolerates });
    const { verdict, latency, message } = outcome;
    const isJudged = verdict === "up" || standing.failures > 0;
    const result = isJudged
      ? { at, state: verdict === "up" ? ("up" as const) : ("down" as const), latency, message }
      : null;
    this.#book.settle({ live, plan }, standing, result);
    const every = plan.every * 1000;
    if (outcome.lingers && live.plan === plan) {
      // each that hangs stays: they would fill the container
      const rest = Math.max(every, Math.min(LONGEST_REST, every * 2 ** Math.min(standing.failures, 20)));
      timetable.plan(plan.id, clock.steady() + rest, every);
    }
    const next = timetable.nextOf(plan.id);
    if (outcome.againIn && next !== null && live.plan === plan) {
      const again = clock.steady() + outcome.againIn;
      if (again < next) timetable.plan(plan.id, again, every);
      this.#wake();
    }
    return outcome;
  }

  #memoryOf(plan: CheckPlan): LineMemory {
    const known = this.#memories.get(plan.id);
    if (known?.plan === plan) return known.memory;
    const memory = newLineMemory();
    if (plan.kind === "silent" || plan.kind === "prints") this.#memories.set(plan.id, { plan, memory });
    return memory;
  }
}

const held = () => singleton<{ now: CheckWatch | null }>("checks.watch", () => ({ now: null }));

/** Awaited before services are looked at first, so that what checks said of them is no news. */
export async function loadChecks(): Promise<void> {
  await openBook();
  snapshot().useChecks(checkHealth);
}

/** Runs until the signal aborts. */
export async function runChecks(signal: AbortSignal): Promise<void> {
  const book = await openBook();
  const watch = new CheckWatch(book, signal);
  held().now = watch;
  const stops = [
    book.onStanding(({ plan }) => {
      if (plan.service !== null) snapshot().refreshHealth(plan.service);
    }),
    bus().subscribe(
      ({ name, data }: BusEvent) => {
        if (name === "service") watch.serviceChanged(data as Service);
      },
      { looks: false },
    ),
  ];
  const clean = () =>
    void deleteResultsBefore(new Date(Date.now() - KEPT_DAYS * DAY)).catch((error: unknown) =>
      logger("checks").error({ err: error }, "results that are too old stay"),
    );
  clean();
  const cleaning = setInterval(clean, DAY).unref();
  onEnding(async () => {
    clearInterval(cleaning);
    for (const stop of stops) stop();
    await book.flush({ all: true });
  });
  await watch.loop();
}

/** The watch of this server; null before it has begun. */
export function watchAtHand(): CheckWatch | null {
  return held().now;
}

/** When the certificates end that checks have met, for who warns of it in time. */
export function certificates(): { check: string; host: string; endsAt: number }[] {
  return held().now?.certificates() ?? [];
}
