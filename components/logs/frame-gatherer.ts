/** Gathers what arrives and hands it on once a frame at most: lines come faster than they can be drawn. */

/** Few are shown in the next frame; many are gathered for as long as so many times their drawing took, within a bound. */
const MANY = 100;
const REST = 1;
const LONGEST = 50;
/** where the tab is out of sight and has no frames */
const HIDDEN = 250;

export class FrameGatherer<Item> {
  readonly #hand: (items: Item[]) => void;
  #items: Item[] = [];
  #cancel: (() => void) | null = null;
  /** of what was handed on last: how many, and when the page had drawn it and how long that took */
  #last = { count: 0, drawnAt: 0, took: 0 };

  constructor(hand: (items: Item[]) => void) {
    this.#hand = hand;
  }

  add(item: Item): void {
    this.#items.push(item);
    if (!this.#cancel) this.#schedule();
  }

  /** Hands on what is here, now. */
  flush(): void {
    const items = this.#items;
    this.drop();
    if (items.length === 0) return;
    const from = performance.now();
    this.#hand(items);
    const measure = () => {
      const drawnAt = performance.now();
      this.#last = { count: items.length, drawnAt, took: drawnAt - from };
    };
    measure();
    // its turn comes after what the page draws
    setTimeout(measure);
  }

  /** Forgets what is here. */
  drop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#items = [];
  }

  #schedule(): void {
    const { count, drawnAt, took } = this.#last;
    const rest = count > MANY ? Math.min(LONGEST, took * REST) : 0;
    const wait = Math.max(0, drawnAt + rest - performance.now());
    let frame = 0;
    const timer = setTimeout(
      () => {
        if (document.hidden) this.flush();
        else frame = requestAnimationFrame(() => this.flush());
      },
      document.hidden ? HIDDEN : wait,
    );
    this.#cancel = () => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
  }
}
