/**
 * PM2's words for a process in the contract's, and what an app of several processes is.
 *
 * An app is `restarting` as soon as one of its processes is; `running` while any process is online (then `3 of 4` and a
 * reason tell of the others); without one online it is what remains, the livelier first: starting, stopping, failed,
 * unknown, stopped.
 */
import type { ServiceState } from "../supervisor.ts";
import { isBetween, type Pm2Process } from "./parse.ts";

/** Complete over the statuses that PM2 documents. */
export const PM2_STATES: Readonly<Record<string, ServiceState>> = {
  online: "running",
  launching: "starting",
  // kept by PM2 for a first launch that nothing has confirmed; never fine
  "one-launch-status": "starting",
  stopping: "stopping",
  stopped: "stopped",
  errored: "failed",
  "waiting restart": "restarting",
};

const ORDER: readonly ServiceState[] = [
  "restarting",
  "running",
  "starting",
  "stopping",
  "failed",
  "unknown",
  "stopped",
];

/** How a process ended last, from PM2's own log; see exits.ts. */
export interface Exit {
  code: number;
  signal: string | null;
  /** milliseconds since the epoch */
  at: number;
  /** somebody had asked PM2 to stop it */
  asked: boolean;
  /** PM2 itself did, because it used more than `max_memory_restart` allows */
  overMemory?: true;
}

/**
 * State of one process. Four corrections to PM2's word:
 * - `stopped` with the pid of the process that ended is what PM2 says from an end until its own restart is under way;
 * - `waiting restart` without a pid will not be restarted: PM2 writes that word over `errored` and `stopped` when the
 *   app has a restart delay;
 * - `stopped` of an app that is not set to restart, after an exit that nobody asked for and that was no success, failed;
 * - `online` within `min_uptime` of a start that followed an unstable one is a crash loop without a delay.
 */
export function stateOf(process: Pm2Process, exit: Exit | null, now: number = Date.now()): ServiceState {
  const { status } = process;
  if (isBetween(process)) return "restarting";
  if (status === "waiting restart") return exit?.asked ? "stopped" : "failed";
  if (status === "stopped" && !process.autorestart && !exit?.asked) {
    const failed = (process.exitCode ?? 0) !== 0 || (exit !== null && exit.signal !== null);
    if (failed) return "failed";
  }
  if (status === "online" && isUnstable(process, now)) return "restarting";
  return Object.hasOwn(PM2_STATES, status) ? PM2_STATES[status]! : "unknown";
}

/** Started again a moment ago because it had ended right after its start. */
function isUnstable(process: Pm2Process, now: number): boolean {
  return process.unstableRestarts > 0 && process.startedAt !== null && now - process.startedAt < process.minUptime;
}

/** State of an app out of those of its processes. */
export function aggregateState(states: readonly ServiceState[]): ServiceState {
  return ORDER.find((state) => states.includes(state)) ?? "unknown";
}

/** `online`, or `online (3), stopped (1)`. */
export function aggregateStatus(statuses: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  if (counts.size === 1) return statuses[0]!;
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([status, count]) => `${status} (${count})`)
    .join(", ");
}
