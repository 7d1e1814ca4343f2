/**
 * When each check is next due, on a clock that never goes back (milliseconds). A due time follows from the one before it and
 * not from when the run took place, so that runs do not drift; what could not begin in time is left out, not made up.
 */
export class Timetable {
  readonly #entries = new Map<string, { next: number; every: number }>();

  /** Due at `next` and every so many milliseconds after it; `every` null: once. */
  plan(id: string, next: number, every: number | null): void {
    this.#entries.set(id, { next, every: every ?? Number.POSITIVE_INFINITY });
  }

  remove(id: string): void {
    this.#entries.delete(id);
  }

  nextOf(id: string): number | null {
    const next = this.#entries.get(id)?.next ?? Number.POSITIVE_INFINITY;
    return Number.isFinite(next) ? next : null;
  }

  /** Those that are due, each once, longest overdue first; moves them on to their next time after `now`. */
  take(now: number): string[] {
    const due: { id: string; next: number }[] = [];
    for (const [id, entry] of this.#entries) {
      if (entry.next > now) continue;
      due.push({ id, next: entry.next });
      entry.next = Number.isFinite(entry.every)
        ? entry.next + entry.every * (Math.floor((now - entry.next) / entry.every) + 1)
        : Number.POSITIVE_INFINITY;
    }
    return due.sort((a, b) => a.next - b.next).map(({ id }) => id);
  }

  /** When the next is due; null: none ever is. */
  soonest(): number | null {
    let soonest = Number.POSITIVE_INFINITY;
    for (const { next } of this.#entries.values()) if (next < soonest) soonest = next;
    return Number.isFinite(soonest) ? soonest : null;
  }
}

/** A fraction that is the same for an id each time: what would be due together is spread by it. */
export function phaseOf(id: string): number {
  let hash = 2_166_136_261;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 16_777_619);
  // the last bits of such a hash are its best mixed
  hash = Math.imul(hash ^ (hash >>> 15), 2_246_822_507);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}

/** At most so many at once, each key at most once; what waits begins in its order. */
export class Lanes {
  readonly #most: number;
  readonly #running = new Map<string, Promise<void>>();
  readonly #waiting = new Map<string, () => Promise<void>>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Begins it, or lets it wait for its turn; it does not reject. False: it runs or waits already. */
  offer(key: string, work: () => Promise<void>): boolean {
    if (this.#running.has(key) || this.#waiting.has(key)) return false;
    this.#waiting.set(key, work);
    this.#fill();
    return true;
  }

  withdraw(key: string): void {
    this.#waiting.delete(key);
  }

  /** Resolves when nothing runs or waits. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  #fill(): void {
    for (const [key, work] of this.#waiting) {
      if (this.#running.size >= this.#most) return;
      this.#waiting.delete(key);
      const run = work().finally(() => {
        this.#running.delete(key);
        this.#fill();
      });
      this.#running.set(key, run);
    }
  }
}
