/**
 * Lines by absolute index, bounded in number and weight. What is appended counts up, what is put before counts down, so that
 * a line keeps its index for as long as it is kept: a place in the list is an index and never moves.
 */
export interface RingBounds<Line> {
  lines: number;
  weight: number;
  weigh: (line: Line) => number;
}

export class LineRing<Line> {
  readonly #bounds: RingBounds<Line>;
  readonly #slots: (Line | undefined)[];
  #first = 0;
  #end = 0;
  #weight = 0;

  constructor(bounds: RingBounds<Line>) {
    this.#bounds = bounds;
    this.#slots = new Array<Line | undefined>(bounds.lines);
  }

  /** index of the oldest line */
  get first(): number {
    return this.#first;
  }
  /** one after the index of the newest line */
  get end(): number {
    return this.#end;
  }
  get size(): number {
    return this.#end - this.#first;
  }

  at(index: number): Line | undefined {
    return index >= this.#first && index < this.#end ? this.#slots[this.#slot(index)] : undefined;
  }

  /** Whether one more line would push another out at the other end. */
  get full(): boolean {
    return this.size >= this.#bounds.lines || this.#weight >= this.#bounds.weight;
  }

  /** Adds newer lines; answers how many of the oldest went. */
  append(lines: readonly Line[]): number {
    const before = this.#first;
    for (const line of lines) {
      while (this.size > 0 && this.full) this.#drop(this.#first++);
      this.#put(this.#end++, line);
    }
    return this.#first - before;
  }

  /** Puts older lines before the first, in their order; answers how many of the newest went. */
  prepend(lines: readonly Line[]): number {
    let gone = 0;
    for (const line of lines.toReversed()) {
      while (this.size > 0 && this.full) {
        this.#drop(--this.#end);
        gone += 1;
      }
      this.#put(--this.#first, line);
    }
    return gone;
  }

  /** Another line in the place of one. */
  replace(index: number, line: Line): void {
    if (index < this.#first || index >= this.#end) return;
    this.#drop(index);
    this.#put(index, line);
  }

  /** Lets go of the oldest line. */
  dropFirst(): void {
    if (this.size > 0) this.#drop(this.#first++);
  }

  clear(): void {
    this.#slots.fill(undefined);
    this.#first = 0;
    this.#end = 0;
    this.#weight = 0;
  }

  #slot(index: number): number {
    const { lines } = this.#bounds;
    return ((index % lines) + lines) % lines;
  }

  #put(index: number, line: Line): void {
    this.#slots[this.#slot(index)] = line;
    this.#weight += this.#bounds.weigh(line);
  }

  #drop(index: number): void {
    const slot = this.#slot(index);
    const line = this.#slots[slot];
    if (line !== undefined) this.#weight -= this.#bounds.weigh(line);
    this.#slots[slot] = undefined;
  }
}
