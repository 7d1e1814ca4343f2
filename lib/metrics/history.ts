/** The history of figures: values go in as they are read, and come out as points over any span. */
import {
  type Block,
  blockStart,
  eachPoint,
  emptyBlock,
  meanOf,
  type Point,
  put,
  RINGS,
  ringFor,
  type Span,
} from "./rings.ts";
import type { SeriesFile } from "./store.ts";

interface Open {
  key: number;
  subject: string;
  /** the block that is being filled, by ring; null: nothing yet */
  blocks: (Block | null)[];
  isChanged: boolean;
}

interface Written {
  series: number;
  ring: number;
  block: Block;
}

/** What is written at once: the rest has its turn with the next values. */
const TURNS = 6;
/** at the full hour every series has blocks to write, which together would hold up everything else for a second */
const AT_ONCE = 300;

export class FigureHistory {
  readonly #file: SeriesFile;
  readonly #open = new Map<string, Open>();
  /** full blocks that are not written yet, by what they are */
  readonly #due = new Map<string, Written>();
  #turn = 0;

  constructor(file: SeriesFile) {
    this.#file = file;
  }

  /** Takes in one reading: by subject and name. `at`: seconds since the epoch. */
  take(at: number, values: Iterable<readonly [subject: string, name: string, value: number]>): void {
    for (const [subject, name, value] of values) {
      if (!Number.isFinite(value)) continue;
      const open = this.#opened(subject, name, at);
      this.#put(open, 0, at, value);
      open.isChanged = true;
    }
    this.#writeSome();
  }

  /**
   * Points from `from` up to `to` (seconds since the epoch), `step` seconds apart or as near to that as is kept; a series
   * that nobody knows has none.
   */
  read(subject: string, name: string, span: Span & { now: number }): Point[] {
    const points: Point[] = [];
    this.each(subject, name, { ...span, add: (at, value) => points.push([at, value]) });
    return points;
  }

  /** As `read`, told one by one. */
  each(subject: string, name: string, span: Span & { now: number; add: (at: number, value: number) => void }): void {
    const { from, to, step, now } = span;
    const open = this.#find(subject, name, now);
    if (!open) return;
    const index = ringFor({ from, step, now });
    const ring = RINGS[index]!;
    const current = this.#current(open, index, now);
    const first = blockStart(ring, from);
    const blocks = new Map(this.#file.read(open.key, index, { first, last: to }).map((block) => [block.start, block]));
    for (const { series, ring: of, block } of this.#due.values())
      if (series === open.key && of === index && block.start >= first && block.start <= to)
        blocks.set(block.start, block);
    if (current) blocks.set(current.start, current);
    eachPoint(
      ring,
      [...blocks.values()].sort((one, other) => one.start - other.start),
      span,
    );
  }

  /** Is anything kept of this series? */
  has(subject: string, name: string): boolean {
    return this.#open.has(keyOf(subject, name)) || this.#file.find(subject, name) !== null;
  }

  /** Writes whatever is not written yet. */
  flush(): void {
    this.#writeDue(Number.POSITIVE_INFINITY);
    this.#write([...this.#open.values()]);
  }

  /** Lets go of what is older than each pace keeps. `now`: seconds since the epoch. */
  prune(now: number): void {
    this.flush();
    this.#file.prune(RINGS.map((ring) => blockStart(ring, now - ring.kept)));
    this.#open.clear();
  }

  #find(subject: string, name: string, now: number): Open | null {
    const known = this.#open.get(keyOf(subject, name));
    if (known) return known;
    return this.#file.find(subject, name) === null ? null : this.#opened(subject, name, now);
  }

  #opened(subject: string, name: string, at: number): Open {
    const known = this.#open.get(keyOf(subject, name));
    if (known) return known;
    const key = this.#file.add(subject, name);
    const blocks = RINGS.map((ring, index) => this.#stored(key, index, blockStart(ring, at)));
    const open: Open = { key, subject, blocks, isChanged: false };
    // what the finer pace holds and the coarser was not written with
    for (let index = 1; index < RINGS.length; index += 1) this.#refill(open, index, at);
    this.#open.set(keyOf(subject, name), open);
    return open;
  }

  #put(open: Open, index: number, at: number, value: number): void {
    const ring = RINGS[index]!;
    const block = open.blocks[index];
    if (block && put(ring, block, at, value)) return;
    if (block) this.#close(open, index, at);
    // a clock that was put back comes to a block that is written already
    const next = this.#stored(open.key, index, blockStart(ring, at)) ?? emptyBlock(ring, at);
    put(ring, next, at, value);
    open.blocks[index] = next;
  }

  /** A block is full, or time has jumped: it is written, and with it what is made of it. */
  #close(open: Open, index: number, at: number): void {
    for (let coarser = index + 1; coarser < RINGS.length; coarser += 1) this.#refill(open, coarser, at);
    for (const [ring, block] of open.blocks.entries()) if (block) this.#later({ series: open.key, ring, block });
  }

  /** Makes the block of a coarser pace from the finer one, as far as that reaches. */
  #refill(open: Open, index: number, at: number): void {
    const finer = open.blocks[index - 1];
    if (!finer) return;
    const [ring, fine] = [RINGS[index]!, RINGS[index - 1]!];
    const end = finer.start + fine.points * fine.step;
    for (let from = Math.floor(finer.start / ring.step) * ring.step; from < end && from <= at; from += ring.step) {
      const mean = meanOf(fine, [finer], from, from + ring.step);
      if (Number.isNaN(mean)) continue;
      const block = open.blocks[index];
      if (block && put(ring, block, from, mean)) continue;
      if (block) this.#later({ series: open.key, ring: index, block });
      open.blocks[index] = this.#stored(open.key, index, blockStart(ring, from)) ?? emptyBlock(ring, from);
      put(ring, open.blocks[index]!, from, mean);
    }
  }

  #current(open: Open, index: number, now: number): Block | null {
    for (let coarser = 1; coarser <= index; coarser += 1) this.#refill(open, coarser, now);
    return open.blocks[index] ?? null;
  }

  #stored(series: number, ring: number, start: number): Block | null {
    const due = this.#due.get(`${series} ${ring} ${start}`);
    return due?.block ?? this.#file.read(series, ring, { first: start, last: start })[0] ?? null;
  }

  #later(written: Written): void {
    this.#due.set(`${written.series} ${written.ring} ${written.block.start}`, written);
  }

  #writeDue(most: number): void {
    const some = [...this.#due].slice(0, most);
    if (some.length > 0) this.#file.write(some.map(([, written]) => written));
    for (const [key] of some) this.#due.delete(key);
  }

  #writeSome(): void {
    this.#writeDue(Math.max(AT_ONCE, Math.ceil(this.#due.size / TURNS)));
    const all = [...this.#open.values()];
    this.#turn = (this.#turn + 1) % TURNS;
    this.#write(all.filter((_, index) => index % TURNS === this.#turn));
  }

  #write(some: readonly Open[]): void {
    const changed = some.filter(({ isChanged }) => isChanged);
    const blocks = changed.flatMap(({ key, blocks: [block] }) => (block ? [{ series: key, ring: 0, block }] : []));
    if (blocks.length > 0) this.#file.write(blocks, { isOpen: true });
    for (const open of changed) open.isChanged = false;
  }
}

function keyOf(subject: string, name: string): string {
  return `${subject}\n${name}`;
}
