/**
 * The lines of one view, read off the painting path: what arrives is gathered and handed on once a frame at most. Following,
 * pausing, scrolling back and coming back after a loss are decided here; what is drawn only asks.
 */

import type { LogLine } from "#lib/logs/line.ts";
import { ApiProblem } from "@/components/shell/api-client.ts";
import { LineRing } from "./line-ring.ts";
import { type LogAsk, logPath, type Part, readLogs } from "./log-requests.ts";

export interface LogStatus {
  /** `still`: all of a view that has an end is there; `ended`: the source closed it; `lost`: trying again */
  phase: "loading" | "live" | "still" | "ended" | "lost" | "refused";
  problem: ApiProblem | null;
  /** of `lost`, by the browser's clock; null: right now */
  nextTryAt: number | null;
  /** the view stays where it is while lines come */
  paused: boolean;
  /** time of the newest line when it was paused */
  pausedAt: string | null;
  /** lines that came since then */
  waiting: number;
  older: "unknown" | "loading" | "none";
  /** the newest lines are not kept: they are read on the way down, or all at once when it goes live again */
  cut: boolean;
  newer: "unknown" | "loading";
}

const START: LogStatus = {
  phase: "loading",
  problem: null,
  nextTryAt: null,
  paused: false,
  pausedAt: null,
  waiting: 0,
  older: "unknown",
  cut: false,
  newer: "unknown",
};

interface Page {
  read: LogLine[];
  /** those of them that the view shows */
  kept: LogLine[];
  /** it was cut off: there are more */
  more: boolean;
}

const KEPT_LINES = 200_000;
const KEPT_CHARACTERS = 96_000_000;
const FIRST = 500;
const PAGE = 1000;
const AGAIN = 3000;
const WAITS = [1000, 2000, 4000, 8000, 15_000];
/** Few lines are shown in the next frame; many are gathered longer, so that drawing them does not eat the time to read them. */
const MANY = 300;
const GATHER = 66;

