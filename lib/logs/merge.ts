/** Lines of several services put into the order of their times. */
import type { LogLine } from "./line.ts";

export interface Merged {
  /** index of the source it came from */
  source: number;
  line: LogLine;
}

/** One source as the merge reads it: a line ahead, and no more than a batch. */
interface Head {
  source: number;
  batches: AsyncIterator<LogLine[]>;
  batch: LogLine[];
  /** of the line ahead in the batch; -1: none */
  at: number;
}

const BATCH = 500;
/** milliseconds that a line waits for an older one of another service */
const REORDER = 60;
const TICK = 15;
const LINE = 120;

/** Times in UTC as they sort: `…41.12Z` is before `…41.123Z`. */
export function isEarlier(a: string, b: string): boolean {
  return a.slice(0, -1) < b.slice(0, -1);
}

/** Oldest first; each source is in order itself. */
export async function* mergeForward(sources: readonly AsyncIterable<LogLine[]>[]): AsyncGenerator<Merged[]> {
  yield* merge(sources, "oldest");
}

/**
 * Newest first: each batch of a source is in order, and the newest batch comes first; what is yielded runs backwards.
 * `ahead`: told each line that is the next of its source, null where there is none, before anything newer is yielded.
 */
export async function* mergeBackward(
  sources: readonly AsyncIterable<LogLine[]>[],
  ahead?: Ahead,
): AsyncGenerator<Merged[]> {
  yield* merge(sources, "newest", ahead);
}

export interface Ahead {
  next(source: number, line: LogLine | null): void;
  /** The line is taken; what it gives goes with it. */
  taken(source: number, line: LogLine): LogLine;
}

async function* merge(
  sources: readonly AsyncIterable<LogLine[]>[],
  from: "oldest" | "newest",
  ahead?: Ahead,
): AsyncGenerator<Merged[]> {
  const heads: Head[] = sources.map((source, index) => ({
    source: index,
    batches: source[Symbol.asyncIterator](),
    batch: [],
    at: -1,
  }));
  const step = from === "oldest" ? 1 : -1;
  const begin = (head: Head) => (from === "oldest" ? 0 : head.batch.length - 1);
  const refill = async (head: Head): Promise<boolean> => {
    for (let next = await head.batches.next(); !next.done; next = await head.batches.next()) {
      head.batch = next.value;
      head.at = begin(head);
      if (head.batch.length > 0) return true;
    }
    return false;
  };
  const tell = (head: Head) => ahead?.next(head.source, head.batch[head.at] ?? null);
  try {
    const filled = await Promise.all(heads.map(refill));
    let open = heads.filter((_, index) => filled[index]);
    for (const head of open) tell(head);
    let out: Merged[] = [];
    while (open.length > 0) {
      const head = open.length === 1 ? open[0]! : best(open, from);
      const line = head.batch[head.at]!;
      out.push({ source: head.source, line: ahead ? ahead.taken(head.source, line) : line });
      head.at += step;
      if (head.at < 0 || head.at >= head.batch.length) {
        if (out.length >= BATCH) {
          yield out;
          out = [];
        }
        if (!(await refill(head))) {
          open = open.filter((other) => other !== head);
          head.at = -1;
        }
      }
      tell(head);
    }
    yield out;
  } finally {
    await Promise.all(heads.map(({ batches }) => batches.return?.()));
  }
}

function best(heads: readonly Head[], from: "oldest" | "newest"): Head {
  let found = heads[0]!;
  for (const head of heads) {
    const [time, other] = [head.batch[head.at]!.time, found.batch[found.at]!.time];
    if (from === "oldest" ? isEarlier(time, other) : !isEarlier(time, other)) found = head;
  }
  return found;
}

function sizeOf({ text }: LogLine): number {
  return text.length + LINE;
}

/**
 * Lines that come from many sources at once: each waits a moment, so that an older one may still come before it, unless every
 * source is that far already.
 */
export class ReorderWindow {
  #waiting: { merged: Merged; key: string; arrived: number }[] = [];
  /** of each source: how far it is; empty: nothing has come of it */
  readonly #latest: string[];
  #size = 0;

  /** @param sources how many there are */
  constructor(sources: number) {
    this.#latest = Array<string>(sources).fill("");
  }

  /** characters that wait, and something for each line */
  get size(): number {
    return this.#size;
  }

  add(source: number, lines: readonly LogLine[], now: number): void {
    for (const line of lines) {
      // a line is never put before an earlier one of its own source
      const time = line.time.slice(0, -1);
      const latest = this.#latest[source]!;
      const key = time < latest ? latest : time;
      this.#latest[source] = key;
      this.#size += sizeOf(line);
      this.#waiting.push({ merged: { source, line }, key, arrived: now });
    }
  }

  /** What need not wait longer, and whatever is older than that: so many characters of it, the oldest first. */
  take(now: number, most = Number.POSITIVE_INFINITY): Merged[] {
    // nothing older can come than what the last of them has told
    let due = this.#latest.reduce((least, latest) => (latest < least ? latest : least), this.#latest[0]!);
    for (const { key, arrived } of this.#waiting) if (arrived <= now - REORDER && key > due) due = key;
    const out = this.#waiting.filter(({ key }) => key <= due);
    if (out.length === 0) return [];
    out.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    let count = 0;
    for (let left = most; count < out.length && left > 0; count += 1) left -= sizeOf(out[count]!.merged.line);
    const later = this.#waiting.filter(({ key }) => key > due);
    this.#waiting = count < out.length ? [...out.slice(count), ...later] : later;
    const taken = out.slice(0, count).map(({ merged }) => merged);
    for (const { line } of taken) this.#size -= sizeOf(line);
    return taken;
  }

  /** milliseconds between two looks */
  static readonly tick = TICK;
}
