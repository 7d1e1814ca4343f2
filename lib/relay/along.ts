/**
 * Reads along with one service's log: what it said lately, then what comes. It shares the follower of whoever else watches
 * that log. Work that is dear (drawings, pictures) is bounded in time, whatever a service prints; ordinary lines are not slowed.
 */
import { type Following, follow, type Taken } from "#lib/logs/follow.ts";
import { EVERYTHING, type LogSource, markOf } from "#lib/logs/history.ts";
import { sleep } from "#lib/platform/clock.ts";
import { hasLogHistory, type LogRecord } from "#lib/supervisors/supervisor.ts";
import type { Scan } from "./scan.ts";

/** lines of the past that are looked at */
const PAST = 400;
/** milliseconds without a line after which a drawing is looked at, and the longest that it waits while lines come */
const QUIET = 70;
const LONGEST_WAIT = 200;
/** lines between two looks at the clock; so many that take longer than `DEAR` are no ordinary ones */
const CHUNK = 128;
const DEAR = 4;
const LONG = 4096;
/** milliseconds of work between two turns of the event loop, and of dear work in a second */
const SLICE = 12;
const BUDGET = 150;
const WINDOW = 1000;

/** Until the signal aborts. `onReady`: the past is read. Throws what the supervisor throws where there is no reading. */
export async function readAlong(
  source: LogSource,
  { scan, since, onReady }: { scan: Scan; since: number; onReady: () => void },
  signal: AbortSignal,
): Promise<void> {
  const following = await follow(source, signal);
  try {
    const { joinedAt } = following;
    if (joinedAt !== null) await readPast(source, { scan, since, through: joinedAt }, signal);
    onReady();
    await readComing(following, scan, signal);
  } finally {
    following.close();
  }
}

/**
 * The newest lines of a log behind what the scan knows of it, so far as they are of `since` (by the log's clock, milliseconds
 * since the epoch) or later; up to a cursor.
 */
export async function readPast(
  source: LogSource,
  { scan, since, through }: { scan: Scan; since: number; through: string | null },
  signal: AbortSignal,
): Promise<void> {
  const known = new Set(scan.from?.newest.map((cursor) => markOf({ cursor })));
  const newest = await newestOf(source, through, { since, known, signal });
  const fresh = newest.filter(({ time }) => !(Date.parse(time) < since));
  // of when they were printed nothing is known but that it was before now
  const isGuess = known.size === 0 && fresh.some(({ untimed }) => untimed);
  if (isGuess) scan.rehearse();
  await new Work(signal).push(fresh, scan);
  scan.peek();
  if (isGuess) scan.conclude();
}

async function newestOf(
  { supervisor, name }: LogSource,
  through: string | null,
  { since, known, signal }: { since: number; known: ReadonlySet<string>; signal: AbortSignal },
): Promise<LogRecord[]> {
  // a line without an end is read when it has one: behind its mark the rest of it would be left out
  const query = { ...EVERYTHING, from: "newest" as const, through, endedOnly: true };
  const own = hasLogHistory(supervisor) ? await supervisor.history(name, query, signal) : null;
  const isKnown = (record: LogRecord) => known.size > 0 && known.has(markOf(record));
  const records: LogRecord[] = [];
  if (own) {
    for await (const batch of own) {
      records.unshift(...batch);
      const first = batch[0];
      if (records.length >= PAST || (first && Date.parse(first.time) < since) || batch.some(isKnown)) break;
    }
    return records.slice(records.findLastIndex(isKnown) + 1).slice(-PAST);
  }
  // a log that cannot be read backwards is not read whole for this: its last lines are what there is
  const wanted = { tail: PAST, since: null, until: null, after: null, follow: false };
  for await (const record of supervisor.logs(name, wanted, signal)) {
    records.push(record);
    if (through !== null && markOf(record) === markOf({ cursor: through })) break;
  }
  return records.slice(records.findLastIndex(isKnown) + 1);
}

async function readComing(following: Following, scan: Scan, signal: AbortSignal): Promise<void> {
  const work = new Work(signal);
  let coming: Promise<Taken | null> | null = null;
  let peekedAt = performance.now();
  while (!signal.aborted) {
    coming ??= following.take();
    const taken = scan.isWaiting ? await orAfter(coming, QUIET) : await coming;
    if (taken === null) return;
    const isLate = performance.now() - peekedAt > LONGEST_WAIT;
    if (taken !== "nothing") {
      coming = null;
      if (taken.missed > 0) scan.settle();
      const newest = taken.records.at(-1);
      if (newest) scan.arrives(newest);
      await work.push(taken.records, scan, Date.now());
    }
    if (!scan.isWaiting || !(taken === "nothing" || isLate)) continue;
    await work.dear(() => scan.peek());
    peekedAt = performance.now();
    // seen to be no whole code yet: the next look is due when something has come
    if (taken === "nothing") {
      const next = await coming;
      coming = next === null ? Promise.resolve(null) : Promise.resolve(next);
    }
  }
}

async function orAfter<T>(promise: Promise<T>, milliseconds: number): Promise<T | "nothing"> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"nothing">((resolve) => {
    timer = setTimeout(resolve, milliseconds, "nothing");
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Work in slices, and dear work no more than its share of each second. */
class Work {
  readonly #signal: AbortSignal;
  #began = performance.now();
  #spent = 0;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  async push(records: readonly LogRecord[], scan: Scan, arrivedAt?: number): Promise<void> {
    let turn = performance.now();
    for (let at = 0; at < records.length && !this.#signal.aborted; ) {
      const from = performance.now();
      const end = Math.min(records.length, at + CHUNK);
      // a dear line ends its chunk: hundreds of them would hold up everybody
      for (; at < end; at += 1) {
        const record = records[at]!;
        scan.push(record, arrivedAt);
        if ((at % 8 === 7 || record.text.length > LONG) && performance.now() - from > SLICE) {
          at += 1;
          break;
        }
      }
      const now = performance.now();
      if (now - from > DEAR) await this.#pay(now - from);
      if (performance.now() - turn <= SLICE) continue;
      await new Promise((resolve) => setImmediate(resolve));
      turn = performance.now();
    }
  }

  async dear(work: () => void): Promise<void> {
    const from = performance.now();
    work();
    await this.#pay(performance.now() - from);
  }

  async #pay(milliseconds: number): Promise<void> {
    const now = performance.now();
    if (now - this.#began > WINDOW) {
      this.#began = now;
      this.#spent = 0;
    }
    this.#spent += milliseconds;
    if (this.#spent > BUDGET) await sleep(WINDOW - (now - this.#began), this.#signal);
  }
}