export class LogStore {
  readonly ring = new LineRing<LogLine>({
    lines: KEPT_LINES,
    weight: KEPT_CHARACTERS,
    weigh: (line) => line.text.length + 64,
  });
  #ask: LogAsk;
  #status = START;
  #version = 0;
  /** counts openings: what belongs to an earlier one is dropped, and the list knows that its indexes mean other lines */
  #generation = 0;
  #listeners = new Set<() => void>();
  /** ends everything that belongs to this opening; the follower alone */
  #stop = new AbortController();
  #follower = new AbortController();
  #pending: LogLine[] = [];
  #flushing: (() => void) | null = null;
  #lastFlush = { at: 0, lines: 0 };
  #tries = 0;
  /** cursor of the oldest line that was read, shown or not */
  #oldest: string | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(ask: LogAsk) {
    this.#ask = ask;
  }

  get status(): LogStatus {
    return this.#status;
  }
  /** changes whenever the lines do */
  get version(): number {
    return this.#version;
  }
  get generation(): number {
    return this.#generation;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Reads from the newest lines; what was shown stays until the first of the new ones are there. */
  open(): void {
    this.#restart();
    this.#set({ ...START });
    void this.#run(true);
  }

  /** Reads around a line that the address or a search names, and stays there. Answers its index, null when it is gone. */
  async openAt(ask: LogAsk, cursor: string): Promise<number | null> {
    this.#ask = ask;
    this.#restart();
    this.#set({ ...START, paused: true, cut: true });
    const { signal } = this.#stop;
    const older = await this.#page({ before: cursor, tail: FIRST }, Number.POSITIVE_INFINITY);
    if (signal.aborted || !older) return null;
    // `after` leaves its line out: from the one before it, the line itself comes first
    const from = older.read.at(-1)?.cursor;
    const newer = await this.#page(from ? { after: from, tail: "all" } : { tail: "all" }, FIRST);
    if (signal.aborted || !newer) return null;
    this.ring.append([...older.kept, ...newer.kept]);
    this.#oldest = older.read[0]?.cursor ?? newer.read[0]?.cursor ?? null;
    this.#touch();
    this.#set({ phase: this.#ask.endless ? "live" : "still", older: older.read.length === 0 ? "none" : "unknown" });
    if (!newer.more) this.#catchUp();
    const index = older.kept.length + newer.kept.findIndex((line) => line.cursor === cursor);
    return index < older.kept.length ? null : index;
  }

  /** Shows another selection. */
  show(ask: LogAsk): void {
    this.#ask = ask;
    this.open();
  }

  close(): void {
    this.#restart();
  }

  pause(): void {
    if (this.#status.paused) return;
    const newest = this.ring.at(this.ring.end - 1);
    this.#set({ paused: true, pausedAt: newest?.time ?? null, waiting: 0 });
  }

  /** Goes on at the newest line. */
  resume(): void {
    if (!this.#status.paused) return;
    if (this.#status.cut) this.open();
    else this.#set({ paused: false, pausedAt: null, waiting: 0 });
  }

  retryNow(): void {
    if (this.#status.phase !== "lost" && this.#status.phase !== "refused" && this.#status.phase !== "ended") return;
    clearTimeout(this.#retry);
    this.#set({ phase: this.ring.size === 0 ? "loading" : "lost", nextTryAt: null });
    void this.#run(this.ring.size === 0);
  }

  /** Reads the page of lines before the oldest one. */
  async loadOlder(): Promise<void> {
    const before = this.#oldest ?? this.ring.at(this.ring.first)?.cursor;
    if (before === undefined || this.#status.older !== "unknown") return;
    this.#set({ older: "loading" });
    const { signal } = this.#stop;
    const page = await this.#page({ before, tail: PAGE }, Number.POSITIVE_INFINITY);
    if (signal.aborted) return;
    if (!page) return this.#later(() => this.#set({ older: "unknown" }));
    const gone = this.ring.prepend(page.kept);
    this.#oldest = page.read[0]?.cursor ?? this.#oldest;
    this.#touch();
    this.#set({ older: page.read.length === 0 ? "none" : "unknown", cut: this.#status.cut || gone > 0 });
  }

  /** Reads the page of lines after the newest one that is kept; at the last page it follows again. */
  async loadNewer(): Promise<void> {
    const after = this.ring.at(this.ring.end - 1)?.cursor;
    if (after === undefined || !this.#status.cut || this.#status.newer !== "unknown") return;
    this.#follower.abort();
    this.#set({ newer: "loading" });
    const { signal } = this.#stop;
    const page = await this.#page({ after, tail: "all" }, PAGE);
    if (signal.aborted) return;
    if (page) {
      if (this.ring.append(page.kept) > 0) this.#forgetOldest();
      this.#touch();
      if (!page.more) this.#catchUp();
      this.#set({ newer: "unknown" });
    } else this.#later(() => this.#set({ newer: "unknown" }));
  }

  /** The line nearest to the kept ones, before or after them, that the server finds by a search. */
  async find(search: LogAsk["params"][number], side: "before" | "after"): Promise<LogLine | null> {
    const older = side === "before";
    const cursor = older
      ? (this.#oldest ?? this.ring.at(this.ring.first)?.cursor)
      : this.ring.at(this.ring.end - 1)?.cursor;
    const isAll = older ? this.#status.older === "none" : !this.#status.cut;
    if (cursor === undefined || isAll) return null;
    const ask = { ...this.#ask, params: [...this.#ask.params.filter(([name]) => name !== "q"), search] };
    const page = await this.#page(older ? { before: cursor, tail: 1 } : { after: cursor, tail: "all" }, 1, ask);
    return page?.kept[0] ?? null;
  }

  /** Up to `most` lines of a part; null when they could not be read. */
  async #page(part: Part, most: number, ask = this.#ask): Promise<Page | null> {
    const enough = new AbortController();
    const page: Page = { read: [], kept: [], more: false };
    const signal = AbortSignal.any([this.#stop.signal, enough.signal]);
    try {
      await readLogs(logPath(ask, part), {
        signal,
        onLines: (lines) => {
          const taken = lines.slice(0, most - page.read.length);
          page.read.push(...taken);
          page.kept.push(...taken.filter(ask.keeps));
          page.more = page.read.length >= most;
          if (page.more) enough.abort();
        },
      });
      return page;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (!this.#stop.signal.aborted) this.#set({ problem: error });
      return null;
    }
  }

  /** What failed is not asked for again at once. */
  #later(run: () => void): void {
    const { signal } = this.#stop;
    setTimeout(() => !signal.aborted && run(), AGAIN);
  }

  /** Everything up to now is here: from the newest line on it follows. */
  #catchUp(): void {
    this.#set({ cut: false });
    if (this.#ask.endless) void this.#run(false);
  }

  #forgetOldest(): void {
    this.#oldest = null;
    if (this.#status.older === "none") this.#set({ older: "unknown" });
  }

  async #run(fresh: boolean): Promise<void> {
    const generation = this.#generation;
    const newest = fresh ? undefined : this.ring.at(this.ring.end - 1);
    const follow = this.#ask.endless;
    this.#follower.abort();
    const own = new AbortController();
    this.#follower = own;
    const part = newest ? { after: newest.cursor, tail: "all" as const, follow } : { tail: FIRST, follow };
    try {
      await readLogs(logPath(this.#ask, part), {
        signal: AbortSignal.any([this.#stop.signal, own.signal]),
        onOpen: () => this.#opened(generation),
        onLines: (lines) => this.#arrive(generation, lines),
      });
      if (generation !== this.#generation || own.signal.aborted) return;
      this.#flush();
      this.#set({ phase: follow ? "ended" : "still", nextTryAt: null });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (generation === this.#generation) this.#lose(error);
    }
  }

  #opened(generation: number): void {
    if (generation !== this.#generation) return;
    this.#tries = 0;
    if (this.#ask.endless) this.#set({ phase: "live", problem: null, nextTryAt: null });
  }

  /** A refusal will be the same next time; silence may not. */
  #lose(problem: ApiProblem): void {
    this.#flush();
    const isAway = problem.status >= 502 && problem.code !== "action_failed";
    const passing = problem.status === 0 || problem.status === 429 || isAway;
    if (!passing) {
      this.#set({ phase: "refused", problem, nextTryAt: null });
      return;
    }
    const wait = WAITS[Math.min(this.#tries, WAITS.length - 1)]! * (0.85 + Math.random() * 0.3);
    this.#tries += 1;
    this.#set({ phase: "lost", problem, nextTryAt: Date.now() + wait });
    this.#retry = setTimeout(() => {
      this.#set({ nextTryAt: null });
      void this.#run(this.ring.size === 0);
    }, wait);
  }

  #arrive(generation: number, lines: LogLine[]): void {
    if (generation !== this.#generation) return;
    if (this.ring.size === 0) this.#oldest ??= lines[0]!.cursor;
    for (const line of lines) if (this.#ask.keeps(line)) this.#pending.push(line);
    this.#schedule();
  }

  /** In the next frame, or by the clock where the tab is out of sight and has no frames. */
  #schedule(): void {
    if (this.#flushing) return;
    const wait = this.#lastFlush.lines > MANY ? Math.max(0, this.#lastFlush.at + GATHER - performance.now()) : 0;
    let frame = 0;
    const timer = setTimeout(
      () => {
        if (document.hidden) this.#flush();
        else frame = requestAnimationFrame(() => this.#flush());
      },
      document.hidden ? 250 : wait,
    );
    this.#flushing = () => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
  }

  #flush(): void {
    this.#flushing?.();
    this.#flushing = null;
    const lines = this.#pending;
    if (lines.length === 0) return;
    this.#pending = [];
    this.#lastFlush = { at: performance.now(), lines: lines.length };
    const { paused, waiting, cut } = this.#status;
    if (!paused) {
      // what fell out at the far end can be read again
      if (this.ring.append(lines) > 0) this.#forgetOldest();
    }
    // nobody's place may be pushed out while it is looked at: what does not fit is only counted, and read again on the way back
    else if (!cut) for (const line of lines) if (!this.ring.full) this.ring.append([line]);
    this.#touch();
    if (paused) this.#set({ waiting: waiting + lines.length, cut: cut || this.ring.full });
    else this.#emit();
  }

  #restart(): void {
    this.#generation += 1;
    this.#stop.abort();
    this.#stop = new AbortController();
    clearTimeout(this.#retry);
    this.#flushing?.();
    this.#flushing = null;
    this.#pending = [];
    this.#tries = 0;
    this.#oldest = null;
    this.ring.clear();
    this.#touch();
  }

  #touch(): void {
    this.#version += 1;
  }

  #set(change: Partial<LogStatus>): void {
    this.#status = { ...this.#status, ...change };
    this.#emit();
  }

  #emit(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
