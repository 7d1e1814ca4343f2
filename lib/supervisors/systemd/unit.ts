/** A service unit as this adapter remembers it: the properties that a record needs, typed, sentinels gone. */
import type { BusObject, BusValue } from "./bus/decode.ts";

export interface Unit {
  name: string;
  description: string;
  load: string;
  /** systemd's words on why the unit file cannot be used; empty mostly */
  loadError: string;
  active: string;
  sub: string;
  frozen: boolean;
  /** milliseconds since the epoch; null: never */
  changedAt: number | null;
  activeAt: number | null;
  inactiveAt: number | null;
  fragment: string;
  sourcePath: string;
  dropIns: string[];
  fileState: string;
  transient: boolean;
  canStart: boolean;
  canStop: boolean;
  canReload: boolean;
  conditionFailed: string | null;
  startLimit: { burst: number; seconds: number } | null;
  requiredBy: string[];
  /** services alone */
  requires: string[];
  type: string;
  restart: string;
  restartDelay: number | null;
  mainPid: number | null;
  controlPid: number | null;
  restarts: number;
  /** `success`, `exit-code`, `signal`, `oom-kill`, `start-limit-hit`, … */
  result: string;
  exit: MainExit | null;
  /** milliseconds since the epoch, when the main process began; null: there was none since the unit was loaded */
  startedAt: number | null;
  slice: string;
  cgroup: string;
  memoryMax: number | null;
}

export interface MainExit {
  /** how it ended: `exited`, `killed` or `dumped` (killed, with a core dump) */
  how: "exited" | "killed" | "dumped";
  /** exit code or signal number */
  status: number;
  /** milliseconds since the epoch */
  at: number;
}

/** What `unitOf` reads: one answer holds some three hundred others that nobody decodes. */
export const WANTED: ReadonlySet<string> = new Set(
  `Description LoadState LoadError ActiveState SubState FreezerState StateChangeTimestamp ActiveEnterTimestamp
  InactiveEnterTimestamp FragmentPath SourcePath DropInPaths UnitFileState Transient CanStart CanStop CanReload
  ConditionResult ConditionTimestamp Conditions StartLimitBurst StartLimitIntervalUSec StartLimitInterval RequiredBy BoundBy Requires BindsTo
  Type Restart RestartUSec MainPID ControlPID NRestarts Result ExecMainStartTimestamp ExecMainExitTimestamp ExecMainCode
  ExecMainStatus Slice ControlGroup MemoryMax MemoryLimit`.split(/\s+/),
);

const HOW: Record<number, MainExit["how"]> = { 1: "exited", 2: "killed", 3: "dumped" };

export function unitOf(name: string, from: BusObject): Unit {
  const burst = figure(from.StartLimitBurst);
  const interval = figure(from.StartLimitIntervalUSec) ?? figure(from.StartLimitInterval);
  return {
    name,
    description: text(from.Description),
    load: text(from.LoadState),
    loadError: text((from.LoadError as BusValue[] | undefined)?.[1]),
    active: text(from.ActiveState),
    sub: text(from.SubState),
    frozen: from.FreezerState === "frozen",
    changedAt: time(from.StateChangeTimestamp),
    activeAt: time(from.ActiveEnterTimestamp),
    inactiveAt: time(from.InactiveEnterTimestamp),
    fragment: text(from.FragmentPath),
    sourcePath: text(from.SourcePath),
    dropIns: texts(from.DropInPaths),
    fileState: text(from.UnitFileState),
    transient: from.Transient === true,
    canStart: from.CanStart === true,
    canStop: from.CanStop === true,
    canReload: from.CanReload === true,
    conditionFailed: failedCondition(from),
    // an interval or a burst of 0 turns the limit off
    startLimit: burst && interval ? { burst, seconds: interval / 1e6 } : null,
    requiredBy: [...new Set([...texts(from.RequiredBy), ...texts(from.BoundBy)])],
    requires: [...texts(from.Requires), ...texts(from.BindsTo)].filter((one) => one.endsWith(".service")),
    type: text(from.Type),
    restart: text(from.Restart),
    restartDelay: seconds(from.RestartUSec),
    mainPid: figure(from.MainPID) || null,
    controlPid: figure(from.ControlPID) || null,
    restarts: figure(from.NRestarts) ?? 0,
    result: text(from.Result),
    exit: exitOf(from),
    startedAt: time(from.ExecMainStartTimestamp),
    slice: text(from.Slice),
    cgroup: text(from.ControlGroup),
    // MemoryLimit= is the older word, for the first version of cgroups
    memoryMax: figure(from.MemoryMax) ?? figure(from.MemoryLimit),
  };
}

/** A number that is one: 2^64-1 and its like arrive as bigint and mean "not set" or "infinity". */
export function figure(value: BusValue | undefined): number | null {
  return typeof value === "number" ? value : null;
}

/** Microseconds as milliseconds since the epoch; 0 means never. */
function time(value: BusValue | undefined): number | null {
  const microseconds = figure(value);
  return microseconds ? microseconds / 1000 : null;
}

function seconds(value: BusValue | undefined): number | null {
  const microseconds = figure(value);
  return microseconds === null ? null : microseconds / 1e6;
}

function text(value: BusValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function texts(value: BusValue | undefined): string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

function exitOf(from: BusObject): MainExit | null {
  const how = HOW[figure(from.ExecMainCode) ?? 0];
  const at = time(from.ExecMainExitTimestamp);
  return how && at !== null ? { how, status: figure(from.ExecMainStatus) ?? 0, at } : null;
}

/** A daemon-reload forgets which one it was, and keeps that one was. */
function onlyOne(conditions: readonly BusValue[][]): BusValue[] | undefined {
  return conditions.length === 1 ? conditions[0] : undefined;
}

/** The first condition that kept the last start from happening, as `ConditionPathExists=/x`. */
function failedCondition(from: BusObject): string | null {
  if (from.ConditionResult !== false || !figure(from.ConditionTimestamp)) return null;
  // (name, trigger, negate, parameter, state): a negative state is a condition that did not hold
  const conditions = (from.Conditions ?? []) as BusValue[][];
  const failed = conditions.find((condition) => (figure(condition[4]) ?? 0) < 0) ?? onlyOne(conditions);
  return failed
    ? `${text(failed[0])}=${failed[2] === true ? "!" : ""}${text(failed[3])}`
    : "a condition in its unit file";
}
