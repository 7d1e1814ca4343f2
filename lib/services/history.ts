/** What happened to each service in the last hour, kept in memory: the evidence behind "needs you". */
import type { ServiceState } from "#lib/supervisors/supervisor.ts";
import type { Happening } from "./events/happening.ts";

export interface Moment {
  /** RFC 3339 */
  at: string;
  kind: "up" | "down" | "restart" | "exit" | "healthy" | "unhealthy";
}

const HOUR = 3_600_000;
const MOST = 120;

export class History {
  #moments = new Map<string, Moment[]>();

  /** Keeps what two looks showed; `state` is that of the second. */
  note(id: string, happened: readonly Happening[], state: ServiceState, now = Date.now()): void {
    const at = new Date(now).toISOString();
    const found = happened.flatMap((one) => momentsOf(one, state)).map((kind): Moment => ({ at, kind }));
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

function momentsOf({ kind, count, by, detail }: Happening, state: ServiceState): Moment["kind"][] {
  if (kind === "healthy" || kind === "unhealthy") return [kind];
  if (kind === "stopped") return ["down"];
  if (kind === "started") return ["up"];
  // of an end that is followed by a restart the restart alone is told
  if (kind === "exited") return state === "failed" ? ["exit"] : [];
  if (kind !== "restarted") return [];
  const isOwn = by === null && detail?.asked === "policy";
  return isOwn ? Array.from({ length: Math.min(count, MOST) }, () => "restart" as const) : ["up"];
}
