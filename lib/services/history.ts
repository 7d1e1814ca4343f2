/** What happened to each service in the last hour, kept in memory: the evidence behind "needs you". */
import type { ServiceRecord } from "#lib/supervisors/supervisor.ts";

export interface Moment {
  /** RFC 3339 */
  at: string;
  kind: "up" | "down" | "restart" | "exit" | "healthy" | "unhealthy";
}

const HOUR = 3_600_000;
const MOST = 120;

export class History {
  #moments = new Map<string, Moment[]>();

  /** Compares two looks at one service and keeps what changed between them. */
  note(id: string, before: ServiceRecord | undefined, after: ServiceRecord, now = Date.now()): void {
    if (!before) return;
    const at = new Date(now).toISOString();
    const found: Moment[] = [];
    // a process that lives under a second is never seen by looking: the counter's difference tells
    const restarts = after.restarts - before.restarts;
    for (let n = 0; n < Math.min(restarts, MOST); n += 1) found.push({ at, kind: "restart" });
    if (before.state !== after.state) {
      if (after.state === "running" && restarts <= 0) found.push({ at, kind: "up" });
      if (after.state === "failed") found.push({ at, kind: "exit" });
      if (after.state === "stopped") found.push({ at, kind: "down" });
    }
    if (before.health !== after.health && (after.health === "healthy" || after.health === "unhealthy"))
      found.push({ at, kind: after.health });
    if (found.length > 0) this.#moments.set(id, [...this.of(id, now), ...found].slice(-MOST));
  }

  /** The last hour of one service, oldest first. */
  of(id: string, now = Date.now()): Moment[] {
    return (this.#moments.get(id) ?? []).filter((moment) => Date.parse(moment.at) > now - HOUR);
  }

  /** Restarts within `milliseconds`, and when the first of them was. */
  restarts(id: string, milliseconds: number, now = Date.now()): { count: number; first: string | null } {
    const found = this.of(id, now).filter((m) => m.kind === "restart" && Date.parse(m.at) > now - milliseconds);
    return { count: found.length, first: found[0]?.at ?? null };
  }

  forget(id: string): void {
    this.#moments.delete(id);
  }
}
