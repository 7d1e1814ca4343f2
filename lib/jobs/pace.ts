/** How fast something goes and how long it will take, out of the last few seconds alone. */

const WINDOW = 5000;
/** milliseconds of watching before anything can be told */
const LEAST = 700;

export class Pace {
  #seen: { at: number; done: number }[] = [];

  /** `now` in milliseconds. Less than before is a new beginning. */
  read(done: number, total: number | null, now: number): { rate: number | null; left: number | null } {
    if (done < (this.#seen.at(-1)?.done ?? 0)) this.#seen = [];
    this.#seen.push({ at: now, done });
    while (this.#seen.length > 2 && now - this.#seen[1]!.at > WINDOW) this.#seen.shift();
    // many small steps would fill the memory of one window
    if (this.#seen.length > 200) this.#seen = this.#seen.filter((_, at, all) => at % 2 === 0 || at === all.length - 1);
    const first = this.#seen[0]!;
    if (now - first.at < LEAST) return { rate: null, left: null };
    const rate = ((done - first.done) * 1000) / (now - first.at);
    const left = total === null || rate <= 0 ? null : Math.max(0, Math.round((total - done) / rate));
    return { rate: Math.round(rate), left };
  }
}
