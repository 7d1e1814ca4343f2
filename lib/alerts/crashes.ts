/**
 * How often a service has crashed, out of what happened to it. What lives less than a moment is counted by its supervisor
 * alone: an end that was seen and the restart that follows it are one crash, and a restart that was not seen is one too. Pure.
 */
import type { Happening } from "#lib/services/events/happening.ts";

/** milliseconds, by a clock that never goes back */
interface Crash {
  at: number;
  times: number;
}

/** crashes that come one by one are kept as so many at most; older ones are added up */
const MOST = 2000;

export class Crashes {
  readonly #kept: number;
  readonly #crashes = new Map<string, Crash[]>();
  /** whose end was counted, and whose restart has not come yet */
  readonly #ended = new Set<string>();

  /** `kept`: milliseconds. */
  constructor(kept: number) {
    this.#kept = kept;
  }

  /**
   * Crashes in what was seen at one look. `restarts`: by how much the supervisor's own counter went up; null: the look
   * before was of another run, and what happened says it.
   */
  take(
    service: string,
    happened: readonly Pick<Happening, "kind" | "count" | "by">[],
    { restarts, at }: { restarts: number | null; at: number },
  ): number {
    let times = 0;
    for (const { kind, count, by } of happened) {
      if (kind === "exited" && by === null) {
        times += 1;
        this.#ended.add(service);
      }
      if (kind === "restarted") {
        // another tool has restarted it, or another container came under its name: its supervisor counted nothing
        const counted = restarts === null ? count : Math.min(count, restarts);
        // one of them is what somebody here asked for, or the end that was counted when it was seen
        const known = by !== null || this.#ended.has(service) ? 1 : 0;
        times += Math.max(0, counted - known);
      }
      if (kind === "restarted" || kind === "started" || kind === "stopped") this.#ended.delete(service);
    }
    if (times > 0) this.#add(service, { at, times });
    return times;
  }

  /** Within so many milliseconds, and when the last was. */
  within(service: string, span: number, now: number): { times: number; first: number | null; last: number | null } {
    const crashes = (this.#crashes.get(service) ?? []).filter(({ at }) => at > now - span);
    const times = crashes.reduce((sum, crash) => sum + crash.times, 0);
    return { times, first: crashes[0]?.at ?? null, last: crashes.at(-1)?.at ?? null };
  }

  forget(service: string): void {
    this.#crashes.delete(service);
    this.#ended.delete(service);
  }

  #add(service: string, crash: Crash): void {
    const known = (this.#crashes.get(service) ?? []).filter(({ at }) => at > crash.at - this.#kept);
    const last = known.at(-1);
    if (last && known.length >= MOST) last.times += crash.times;
    else known.push(crash);
    this.#crashes.set(service, known);
  }
}
