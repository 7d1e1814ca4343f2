/**
 * Time series at three paces: every 10 s for 6 hours, every minute for 7 days, every quarter of an hour for 400 days. A
 * series is kept in blocks of numbers, so that a block is one row and a week is a handful of them. The coarser paces are
 * means of the finer one, and can be made from it again: only the finest has to be written often.
 */

export interface Ring {
  /** seconds between two points */
  step: number;
  /** seconds that are kept */
  kept: number;
  /** points of a block */
  points: number;
}

export const RINGS: readonly Ring[] = [
  { step: 10, kept: 6 * 3600, points: 360 },
  { step: 60, kept: 7 * 86_400, points: 1440 },
  { step: 900, kept: 400 * 86_400, points: 960 },
];

/** Part of one series at one pace; NaN where nothing was measured. */
export interface Block {
  /** seconds since the epoch, a multiple of the block's length */
  start: number;
  values: Float32Array<ArrayBuffer>;
}

/** `[milliseconds since the epoch, value]` */
export type Point = [number, number];

export function blockStart(ring: Ring, at: number): number {
  const length = ring.step * ring.points;
  return Math.floor(at / length) * length;
}

export function emptyBlock(ring: Ring, at: number): Block {
  return { start: blockStart(ring, at), values: new Float32Array(ring.points).fill(Number.NaN) };
}

/** Puts a value where its time belongs; false where that is in another block. */
export function put(ring: Ring, block: Block, at: number, value: number): boolean {
  const index = Math.floor((at - block.start) / ring.step);
  if (index < 0 || index >= ring.points) return false;
  block.values[index] = value;
  return true;
}

/**
 * Mean of what was measured from `from` up to `to` (seconds); NaN where nothing was. Of what varies eleven bits are kept, which
 * is right to one in two thousand: the rest is noise, which no compression makes smaller.
 */
export function meanOf(ring: Ring, blocks: readonly Block[], from: number, to: number): number {
  let [sum, count, least, most] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { start, values } of blocks) {
    const first = Math.max(0, Math.ceil((from - start) / ring.step));
    const last = Math.min(ring.points, Math.ceil((to - start) / ring.step));
    for (let index = first; index < last; index += 1) {
      const value = values[index]!;
      if (Number.isNaN(value)) continue;
      sum += value;
      count += 1;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  if (count === 0) return Number.NaN;
  return least === most ? least : elevenBits(sum / count);
}

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

function elevenBits(value: number): number {
  scratch[0] = value;
  scratchBits[0] = (scratchBits[0]! + 0x1000) & ~0x1fff;
  return scratch[0]!;
}

/** The finest pace that still reaches back to `from` and is no finer than wanted; times in seconds. */
export function ringFor({ from, step, now }: { from: number; step: number; now: number }): number {
  const found = RINGS.findIndex((ring, index) => {
    const coarser = RINGS[index + 1];
    // who asks for the last week has asked a moment ago
    return now - from <= ring.kept + ring.step && (coarser === undefined || step < coarser.step);
  });
  return found < 0 ? RINGS.length - 1 : found;
}

export interface Span {
  /** seconds since the epoch */
  from: number;
  to: number;
  /** a multiple of the ring's, or as near to that as there is */
  step: number;
}

/** Tells the points of a span one by one: the mean of what each step holds, at its beginning. */
export function eachPoint(
  ring: Ring,
  blocks: readonly Block[],
  { from, to, step, add }: Span & { add: (at: number, value: number) => void },
): void {
  const wide = Math.max(ring.step, Math.round(step / ring.step) * ring.step);
  let [slot, sum, count] = [Number.NaN, 0, 0];
  for (const { start, values } of blocks) {
    const first = Math.max(0, Math.ceil((from - start) / ring.step));
    const last = Math.min(values.length, Math.ceil((to - start) / ring.step));
    for (let index = first; index < last; index += 1) {
      const value = values[index]!;
      if (Number.isNaN(value)) continue;
      const at = start + index * ring.step;
      const own = wide === ring.step ? at : Math.floor(at / wide) * wide;
      if (own !== slot) {
        if (count > 0) add(slot * 1000, round(sum / count));
        [slot, sum, count] = [own, 0, 0];
      }
      sum += value;
      count += 1;
    }
  }
  if (count > 0) add(slot * 1000, round(sum / count));
}

/** A `Float32` has seven digits that mean something: bytes are whole, shares have four places. */
function round(value: number): number {
  return Math.abs(value) >= 1000 ? Math.round(value) : Math.round(value * 10_000) / 10_000;
}
