/**
 * systemd's states of a service, in the contract's eight. The table covers every pair of ActiveState and SubState that
 * systemd documents for services, up to version 258; `systemctl --state=help` lists them.
 */
import type { ServiceState } from "../supervisor.ts";

export const STATES: Readonly<Record<string, ServiceState>> = {
  "active/running": "running",
  // a oneshot with RemainAfterExit= counts as up after its processes have ended: systemd would not start it again
  "active/exited": "running",
  // Type=idle says active before its process runs
  "active/condition": "starting",
  "active/start-pre": "starting",
  "active/start": "starting",
  "active/start-post": "starting",

  "reloading/reload": "running",
  "reloading/reload-signal": "running",
  "reloading/reload-notify": "running",
  "reloading/reload-post": "running",
  "refreshing/mounting": "running",
  "refreshing/refresh-extensions": "running",
  "refreshing/refresh-credentials": "running",

  "activating/condition": "starting",
  "activating/start-pre": "starting",
  "activating/start": "starting",
  "activating/start-post": "starting",
  "activating/auto-restart": "restarting",
  "activating/auto-restart-queued": "restarting",

  "deactivating/stop": "stopping",
  "deactivating/stop-watchdog": "stopping",
  "deactivating/stop-sigterm": "stopping",
  "deactivating/stop-sigkill": "stopping",
  "deactivating/stop-post": "stopping",
  "deactivating/final-watchdog": "stopping",
  "deactivating/final-sigterm": "stopping",
  "deactivating/final-sigkill": "stopping",

  "inactive/dead": "stopped",
  "inactive/dead-before-auto-restart": "restarting",
  "inactive/dead-resources-pinned": "stopped",
  "failed/failed": "failed",
  "failed/failed-before-auto-restart": "restarting",
  // `systemctl clean` is at work on a stopped unit
  "maintenance/cleaning": "stopping",
};

/** For a SubState that is newer than the table: ActiveState is the part that systemd promises to keep. */
const BY_ACTIVE: Readonly<Record<string, ServiceState>> = {
  active: "running",
  reloading: "running",
  refreshing: "running",
  activating: "starting",
  deactivating: "stopping",
  inactive: "stopped",
  failed: "failed",
  maintenance: "stopping",
};

/** A unit whose file systemd cannot use. */
const BROKEN = new Set(["error", "bad-setting"]);

export function stateOf(unit: { load: string; active: string; sub: string; frozen?: boolean }): ServiceState {
  const state = STATES[`${unit.active}/${unit.sub}`] ?? BY_ACTIVE[unit.active] ?? "unknown";
  if (unit.frozen && state === "running") return "paused";
  // it cannot be started as it is, and nobody asked for that; what still runs of it is judged by its processes
  if (state === "stopped" && BROKEN.has(unit.load)) return "failed";
  return state;
}
