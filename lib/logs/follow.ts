/**
 * One upstream follower per service, shared by all who watch it and closed with the last of them. What came lately is kept
 * once for all; a reader is no more than its place in it, so a slow one costs nothing, and one that the lines have
 * overtaken is told how many it missed. A file is read faster than anybody takes its lines: the follower waits for its
 * readers a moment before it overtakes them, and not again before they have caught up.
 */
import { sleep } from "#lib/platform/clock.ts";
import { isAbort, messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { singleton } from "#lib/platform/singleton.ts";
import type { LogRecord } from "#lib/supervisors/supervisor.ts";
import { comingMarks } from "./coming-marks.ts";
import { type LogSource, newestEnded } from "./history.ts";

/** characters kept of what came, its records counted in */
const KEPT = 1024 * 1024;
const RECORD = 120;
/** records and characters that a reader takes at once: a batch waits with whoever does not read */
const MOST_AT_ONCE = 1000;
const MOST_TEXT = 96 * 1024;
/** milliseconds that are waited for one reader until it has taken all there is */
const PATIENCE = 500;
const TURN = 2;
/** a record is this long at most, mostly: below what is kept by so much nothing has to go yet */
const LARGEST = 64 * 1024;
const SHORTEST_WAIT = 250;
const LONGEST_WAIT = 5000;

export interface Taken {
  records: LogRecord[];
  /** lines that came and went before this reader took them */
  missed: number;
}

export interface Following {
  /** the newest line when this reader began: its history ends with it. null: there was none */
  readonly joinedAt: string | null;
  /** RFC 3339, of that line */
  readonly joinedTime: string | null;
  /** What came since the last call, so many characters of it about; waits for at least one line. null: the signal aborted. */
  take(most?: number): Promise<Taken | null>;
  /** Did lines come and go before they were taken? */
  isOvertaken(): boolean;
  /** Leaves out what came so far; the newest line of it, up to which its history has to be read. */
  rejoin(): string | null;
  close(): void;
}

type Newest = Pick<LogRecord, "cursor" | "time">;

interface Reader {
  /** running number of the next line that it takes */
  place: number;
  /** milliseconds that it may still be waited for */
  patience: number;
}

class Upstream {
  readonly #source: LogSource;
  readonly #ending = new AbortController();
  readonly #listeners = new Set<() => void>();
  #ring: LogRecord[] = [];
  /** running number of the first line of the ring */
  #first = 0;
  #size = 0;
  readonly #readers = new Set<Reader>();
  #last: Newest | null = null;
  #isTelling = false;
  readonly ready: Promise<void>;

  constructor(source: LogSource) {
    this.#source = source;
    this.ready = this.#begin();
    // whoever joins hears of it
    this.ready.catch(() => undefined);
  }

  get last(): Newest | null {
    return this.#last;
  }
  get end(): number {
    return this.#first + this.#ring.length;
  }

  enter(): Reader {
    const reader = { place: this.end, patience: PATIENCE };
    this.#readers.add(reader);
    return reader;
  }

  /** True when nobody is left. */
  leave(reader: Reader): boolean {
    this.#readers.delete(reader);
    if (this.#readers.size === 0) this.#ending.abort();
    return this.#readers.size === 0;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  take(reader: Reader, most: number): Taken {
    const missed = Math.max(0, this.#first - reader.place);
    const start = reader.place + missed - this.#first;
    let end = start;
    const last = Math.min(this.#ring.length, start + MOST_AT_ONCE);
    for (let left = most; end < last && (left > 0 || end === start); end += 1)
      left -= this.#ring[end]!.text.length + RECORD;
    reader.place = this.#first + end;
    if (reader.place === this.end) reader.patience = PATIENCE;
    return { records: this.#ring.slice(start, end), missed };
  }

  isAheadOf({ place }: Reader): boolean {
    return place < this.#first;
  }

  async #begin(): Promise<void> {
    const newest = await newestEnded(this.#source, this.#ending.signal);
    if (newest) this.#last = { cursor: newest.cursor, time: newest.time };
    void this.#run();
    void this.#watch();
  }

  /** What becomes of the service meanwhile, where its log does not say it. */
  async #watch(): Promise<void> {
    const { signal } = this.#ending;
    for await (const mark of comingMarks(this.#source, signal)) {
      const { time, kind, code, signal: by } = mark;
      this.#push({
        ...{ cursor: this.#last?.cursor ?? "", time, stream: "stdout", text: "", priority: null },
        ...{ mark: { kind, code, signal: by }, beside: true },
      });
    }
  }

  /** Goes on after the last line for as long as somebody reads: through a daemon's restart and a container made anew. */
  async #run(): Promise<void> {
    const { supervisor, name, service } = this.#source;
    const { signal } = this.#ending;
    let wait = SHORTEST_WAIT;
    while (!signal.aborted) {
      const query = { tail: null, since: null, until: null, after: this.#last?.cursor ?? null, follow: true };
      try {
        for await (const record of supervisor.logs(name, query, signal)) {
          wait = SHORTEST_WAIT;
          this.#push(record);
          if (this.#size > KEPT - LARGEST) await this.#room();
        }
      } catch (error) {
        if (!isAbort(error)) logger("logs").debug({ service }, `following broke off: ${messageOf(error)}`);
      }
      await sleep(wait, signal);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }

  /** Lets the readers take what is about to be dropped, as long as there is patience for them. */
  async #room(): Promise<void> {
    const { signal } = this.#ending;
    const isBehind = (reader: Reader) => reader.patience > 0 && reader.place < this.#first + this.#ring.length / 4;
    for (let behind = [...this.#readers].filter(isBehind); behind.length > 0; behind = behind.filter(isBehind)) {
      const from = performance.now();
      await sleep(TURN, signal);
      if (signal.aborted) return;
      const took = performance.now() - from;
      for (const reader of behind) reader.patience -= took;
    }
  }

  #push(record: LogRecord): void {
    this.#ring.push(record);
    if (!record.beside) this.#last = record;
    this.#size += record.text.length + RECORD;
    if (this.#size > KEPT) this.#drop();
    if (this.#isTelling) return;
    this.#isTelling = true;
    // once for all that came together: a reader that wakes for each line alone spends its time waking
    setImmediate(() => {
      this.#isTelling = false;
      for (const listener of [...this.#listeners]) listener();
    });
  }

  /** A quarter at a time: shifting one by one would cost more than all else. */
  #drop(): void {
    let count = 0;
    for (; count < this.#ring.length - 1 && this.#size > KEPT * 0.75; count += 1)
      this.#size -= this.#ring[count]!.text.length + RECORD;
    this.#ring = this.#ring.slice(count);
    this.#first += count;
  }
}

const upstreams = () => singleton("log-upstreams", () => new Map<string, Upstream>());

/** Services that are followed right now. */
export function followed(): string[] {
  return [...upstreams().keys()];
}

/** Joins the follower of this service. Throws what the supervisor throws where its log cannot be read at all. */
export async function follow(source: LogSource, signal: AbortSignal): Promise<Following> {
  const { service } = source;
  const upstream = upstreams().get(service) ?? new Upstream(source);
  upstreams().set(service, upstream);
  const reader = upstream.enter();
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    signal.removeEventListener("abort", close);
    if (upstream.leave(reader) && upstreams().get(service) === upstream) upstreams().delete(service);
  };
  signal.addEventListener("abort", close, { once: true });
  try {
    await upstream.ready;
  } catch (error) {
    close();
    throw error;
  }
  if (signal.aborted) close();
  reader.place = upstream.end;
  return {
    joinedAt: upstream.last?.cursor ?? null,
    joinedTime: upstream.last?.time ?? null,
    close,
    isOvertaken: () => upstream.isAheadOf(reader),
    rejoin() {
      reader.place = upstream.end;
      return upstream.last?.cursor ?? null;
    },
    async take(most = MOST_TEXT) {
      while (!signal.aborted) {
        if (upstream.end > reader.place) return upstream.take(reader, most);
        await news(upstream, signal);
      }
      return null;
    },
  };
}

function news(upstream: Upstream, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stop();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const stop = upstream.listen(done);
    signal.addEventListener("abort", done, { once: true });
  });
}
