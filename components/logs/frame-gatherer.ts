/** Gathers what arrives and hands it on once a frame at most: lines come faster than they can be drawn. */

/** Few lines are shown in the next frame; many are gathered longer, so that drawing them does not eat the time to read them. */
const MANY = 300;
const GATHER = 66;
/** where the tab is out of sight and has no frames */
const HIDDEN = 250;

export class FrameGatherer<Item> {
  readonly #hand: (items: Item[]) => void;
  #items: Item[] = [];
  #cancel: (() => void) | null = null;
  #last = { at: 0, count: 0 };

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
    this.#last = { at: performance.now(), count: items.length };
    this.#hand(items);
  }

  /** Forgets what is here. */
  drop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#items = [];
  }

  #schedule(): void {
    const wait = this.#last.count > MANY ? Math.max(0, this.#last.at + GATHER - performance.now()) : 0;
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
