/** Counts within a span that rolls on, by name. Pure: its times are those that it is told. */

interface Count {
  /** milliseconds, by a clock that never goes back */
  at: number;
  times: number;
}

/** single counts of one name; more are added up with the newest */
const MOST = 2000;

export class Tally {
  readonly #kept: number;
  readonly #counts = new Map<string, Count[]>();

  /** `kept`: milliseconds. */
  constructor(kept: number) {
    this.#kept = kept;
  }

  add(name: string, count: Count): void {
    const known = this.#counts.get(name) ?? [];
    while (known[0] && known[0].at <= count.at - this.#kept) known.shift();
    const last = known.at(-1);
    if (last && known.length >= MOST) last.times += count.times;
    else known.push({ ...count });
    this.#counts.set(name, known);
  }

  /** How often within the last `span` milliseconds, and when the first and the last of them was. */
  within(name: string, span: number, now: number): { times: number; first: number | null; last: number | null } {
    const counts = (this.#counts.get(name) ?? []).filter(({ at }) => at > now - span);
    const times = counts.reduce((sum, count) => sum + count.times, 0);
    return { times, first: counts[0]?.at ?? null, last: counts.at(-1)?.at ?? null };
  }

  forget(name: string): void {
    this.#counts.delete(name);
  }
}
