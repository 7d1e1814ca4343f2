/** Writes how checks stand and what came of them, a moment later and many at once; what cannot be written waits. */
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import type { Found, Live } from "./book.ts";
import type { Clock } from "./clock.ts";
import { keepNewestResults, writeStandings } from "./store.ts";

/** so many results later the oldest ones of a check are let go of */
export const PRUNE_EVERY = 100;
const MOST_RESULTS = 500;
/** milliseconds */
const SOON = 250;
const LATER = 5000;
/** a row that only says anew that all is well is written this seldom */
const SELDOM = 5 * 60_000;
/** results that wait for a database that cannot be written: older ones go first */
const MOST_WAITING = 50_000;

export class Writer {
  readonly #clock: Clock;
  readonly #changed = new Set<Live>();
  /** differ from their rows in what can wait */
  readonly #stale = new Set<Live>();
  #results: { live: Live; found: Found }[] = [];
  #due: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** It stands in another way; `isNews`: in one that a crash must not lose. */
  changed(live: Live, { isNews }: { isNews: boolean }): void {
    const isNow = isNews || this.#clock.steady() - live.writtenAt > SELDOM;
    (isNow ? this.#changed : this.#stale).add(live);
    if (isNow) this.#writeIn(SOON);
  }

  keep(live: Live, found: Found): void {
    this.#results.push({ live, found });
    this.#writeIn(SOON);
  }

  /** Once this has resolved, nothing of it is written. */
  async forget(live: Live): Promise<void> {
    for (let pass = 0; pass < 2; pass += 1) {
      this.#changed.delete(live);
      this.#stale.delete(live);
      this.#results = this.#results.filter((one) => one.live !== live);
      // what is under way, and waits again where it fails
      if (pass === 0) await this.#writing;
    }
  }

  /** Writes what waits; `all`: also what could wait longer. */
  flush({ all = false } = {}): Promise<void> {
    if (all) for (const live of this.#stale) this.#changed.add(live);
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
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
    this.#changed.clear();
    this.#results = [];
    for (const live of changed) this.#stale.delete(live);
    try {
      const rows = results.map(({ live, found }) => ({ check: live.plan.id, ...found }));
      await writeStandings(changed, rows);
    } catch (error) {
      logger("checks").error({ err: error }, `what came of checks is not written yet: ${messageOf(error)}`);
      for (const live of changed) this.#changed.add(live);
      this.#results = [...results, ...this.#results].slice(-MOST_WAITING);
      this.#writeIn(LATER);
      return;
    }
    for (const live of changed) live.writtenAt = this.#clock.steady();
    for (const { live } of results) await this.#prune(live);
  }

  async #prune(live: Live): Promise<void> {
    live.written += 1;
    if (live.written < PRUNE_EVERY) return;
    live.written = 0;
    await keepNewestResults(live.plan.id, MOST_RESULTS).catch((error: unknown) =>
      logger("checks").error({ err: error, check: live.plan.id }, "results that are too many stay"),
    );
  }
}
