/** Which of the kept lines match, found a slice at a time so that no search, however large, holds the page up. */
export interface Indexed {
  readonly first: number;
  readonly end: number;
}

export class MatchPlaces {
  readonly #lines: Indexed;
  readonly #test: (index: number) => boolean;
  /** `[#from, #to)` has been looked at */
  #from: number;
  #to: number;
  /** matches below where the search began, newest first, and from there on, oldest first */
  #older: number[] = [];
  #newer: number[] = [];
  #gone = 0;

  /** Begins at the newest line and goes back; `test` says whether the line of an index matches. */
  constructor(lines: Indexed, test: (index: number) => boolean) {
    this.#lines = lines;
    this.#test = test;
    this.#from = lines.end;
    this.#to = lines.end;
  }

  get count(): number {
    return this.#older.length + this.#newer.length - this.#gone;
  }
  get done(): boolean {
    return this.#from <= this.#lines.first && this.#to >= this.#lines.end;
  }

  /** Looks at up to `most` lines; answers whether anything is left to look at. */
  step(most: number): boolean {
    this.#forget();
    let left = most;
    for (; left > 0 && this.#to < this.#lines.end; left--) {
      if (this.#test(this.#to)) this.#newer.push(this.#to);
      this.#to += 1;
    }
    for (; left > 0 && this.#from > this.#lines.first; left--) {
      this.#from -= 1;
      if (this.#test(this.#from)) this.#older.push(this.#from);
    }
    return !this.done;
  }

  /** A line has become longer: it is looked at again, unless it matched or its turn comes. */
  again(index: number): void {
    if (index < this.#from || index >= this.#to || this.#isMatch(index) || !this.#test(index)) return;
    const from = this.#older.length + this.#newer.length === 0 ? index : (this.#newer.at(-1) ?? this.#older[0]!);
    // what grows is the newest message nearly always
    if (index >= from) this.#newer.push(index);
    else this.#again();
  }

  /** The match nearest to an index on one side of it, or null. */
  next(index: number): number | null {
    return this.#at(this.#countUpTo(index));
  }
  previous(index: number): number | null {
    return this.#at(this.#countUpTo(index - 1) - 1);
  }
  first(): number | null {
    return this.#at(0);
  }
  last(): number | null {
    return this.#at(this.count - 1);
  }

  /** How many matches there are after an index: the same number however much older text is still to be searched. */
  countAfter(index: number): number {
    return this.count - this.#countUpTo(index);
  }

  #isMatch(index: number): boolean {
    const count = this.#countUpTo(index);
    return count > 0 && this.#at(count - 1) === index;
  }

  /** Begins anew. */
  #again(): void {
    this.#older = [];
    this.#newer = [];
    this.#gone = 0;
    this.#from = this.#lines.end;
    this.#to = this.#lines.end;
  }

  #at(position: number): number | null {
    if (position < 0 || position >= this.count) return null;
    const older = this.#older.length;
    return position < older ? this.#older[older - 1 - position]! : this.#newer[position - older + this.#gone]!;
  }

  #countUpTo(index: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#at(middle)! <= index) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Lines that fell out at either end take their matches with them. */
  #forget(): void {
    const { first, end } = this.#lines;
    while (this.#older.length > 0 && this.#older.at(-1)! < first) this.#older.pop();
    while (this.#gone < this.#newer.length && this.#newer[this.#gone]! < first) this.#gone += 1;
    while (this.#newer.length > this.#gone && this.#newer.at(-1)! >= end) this.#newer.pop();
    if (this.#older.length > 0 && this.#older[0]! >= end) this.#older = this.#older.filter((index) => index < end);
    if (this.#gone > 10_000) {
      this.#newer = this.#newer.slice(this.#gone);
      this.#gone = 0;
    }
    this.#from = Math.min(Math.max(this.#from, first), end);
    this.#to = Math.max(Math.min(this.#to, end), this.#from);
  }
}
