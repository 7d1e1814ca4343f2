/**
 * Lines that were too long for one entry, put together again. journald cuts what a program prints at LineMax= (48 KiB) and
 * says `_LINE_BREAK=line-max` with every piece but the last; Docker's driver cuts at 16 KiB and numbers the pieces. A line
 * has the place and the time of its last piece: who goes on behind it goes on behind all of it.
 */
import type { LogRecord } from "../supervisor.ts";

export interface Entry {
  lines: LogRecord[];
  /** journald's own */
  cursor: string;
  /** what prints one line after the other: only within it can a piece go on; null: it is whole in any case */
  lane: string | null;
  /** the line goes on in the next entry of the lane */
  more: boolean;
}

/** bytes of a line that are kept, about: more of it is never shown */
const LONGEST = 1024 * 1024;
/** entries that wait, in reading backwards, for what may stand before one of them */
const MOST_WAITING = 64;

/** Reads on in one direction. Ends of the reading are never joined with what lies beyond them. */
export interface Pieces {
  /** Entries as they are read in; those that are whole now come out, in the same direction. */
  push(entries: readonly Entry[]): LogRecord[][];
  /** Is there something that waits for what comes? */
  readonly isWaiting: boolean;
  /** What is not whole, as it is. */
  rest(): LogRecord[][];
}

/** `ends`: cursors that the reading begins or ends at: what was read by them before was read as it was then. */
export function forwardPieces(ends: ReadonlySet<string>): Pieces {
  const begun = new Map<string, Entry>();
  const take = (entry: Entry): LogRecord[] | null => {
    const { lane, more, cursor } = entry;
    // nearly every entry
    if (lane === null || (!more && begun.size === 0)) return entry.lines;
    const before = begun.get(lane);
    const whole = before ? joined(before, entry) : entry;
    if (more && !ends.has(cursor)) {
      begun.set(lane, whole);
      return null;
    }
    begun.delete(lane);
    return whole.lines;
  };
  return {
    push: (entries) => {
      const whole: LogRecord[][] = [];
      for (const entry of entries) {
        const lines = take(entry);
        if (lines) whole.push(lines);
      }
      return whole;
    },
    get isWaiting() {
      return begun.size > 0;
    },
    rest: () => {
      const left = [...begun.values()].map(({ lines }) => lines);
      begun.clear();
      return left;
    },
  };
}

/** As `forwardPieces`, from the newest entry to the oldest. */
export function backwardPieces(ends: ReadonlySet<string>): Pieces {
  let waiting: (Entry & { isWhole: boolean })[] = [];
  const open = new Map<string, Entry & { isWhole: boolean }>();
  const take = (entry: Entry): void => {
    const { lane, more, cursor } = entry;
    if (lane === null) {
      waiting.push({ ...entry, isWhole: true });
      return;
    }
    const after = open.get(lane);
    if (after && more && !ends.has(cursor)) {
      Object.assign(after, joined(entry, after));
      return;
    }
    if (after) after.isWhole = true;
    const next = { ...entry, isWhole: false };
    open.set(lane, next);
    waiting.push(next);
  };
  const ready = (most: number): LogRecord[][] => {
    let count = waiting.findIndex(({ isWhole }) => !isWhole);
    if (count < 0) count = waiting.length;
    count = Math.max(count, waiting.length - most);
    const out = waiting.slice(0, count);
    waiting = waiting.slice(count);
    for (const { lane, isWhole } of out) if (!isWhole && lane !== null) open.delete(lane);
    return out.map(({ lines }) => lines);
  };
  return {
    push: (entries) => {
      for (const entry of entries) take(entry);
      return ready(MOST_WAITING);
    },
    get isWaiting() {
      return waiting.length > 0;
    },
    rest: () => ready(0),
  };
}

function joined(first: Entry, second: Entry): Entry {
  const [head, ...others] = second.lines;
  const [tail] = first.lines;
  // what holds line ends was never cut by length
  if (!head || !tail || first.lines.length > 1) return { ...second, lines: [...first.lines, ...second.lines] };
  const text = tail.text.length >= LONGEST ? tail.text : (tail.text + head.text).slice(0, LONGEST);
  return { ...second, lines: [{ ...head, text }, ...others] };
}
