/**
 * Docker's and Podman's words for a container's state, as the contract's eight.
 *
 * `ended` is decided by how it came to its end, because the engines keep no word for "stopped by hand":
 * the rules of `ENDINGS`, in order, the first that fits.
 */
import type { Health, ServiceAction, ServiceState } from "../supervisor.ts";

export interface Ending {
  /** null: the engine does not say */
  exitCode: number | null;
  oomKilled: boolean;
  /** the engine's own words on why it could not be started, empty mostly */
  error: string;
  /** events say that somebody asked it to end (true) or that nobody did (false); null: no event of it was seen */
  asked: boolean | null;
  /** the engine would have started it again, had it ended by itself */
  retries: boolean;
}

/** Complete over Docker's documented states and Podman's further ones. */
export const STATES: Record<string, ServiceState | "ended" | "made"> = {
  created: "made",
  running: "running",
  paused: "paused",
  restarting: "restarting",
  removing: "stopping",
  exited: "ended",
  dead: "failed",
  // Podman
  configured: "made",
  initialized: "starting",
  stopping: "stopping",
  stopped: "ended",
  unknown: "unknown",
};

/** How an end is judged; a rule answers null where it does not apply. */
export const ENDINGS: { rule: string; judge: (e: Ending) => "stopped" | "failed" | null }[] = [
  { rule: "killed by the kernel for memory", judge: (e) => (e.oomKilled ? "failed" : null) },
  { rule: "ended with success", judge: (e) => (e.exitCode === 0 ? "stopped" : null) },
  { rule: "could not be started", judge: (e) => (e.error !== "" ? "failed" : null) },
  // `docker stop`, or a stop signal sent by hand. A bare SIGKILL is no such request: it is what an accident looks like
  { rule: "somebody asked, by the events", judge: (e) => (e.asked === true ? "stopped" : null) },
  { rule: "nobody asked, by the events", judge: (e) => (e.asked === false ? "failed" : null) },
  // no event is left of it from here on: the engine restarted, or it is long ago
  { rule: "left alone by a policy that would restart it", judge: (e) => (e.retries ? "stopped" : null) },
  {
    rule: "ended by the signals that `docker stop` sends",
    judge: (e) => ([130, 137, 143].includes(e.exitCode ?? -1) ? "stopped" : null),
  },
  { rule: "anything else", judge: () => "failed" },
];

const HEALTH: Record<string, Health> = { healthy: "healthy", unhealthy: "unhealthy", starting: "starting" };

const ACTIONS: Record<ServiceState, ServiceAction[]> = {
  running: ["stop", "restart", "kill", "pause"],
  starting: ["start", "stop", "restart", "kill"],
  stopping: ["kill"],
  restarting: ["stop", "restart", "kill"],
  paused: ["unpause", "stop", "restart", "kill"],
  stopped: ["start", "restart"],
  failed: ["start", "restart"],
  unknown: [],
};

/** The contract's state for a native word and, where it has ended, how. */
export function stateOf(status: string, ending: Ending): ServiceState {
  const mapped = STATES[status.toLowerCase()] ?? "unknown";
  if (mapped === "made") return ending.error !== "" ? "failed" : "stopped";
  return mapped === "ended" ? judgeEnding(ending) : mapped;
}

/** `stopped` or `failed`, by the first rule that fits. */
export function judgeEnding(ending: Ending): "stopped" | "failed" {
  for (const { judge } of ENDINGS) {
    const verdict = judge(ending);
    if (verdict) return verdict;
  }
  return "failed";
}

/** A health check's word; `none` where there is no check. */
export function healthOf(word: string | undefined): Health {
  return HEALTH[(word ?? "").toLowerCase()] ?? "none";
}

/** What the engine accepts, as tried on it: a dead container only lets itself be removed. */
export function actionsOf(status: string, state: ServiceState): ServiceAction[] {
  return status === "dead" ? [] : ACTIONS[state];
}
