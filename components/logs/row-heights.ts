/** Where rows of nearly one height stand. Only the rows of another height are remembered, so a million rows cost nothing. */
export class RowHeights {
  readonly usual: number;
  /** indexes of unusual rows, ascending; `#more[n]`: how much all of them before the n-th add to the usual height */
  #rows: number[] = [];
  #extra: number[] = [];
  #more: number[] = [0];

  constructor(usual: number) {
    this.usual = usual;
  }

  /** Remembers the measured height of a row; answers whether that is news. */
  set(row: number, height: number): boolean {
    const at = this.#place(row);
    const known = this.#rows[at] === row;
    const extra = height - this.usual;
    if (extra === (known ? this.#extra[at]! : 0)) return false;
    if (!known) {
      this.#rows.splice(at, 0, row);
      this.#extra.splice(at, 0, extra);
    } else if (extra === 0) {
      this.#rows.splice(at, 1);
      this.#extra.splice(at, 1);
    } else this.#extra[at] = extra;
    this.#sumFrom(at);
    return true;
  }

  /** The distance from the top of row `first` to the top of `row`. */
  offset(first: number, row: number): number {
    return (row - first) * this.usual + this.#before(row) - this.#before(first);
  }

  /** The row at a distance from the top of `first`, and how far into that row it is. */
  rowAt(first: number, end: number, distance: number): { row: number; into: number } {
    let low = first;
    let high = Math.max(first, end - 1);
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.offset(first, middle) <= distance) low = middle;
      else high = middle - 1;
    }
    return { row: low, into: distance - this.offset(first, low) };
  }

  /** Forgets the rows outside of `first` to `end`. */
  keep(first: number, end: number): void {
    const from = this.#place(first);
    const to = this.#place(end);
    if (from === 0 && to === this.#rows.length) return;
    this.#rows = this.#rows.slice(from, to);
    this.#extra = this.#extra.slice(from, to);
    this.#sumFrom(0);
  }

  #before(row: number): number {
    return this.#more[this.#place(row)]!;
  }

  #place(row: number): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#rows[middle]! < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #sumFrom(at: number): void {
    this.#more.length = this.#rows.length + 1;
    for (let n = at; n < this.#rows.length; n++) this.#more[n + 1] = this.#more[n]! + this.#extra[n]!;
  }
}
