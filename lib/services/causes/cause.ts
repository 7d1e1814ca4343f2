/**
 * Why it ended, worked out once when it did. One card for each failure; ends that are alike within a minute share the first
 * one's, so that a crash loop costs a card a minute.
 */
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { recorder } from "../events/record.ts";
import type { Kept } from "../events/store.ts";
import { snapshot } from "../snapshot.ts";
import { makeCard } from "./card.ts";
import { endedOf, isFailure } from "./end.ts";
import { ALIKE } from "./of-events.ts";
import type { Cause } from "./shapes.ts";
import { writeCause } from "./store.ts";

type CauseListener = (service: string, cause: Cause) => void;

interface Made {
  at: number;
  card: Promise<Cause | null>;
}

/** cards made at once, and those that may wait: when a machine comes back everything has ended */
const AT_ONCE = 6;
const MOST_WAITING = 400;
/** within this time a service's log is read so often at most, in milliseconds */
const WINDOW = 30_000;
const MOST_READINGS = 5;
const MOST_LIKENESSES = 10;

export class Causes {
  readonly #listeners = new Set<CauseListener>();
  /** by service, then by how it ended: equal for ends that are alike */
  readonly #last = new Map<string, Map<string, Made>>();
  readonly #readings = new Map<string, number[]>();
  readonly #waiting: (() => void)[] = [];
  #working = 0;

  of(happened: Kept): Promise<Cause | null> {
    if (!isFailure(happened)) return Promise.resolve(null);
    const at = Date.parse(happened.at);
    // the last of a row, after which nothing starts it again, is told apart from those before
    const isLast = happened.kind === "exited" && snapshot().find(happened.service)?.record.state === "failed";
    const likeness = `${isLast ? "last " : ""}${endedOf(happened)}`;
    const made = this.#last.get(happened.service) ?? new Map<string, Made>();
    const last = made.get(likeness);
    if (last && at >= last.at && at - last.at <= ALIKE) return last.card;
    const card = this.#make(happened);
    // of a service that ends each time in another way the first are forgotten
    if (made.size >= MOST_LIKENESSES) made.delete([...made.keys()][0]!);
    made.set(likeness, { at, card });
    this.#last.set(happened.service, made);
    return card;
  }

  onCause(listener: CauseListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #make(happened: Kept): Promise<Cause | null> {
    if (this.#waiting.length >= MOST_WAITING) return null;
    if (this.#working >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#working += 1;
    try {
      const card = await makeCard(happened, { readLog: this.#mayRead(happened.service) });
      await writeCause(happened.service, card);
      for (const listener of this.#listeners) listener(happened.service, card);
      return card;
    } catch (error) {
      logger("causes").error({ err: error }, `no card for ${happened.service}: ${messageOf(error)}`);
      return null;
    } finally {
      this.#working -= 1;
      this.#waiting.shift()?.();
    }
  }

  #mayRead(service: string): boolean {
    const now = performance.now();
    const lately = (this.#readings.get(service) ?? []).filter((at) => at > now - WINDOW);
    const may = lately.length < MOST_READINGS;
    this.#readings.set(service, may ? [...lately, now] : lately);
    return may;
  }
}

function causes(): Causes {
  return singleton("causes", () => new Causes());
}

/** The card of an event that is a failure, within a second and a half of it; null where it is none. */
export function causeOf(happened: Kept): Promise<Cause | null> {
  return causes().of(happened);
}

/** Told of each card as it is made. */
export function onCause(listener: CauseListener): () => void {
  return causes().onCause(listener);
}

/** Makes the card of every failure from now on. */
export async function explainFailures(): Promise<void> {
  (await recorder()).onHappened((happened) => void causeOf(happened));
}
