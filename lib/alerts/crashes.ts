/**
 * How often a service has crashed, out of what happened to it. What lives less than a moment is counted by its supervisor
 * alone: an end that was seen and the restart that follows it are one crash, and a restart that was not seen is one too. Pure.
 */
import type { Happening } from "#lib/services/events/happening.ts";
import { Tally } from "./tally.ts";

export class Crashes {
  readonly #tally: Tally;
  /** whose end was counted, and whose restart has not come yet */
  readonly #ended = new Set<string>();

  /** `kept`: milliseconds. */
  constructor(kept: number) {
    this.#tally = new Tally(kept);
  }

  /**
   * Crashes in what was seen at one look. `restarts`: by how much the supervisor's own counter went up; null: the look
   * before was of another run, and what happened says it.
   */
  take(
    service: string,
    happened: readonly Pick<Happening, "kind" | "count" | "by" | "detail">[],
    { restarts, at }: { restarts: number | null; at: number },
  ): number {
    let times = 0;
    for (const { kind, count, by, detail } of happened) {
      if (kind === "exited" && by === null) {
        times += 1;
        this.#ended.add(service);
      }
      if (kind === "restarted") {
        // another tool has restarted it, or another container came under its name: its supervisor counted nothing
        const counted = restarts === null ? count : Math.min(count, restarts);
        // one of them is what somebody asked for, here or by another tool, or the end that was counted when it was seen
        const isAsked = by !== null || detail?.asked === "elsewhere";
        const known = isAsked || this.#ended.has(service) ? 1 : 0;
        times += Math.max(0, counted - known);
      }
      if (kind === "restarted" || kind === "started" || kind === "stopped") this.#ended.delete(service);
    }
    // over how long those came that nobody was there for is not known: they make no loop by themselves
    if (times > 0) this.#tally.add(service, { at, times: restarts === null ? 1 : times });
    return times;
  }

  within(service: string, span: number, now: number): ReturnType<Tally["within"]> {
    return this.#tally.within(service, span, now);
  }

  forget(service: string): void {
    this.#tally.forget(service);
    this.#ended.delete(service);
  }
}
