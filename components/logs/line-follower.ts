/** Follows lines that go on, and comes back after a loss that may pass. */
import type { LogLine } from "#lib/logs/line.ts";
import { ApiProblem } from "@/components/shell/api-client.ts";
import { isPassing, waitBefore } from "./log-status.ts";
import { readLogs } from "./read-logs.ts";

export interface FollowerHooks {
  /** the address, asked for at each try */
  path: () => string;
  onOpen: () => void;
  onLines: (lines: LogLine[]) => void;
  /** the server closed it */
  onEnd: () => void;
  /** `nextTryAt` by the browser's clock; null: it will not be tried again by itself */
  onLoss: (problem: ApiProblem, nextTryAt: number | null) => void;
  /** it is time to try again */
  onTry: () => void;
}

export class LineFollower {
  readonly #hooks: FollowerHooks;
  #own = new AbortController();
  #retry: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;

  constructor(hooks: FollowerHooks) {
    this.#hooks = hooks;
  }

  /** Reads, in place of what was read before. */
  begin(): void {
    this.#abort();
    void this.#read(this.#own.signal);
  }

  stop(): void {
    this.#abort();
    this.#tries = 0;
  }

  /** What broke is told, and tried again later where that may help. */
  lose(problem: ApiProblem): void {
    clearTimeout(this.#retry);
    if (!isPassing(problem)) {
      this.#hooks.onLoss(problem, null);
      return;
    }
    const wait = waitBefore(this.#tries);
    this.#tries += 1;
    this.#hooks.onLoss(problem, Date.now() + wait);
    this.#retry = setTimeout(this.#hooks.onTry, wait);
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { path, onOpen, onLines, onEnd } = this.#hooks;
    try {
      await readLogs(path(), {
        signal,
        onLines,
        onOpen: () => {
          if (signal.aborted) return;
          this.#tries = 0;
          onOpen();
        },
      });
      if (!signal.aborted) onEnd();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (!signal.aborted) this.lose(error);
    }
  }

  #abort(): void {
    clearTimeout(this.#retry);
    this.#own.abort();
    this.#own = new AbortController();
  }
}
