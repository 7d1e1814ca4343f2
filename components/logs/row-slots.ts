/** Which drawn row shows which line: what has left the screen is drawn over with what comes, instead of being made anew. */

export class RowSlots {
  #from = 0;
  /** of each line from there on */
  #slots: number[] = [];
  #next = 0;

  /**
   * A number for each line of `[from, to)`, the same for as long as the line stays. `reuses`: those of lines that are gone are
   * given to new ones, in order; whoever reads or selects has rows that belong to one line alone.
   */
  assign(from: number, to: number, reuses: boolean): readonly number[] {
    const end = this.#from + this.#slots.length;
    if (from === this.#from && to === end) return this.#slots;
    const stays = (index: number) => index >= this.#from && index < end;
    const left = reuses ? this.#slots.filter((_, n) => this.#from + n < from || this.#from + n >= to) : [];
    let taken = 0;
    const slots: number[] = [];
    for (let index = from; index < to; index += 1)
      slots.push(stays(index) ? this.#slots[index - this.#from]! : (left[taken++] ?? this.#next++));
    this.#from = from;
    this.#slots = slots;
    return slots;
  }
}
