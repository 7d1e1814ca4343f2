/** How far a reading is, told by its sources while it goes on. */
import type { LogProgress } from "./line.ts";

export class Progress {
  readonly #isForward: boolean;
  readonly #places = new Map<number, string>();
  #bytes = 0;
  #lines = 0;
  #isDone = false;
  #isNew = false;

  constructor(isForward: boolean) {
    this.#isForward = isForward;
  }

  /** For one of the sources that are read at once. */
  of(index: number): (time: string | null, bytes: number) => void {
    return (time, bytes) => {
      if (time !== null) this.#places.set(index, time);
      this.#bytes += bytes;
      this.#isNew = true;
    };
  }

  given(lines: number): void {
    this.#lines += lines;
    if (lines > 0) this.#isNew = true;
  }

  done(): void {
    this.#isDone = true;
    this.#isNew = true;
  }

  /** null: nothing since it was last told. */
  take(): LogProgress | null {
    if (!this.#isNew) return null;
    this.#isNew = false;
    // of several sources the one that has come least far
    const places = [...this.#places.values()].sort((a, b) => (a.slice(0, -1) < b.slice(0, -1) ? -1 : 1));
    const searchedTo = places.at(this.#isForward ? 0 : -1) ?? null;
    return { progress: { searchedTo, bytes: this.#bytes, lines: this.#lines, done: this.#isDone } };
  }
}
