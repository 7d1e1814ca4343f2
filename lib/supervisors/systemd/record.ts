/** The contract's record of a unit. Pure: what is remembered comes in, nothing is asked. */
import { timestamp } from "#lib/platform/clock.ts";
import type { InstanceRecord, Port, RestartPolicy, ServiceAction, ServiceRecord, ServiceState } from "../supervisor.ts";
import type { UnitRow } from "./calls.ts";
import { lastExit, reasonOf } from "./exit.ts";
import { isListed, isTransient } from "./listed.ts";
import { isServiceName, templateOf } from "./names.ts";
import { stateOf } from "./states.ts";
import type { MainExit, Unit } from "./unit.ts";

/** What the unit's properties no longer say once it was started again. */
export interface Remembered {
  exit: MainExit | null;
  oomKilled: boolean;
}

const POLICIES: Record<string, RestartPolicy["policy"]> = {
  always: "always",
  // ends with success are what it restarts after: the nearest of the contract's words
  "on-success": "always",
  "on-failure": "on-failure",
  "on-abnormal": "on-failure",
  "on-abort": "on-failure",
  "on-watchdog": "on-failure",
};
const AT_BOOT: Record<string, boolean> = {
  enabled: true,
  "enabled-runtime": true,
  linked: false,
  "linked-runtime": false,
  disabled: false,
  masked: false,
  "masked-runtime": false,
  transient: false,
};
/** where services are put that say nothing of a slice */
const USUAL_SLICES = new Set(["", "-.slice", "system.slice", "app.slice"]);

export function recordOf(unit: Unit, remembered: Remembered | null, ports: readonly Port[]): ServiceRecord {
  const state = stateOf(unit);
  // restarted by systemd since it was last started by hand: the end before this run is still the last one
  const known = unit.exit === null && unit.restarts > 0 ? remembered : null;
  const exit = unit.exit ?? known?.exit ?? null;
  return {
    name: unit.name,
    title: unit.description || unit.name,
    group: groupOf(unit),
    state,
    nativeState: unit.frozen ? `${unit.active} (frozen)` : `${unit.active} (${unit.sub})`,
    health: "none",
    since: sinceOf(unit, state),
    restarts: unit.restarts,
    lastExit: lastExit(exit, known ? known.oomKilled : unit.result === "oom-kill"),
    instances: instancesOf(unit),
    memoryLimit: unit.memoryMax,
    ports: [...ports],
    restartPolicy: policyOf(unit),
    startsAtBoot: AT_BOOT[unit.fileState] ?? null,
    source: unit.fragment,
    actions: actionsOf(unit, state),
    listed: isListed(unit),
    tag: tagOf(unit),
    reason: reasonOf(unit, state, exit),
    addresses: [],
    dependents: unit.requiredBy.filter((name) => name !== unit.name && isServiceName(name)).sort(),
  };
}

/** A unit of which only its row was read: the distribution's, not running. */
export function unitOfRow(row: UnitRow, file: { path: string; state: string } | null): Unit {
  const loaded = row.load === "loaded";
  return {
    name: row.name,
    description: row.description,
    load: row.load,
    loadError: "",
    active: row.active,
    sub: row.sub,
    frozen: false,
    changedAt: null,
    activeAt: null,
    inactiveAt: null,
    fragment: file?.path ?? "",
    sourcePath: "",
    dropIns: [],
    fileState: file?.state ?? "",
    transient: false,
    canStart: loaded,
    canStop: loaded,
    canReload: false,
    conditionFailed: null,
    startLimit: null,
    requiredBy: [],
    requires: [],
    type: "",
    restart: "no",
    restartDelay: null,
    mainPid: null,
    controlPid: null,
    restarts: 0,
    result: "success",
    exit: null,
    startedAt: null,
    slice: "",
    cgroup: "",
    memoryMax: null,
  };
}

/** What systemd would accept of a unit in this state. */
export function actionsOf(unit: Unit, state: ServiceState): ServiceAction[] {
  const down = state === "stopped" || state === "failed";
  const actions: ServiceAction[] = [];
  const loaded = unit.load === "loaded";
  if (loaded && unit.canStart && (down || state === "restarting")) actions.push("start");
  if (unit.canStop && !down && state !== "stopping") actions.push("stop");
  if (loaded && unit.canStart) actions.push("restart");
  if (unit.canReload && unit.active === "active" && !unit.frozen) actions.push("reload");
  if (unit.mainPid !== null || unit.controlPid !== null || state === "stopping") actions.push("kill");
  return actions;
}

function sinceOf(unit: Unit, state: ServiceState): string | null {
  const entered =
    unit.active === "active"
      ? unit.activeAt
      : state === "stopped" || state === "failed"
        ? unit.inactiveAt
        : unit.changedAt;
  const at = entered ?? unit.changedAt;
  return at === null ? null : timestamp(at);
}

function groupOf(unit: Unit): string | null {
  if (USUAL_SLICES.has(unit.slice)) return null;
  // every template gets a slice of its own from systemd: nobody grouped anything by it
  const own = unit.slice.startsWith("system-") || unit.slice.startsWith("app-");
  return own && templateOf(unit.name) !== null ? null : unit.slice;
}

function instancesOf(unit: Unit): InstanceRecord[] {
  const pid = unit.mainPid ?? unit.controlPid;
  if (pid === null) return [];
  const at = unit.changedAt;
  const since = at === null ? null : timestamp(at);
  return [{ id: String(pid), pid, state: unit.sub, restarts: unit.restarts, since }];
}

function policyOf(unit: Unit): RestartPolicy {
  const policy = POLICIES[unit.restart] ?? "no";
  return {
    policy,
    delay: policy === "no" ? null : unit.restartDelay,
    limit: unit.startLimit?.burst ?? null,
    window: unit.startLimit?.seconds ?? null,
  };
}

function tagOf(unit: Unit): string | null {
  if (isTransient(unit)) return "transient";
  return unit.load === "masked" ? "masked" : null;
}
