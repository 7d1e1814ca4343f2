/** Records as a made-up supervisor keeps them: a blank one, and what may be done in each state. */
import { timestamp } from "#lib/platform/clock.ts";
import type { ServiceAction, ServiceRecord, ServiceState, SupervisorKind } from "../supervisor.ts";

/** What is given of a record; the rest has quiet defaults. */
export type Sketch = Partial<ServiceRecord> & { name: string };

export const SUPPORTED: Record<SupervisorKind, readonly ServiceAction[]> = {
  systemd: ["start", "stop", "restart", "reload", "kill"],
  pm2: ["start", "stop", "restart", "reload", "kill"],
  docker: ["start", "stop", "restart", "kill", "pause", "unpause"],
  podman: ["start", "stop", "restart", "kill", "pause", "unpause"],
};

const POSSIBLE: Record<ServiceState, readonly ServiceAction[]> = {
  running: ["restart", "stop", "reload", "pause", "kill"],
  starting: ["stop", "restart", "kill"],
  stopping: ["kill"],
  restarting: ["stop", "restart"],
  paused: ["unpause", "stop", "kill"],
  stopped: ["start"],
  failed: ["start"],
  unknown: [],
};

const NATIVE: Record<"systemd" | "pm2" | "docker", Record<ServiceState, string>> = {
  systemd: {
    running: "active (running)",
    starting: "activating (start)",
    stopping: "deactivating (stop-sigterm)",
    restarting: "activating (auto-restart)",
    paused: "active (frozen)",
    stopped: "inactive (dead)",
    failed: "failed (exit-code)",
    unknown: "maintenance",
  },
  pm2: {
    running: "online",
    starting: "launching",
    stopping: "stopping",
    restarting: "waiting restart",
    paused: "online",
    stopped: "stopped",
    failed: "errored",
    unknown: "one-launch-status",
  },
  docker: {
    running: "Up",
    starting: "Up (health: starting)",
    stopping: "Up",
    restarting: "Restarting",
    paused: "Up (Paused)",
    stopped: "Exited (0)",
    failed: "Exited (1)",
    unknown: "Dead",
  },
};

/** A whole record out of a sketch: running, of one instance, fine. */
export function completeRecord(sketch: Sketch, kind: SupervisorKind): ServiceRecord {
  const state = sketch.state ?? "running";
  const since = sketch.since === undefined ? timestamp() : sketch.since;
  const nativeState = sketch.nativeState ?? nativeWord(kind, state);
  return {
    title: sketch.name,
    group: null,
    health: "none",
    restarts: 0,
    lastExit: null,
    instances:
      state === "running" || state === "paused" ? [{ id: "0", pid: 1000, state: nativeState, restarts: 0, since }] : [],
    memoryLimit: null,
    ports: [],
    restartPolicy: { policy: "always", delay: null, limit: null, window: null },
    startsAtBoot: true,
    source: `/srv/${sketch.name}`,
    actions: actionsIn(state, kind),
    listed: true,
    tag: null,
    reason: null,
    addresses: [],
    dependents: [],
    ...sketch,
    state,
    nativeState,
    since,
  };
}

export function nativeWord(kind: SupervisorKind, state: ServiceState): string {
  return NATIVE[kind === "podman" ? "docker" : kind][state];
}

export function actionsIn(state: ServiceState, kind: SupervisorKind): ServiceAction[] {
  return POSSIBLE[state].filter((action) => SUPPORTED[kind].includes(action));
}
