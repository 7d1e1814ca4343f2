/**
 * The lines of one view, read off the painting path: what arrives is gathered and handed on once a frame at most. Following,
 * pausing, scrolling back and coming back after a loss are decided here; what is drawn only asks.
 */
import type { LogLine } from "#lib/logs/line.ts";
import { ApiProblem } from "@/components/shell/api-client.ts";
import { FrameGatherer } from "./frame-gatherer.ts";
import { KeptLines } from "./kept-lines.ts";
import { LineFollower } from "./line-follower.ts";
import { linePlace } from "./line-place.ts";
import { type LogAsk, logPath, type Part } from "./log-requests.ts";
import { type LogStatus, START } from "./log-status.ts";
import { readLogs } from "./read-logs.ts";
import { type LinePage, readPart } from "./read-part.ts";

const FIRST = 500;
const PAGE = 1000;
const AGAIN = 3000;
/** clocks of the writer and of this browser differ by less */
const SKEW = 60_000;

export class LogStore {
  readonly kept: KeptLines;
  #ask: LogAsk;
  #status = START;
  #version = 0;
  /** counts openings: what belongs to an earlier one is dropped, and the list knows that its indexes mean other lines */
  #generation = 0;
  #listeners = new Set<() => void>();
  /** ends everything that belongs to this opening; a search for older matches alone */
  #stop = new AbortController();
  #searcher = new AbortController();
  readonly #arriving = new FrameGatherer<LogLine>((lines) => this.#take(lines));
  readonly #follower = new LineFollower({
    path: () => logPath(this.#ask, this.#next()),
    onOpen: () => this.#ask.endless && this.#set({ phase: "live", problem: null, nextTryAt: null }),
    onLines: (lines) => this.#arrive(lines),
    onEnd: () => {
      this.#arriving.flush();
      this.#set({ phase: this.#ask.endless ? "ended" : "still", nextTryAt: null });
    },
    onLoss: (problem, nextTryAt) => {
      this.#arriving.flush();
      this.#set({ phase: nextTryAt === null ? "refused" : "lost", problem, nextTryAt, progress: null });
    },
    onTry: () => {
      this.#set({ nextTryAt: null });
      this.#begin();
    },
  });
  /** cursor of the oldest line that was read, shown or not */
  #oldest: string | null = null;
  /** RFC 3339: a view without any line follows from here */
  #since: string | null = null;

  constructor(ask: LogAsk, kept = new KeptLines()) {
    this.#ask = ask;
    this.kept = kept;
  }

  get ring(): KeptLines["ring"] {
    return this.kept.ring;
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
    this.#begin();
  }

  /** Reads around a line that the address or a search names, and stays there. Answers its index, null when it is gone. */
  async openAt(ask: LogAsk, cursor: string): Promise<number | null> {
    this.#ask = ask;
    this.#restart();
    this.#set({ ...START, paused: true, cut: true });
    const { signal } = this.#stop;
    const { length } = ask.services;
    const { time, key } = linePlace(cursor, length);
    // where a search gave the cursor, it says of the other services where they match: only a time is a place in all they said
    const before: Part = time === null ? { before: cursor } : { until: time };
    const older = await this.#page({ ...before, tail: FIRST }, Number.POSITIVE_INFINITY);
    if (signal.aborted || !older) return null;
    // `after` leaves its line out: where the line itself is not among the older ones, it comes first
    const from = older.read.at(-1)?.cursor;
    const newer = await this.#page(from ? { after: from, tail: "all" } : { tail: "all" }, FIRST);
    if (signal.aborted || !newer) return null;
    const lines = [...older.kept, ...newer.kept];
    const place = lines.findIndex((line) => linePlace(line.cursor, length).key === key);
    // a message may go on after the line: its index is that of the last one by now
    this.kept.append(lines.slice(0, place + 1));
    const index = this.ring.end - 1;
    this.kept.append(lines.slice(place + 1));
    this.#oldest = older.read[0]?.cursor ?? newer.read[0]?.cursor ?? null;
    this.#touch();
    this.#set({ phase: this.#ask.endless ? "live" : "still", older: older.read.length === 0 ? "none" : "unknown" });
    if (!newer.more) this.#catchUp();
    return place < 0 ? null : index;
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
    this.#set({ phase: this.ring.size === 0 ? "loading" : "lost", nextTryAt: null });
    this.#begin();
  }

  /** No more matches are looked for further back; those that are found stay. */
  stopSearch(): void {
    this.#searcher.abort();
  }

  /** Goes on behind the oldest match, or where none is found yet behind what was looked at. */
  async searchOn(): Promise<void> {
    const { older, progress } = this.#status;
    if (older !== "stopped") return;
    const { signal } = this.#stop;
    const before = this.#oldest ?? this.ring.at(this.ring.first)?.cursor;
    // of several services one may not have been looked at yet: they are searched anew
    const until = this.#ask.services.length === 1 ? progress?.searchedTo : null;
    try {
      await this.#searchBack(before ? { before } : until ? { until } : {});
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (!signal.aborted) this.#set({ older: "stopped", problem: error });
    }
  }

  /** Reads the page of lines before the oldest one. */
  async loadOlder(): Promise<void> {
    const before = this.#oldest ?? this.ring.at(this.ring.first)?.cursor;
    if (!before || this.#status.older !== "unknown") return;
    this.#set({ older: "loading" });
    const { signal } = this.#stop;
    const page = await this.#page({ before, tail: PAGE }, Number.POSITIVE_INFINITY);
    if (signal.aborted) return;
    if (!page) return this.#later(() => this.#set({ older: "unknown" }));
    const gone = this.kept.prepend(page.kept);
    this.#oldest = page.read[0]?.cursor || this.#oldest;
    this.#touch();
    this.#set({ older: page.read.length === 0 ? "none" : "unknown", cut: this.#status.cut || gone > 0 });
  }

  /** Reads the page of lines after the newest one that is kept; at the last page it follows again. */
  async loadNewer(): Promise<void> {
    const after = this.kept.newest;
    if (after === null || !this.#status.cut || this.#status.newer !== "unknown") return;
    this.#follower.stop();
    // the page has them too
    this.#arriving.drop();
    this.#set({ newer: "loading" });
    const { signal } = this.#stop;
    const page = await this.#page({ after, tail: "all" }, PAGE);
    if (signal.aborted) return;
    if (page) {
      if (this.kept.append(page.kept) > 0) this.#forgetOldest();
      this.#touch();
      if (!page.more) this.#catchUp();
      this.#set({ newer: "unknown" });
    } else this.#later(() => this.#set({ newer: "unknown" }));
  }

  /** Up to `most` lines of a part; null when they could not be read. */
  async #page(part: Part, most: number): Promise<LinePage | null> {
    try {
      return await readPart({ ask: this.#ask, part, most, signal: this.#stop.signal });
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
    if (this.#ask.endless) this.#follower.begin();
  }

  #forgetOldest(): void {
    this.#oldest = null;
    if (this.#status.older === "none") this.#set({ older: "unknown" });
  }

  #begin(): void {
    if (this.ring.size === 0 && this.#ask.searches) void this.#search();
    else this.#follower.begin();
  }

  /** The newest matches, shown as they are found on the way back; then what comes. */
  async #search(): Promise<void> {
    const { signal } = this.#stop;
    this.#since = new Date(Date.now() - SKEW).toISOString();
    try {
      await this.#searchBack({});
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (signal.aborted) return;
      this.#set({ older: "unknown" });
      this.#follower.lose(error);
      return;
    }
    if (signal.aborted) return;
    if (this.#ask.endless) this.#follower.begin();
    else this.#set({ phase: "still" });
  }

  /** Throws `ApiProblem`. */
  async #searchBack(from: Part): Promise<void> {
    const own = new AbortController();
    this.#searcher = own;
    const { signal } = this.#stop;
    let count = 0;
    this.#set({ older: "loading" });
    await readLogs(logPath(this.#ask, { ...from, tail: FIRST, newestFirst: true, progress: true }), {
      signal: AbortSignal.any([signal, own.signal]),
      onProgress: (progress) => this.#set({ progress: progress.done ? null : progress }),
      onLines: (lines) => {
        count += lines.length;
        this.#oldest = lines.at(-1)?.cursor || this.#oldest;
        const gone = this.kept.prepend(lines.filter(this.#ask.keeps).reverse());
        this.#touch();
        const { phase, cut } = this.#status;
        this.#set({ phase: this.ring.size > 0 && !this.#ask.endless ? "still" : phase, cut: cut || gone > 0 });
      },
    });
    if (signal.aborted) return;
    const older = own.signal.aborted ? "stopped" : count >= FIRST ? "unknown" : "none";
    this.#set({ progress: own.signal.aborted ? this.#status.progress : null, older });
  }

  /** What is to be followed: from the newest line that is here, or where there is none from the newest there are. */
  #next(): Part {
    const follow = this.#ask.endless;
    const after = this.kept.newest;
    if (after !== null) return { after, tail: "all", follow };
    return this.#since === null ? { tail: FIRST, follow } : { tail: "all", since: this.#since, follow };
  }

  #arrive(lines: LogLine[]): void {
    if (this.ring.size === 0) this.#oldest ??= lines.find(({ cursor }) => cursor !== "")?.cursor ?? null;
    for (const line of lines) if (this.#ask.keeps(line)) this.#arriving.add(line);
  }

  #take(lines: LogLine[]): void {
    const { paused, waiting, cut } = this.#status;
    if (!paused) {
      // what fell out at the far end can be read again
      if (this.kept.append(lines) > 0) this.#forgetOldest();
    }
    // nobody's place may be pushed out while it is looked at: what does not fit is only counted, and read again on the way back
    else if (!cut) for (const line of lines) if (!this.ring.full) this.kept.append([line]);
    this.#touch();
    if (paused) this.#set({ waiting: waiting + lines.length, cut: cut || this.ring.full });
    else this.#emit();
  }

  #restart(): void {
    this.#generation += 1;
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#follower.stop();
    this.#arriving.drop();
    this.#oldest = null;
    this.#since = null;
    this.kept.clear();
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
