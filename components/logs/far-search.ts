/** All matches that the sources still have, not only those among the lines on the page: newest first, as the server finds them. */
import type { LogLine } from "#lib/logs/line.ts";
import { ApiProblem } from "@/components/shell/api-client.ts";
import { type LogAsk, logPath } from "./log-requests.ts";
import { readLogs } from "./read-logs.ts";

export interface Found {
  cursor: string;
  time: string;
}

export interface FarStatus {
  /** `full`: it stopped by itself at so many */
  phase: "idle" | "running" | "done" | "stopped" | "full" | "failed";
  count: number;
  /** time of the oldest line that was looked at */
  searchedTo: string | null;
}

/** what a search is for: the lines that the view shows, looked for by the server, and the page's own idea of a match */
export interface FarAsk {
  ask: LogAsk;
  search: readonly [name: string, value: string];
  test: (line: LogLine) => boolean;
}

const MOST = 5000;
const IDLE: FarStatus = { phase: "idle", count: 0, searchedTo: null };

export class FarSearch {
  #status = IDLE;
  #found: Found[] = [];
  #stop = new AbortController();
  readonly #listeners = new Set<() => void>();

  get status(): FarStatus {
    return this.#status;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Looks from the newest line back, in place of whatever was looked for before. */
  begin(wanted: FarAsk): void {
    this.#end();
    this.#found = [];
    this.#set({ ...IDLE, phase: "running" });
    void this.#read(wanted, this.#stop);
  }

  /** Leaves off; what was found stays. */
  stop(): void {
    if (this.#status.phase !== "running") return;
    this.#end();
    this.#set({ phase: "stopped" });
  }

  /** Forgets everything. */
  clear(): void {
    this.#end();
    this.#found = [];
    this.#set(IDLE);
  }

  /** How many of those that were found are later than a time. */
  countAfter(time: string): number {
    let low = 0;
    let high = this.#found.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isLater(this.#found[middle]!.time, time)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The match nearest to a time on one side of it, once it is known; null: there is none. */
  async nearest(side: "before" | "after", time: string): Promise<Found | null> {
    for (;;) {
      const later = this.countAfter(time);
      const { searchedTo, phase } = this.#status;
      const isPast = phase !== "running" || (searchedTo !== null && isLater(time, searchedTo));
      if (side === "after" && (isPast || later < this.#found.length)) return this.#found[later - 1] ?? null;
      const before = this.#found.slice(later).find((found) => isLater(time, found.time));
      if (side === "before" && (before || phase !== "running")) return before ?? null;
      await this.#change();
    }
  }

  async #read({ ask, search, test }: FarAsk, own: AbortController): Promise<void> {
    const params = [...ask.params.filter(([name]) => name !== "q" && name !== "regex"), search];
    let lines = 0;
    try {
      await readLogs(logPath({ ...ask, params }, { tail: MOST, newestFirst: true, plain: true, progress: true }), {
        signal: own.signal,
        onProgress: ({ searchedTo }) => this.#set({ searchedTo }),
        onLines: (batch) => {
          lines += batch.length;
          for (const line of batch)
            if (ask.keeps(line) && test(line)) this.#found.push({ cursor: line.cursor, time: line.time });
          this.#set({ count: this.#found.length, searchedTo: batch.at(-1)?.time ?? null });
        },
      });
      if (!own.signal.aborted) this.#set({ phase: lines >= MOST ? "full" : "done" });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (!own.signal.aborted) this.#set({ phase: "failed" });
    }
  }

  #end(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const leave = this.subscribe(() => {
        leave();
        resolve();
      });
    });
  }

  #set(change: Partial<FarStatus>): void {
    this.#status = { ...this.#status, ...change };
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Of two times of any precision in UTC, without their `Z`: a shorter one is the earlier of two that begin alike. */
function isLater(one: string, other: string): boolean {
  return one.slice(0, -1) > other.slice(0, -1);
}
