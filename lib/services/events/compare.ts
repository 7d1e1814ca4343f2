/** What happened between two looks at a service. Counters count: what lives less than a moment is never seen otherwise. */
import type { ServiceRecord, SupervisorKind } from "#lib/supervisors/supervisor.ts";
import type { Happening, HappeningKind } from "./happening.ts";

/** What is kept of a look at a service. */
export type Seen = Pick<ServiceRecord, "state" | "restarts" | "since" | "health" | "source"> & {
  /** the container's id; null for what has none */
  incarnation: string | null;
};

export interface Asked {
  action: string;
  actor: string;
}

/** milliseconds by which one start is told differently at different times */
const SAME_START = 1500;

export function seenOf(record: ServiceRecord, kind: SupervisorKind): Seen {
  const { state, restarts, since, health, source, instances } = record;
  const isContainer = kind === "docker" || kind === "podman";
  return { state, restarts, since, health, source, incarnation: isContainer ? (instances[0]?.id ?? null) : null };
}

/** In the order in which it happened. `at`: when it was looked; `missed`: the look before was by another run of this server. */
export function compare(
  before: Seen,
  { record, now }: { record: ServiceRecord; now: Seen },
  { at, asked, missed }: { at: string; asked: Asked | null; missed: boolean },
): Happening[] {
  const found: Happening[] = [];
  const add = (kind: HappeningKind, more: Partial<Happening> = {}) => {
    const plain = { count: 1, code: null, signal: null, oomKilled: false, by: null, reason: null, detail: null };
    found.push({ at: timeOf(kind, record, { at, missed }), kind, ...plain, missed, ...more });
  };
  const isNew = before.incarnation !== null && now.incarnation !== null && before.incarnation !== now.incarnation;
  if (before.source !== now.source) add("changed", { detail: { from: before.source, to: now.source } });
  if (isNew) add("recreated");
  // a counter that went down is a new beginning
  const restarts = isNew ? 0 : Math.max(0, now.restarts - before.restarts);
  const by = asked?.actor ?? null;
  const isAnew = isStartedAnew(before, now, isRestart(asked) ? 0 : SAME_START);
  if (restarts > 0) add("restarted", { count: restarts, ...endOf(record), by: isRestart(asked) ? by : null });
  else if (isNew || isAnew) add(wasUp(before) ? "restarted" : "started", { by });
  if (before.state !== now.state && restarts === 0) {
    const end = endOf(record);
    if (now.state === "failed") add("exited", { ...end, by });
    if (now.state === "restarting" && wasUp(before)) add("exited", end);
    if (now.state === "stopped" && before.state !== "failed") add("stopped", { ...end, by });
    if (now.state === "paused") add("paused", { by });
    if (before.state === "paused" && now.state === "running") add("unpaused", { by });
    if (now.state === "running" && !wasUp(before) && !isNew && !isAnew) add("started", { by });
  }
  if (restarts > 0 && now.state === "failed") add("exited", endOf(record));
  if (before.health !== now.health && (now.health === "healthy" || now.health === "unhealthy"))
    add(now.health, { reason: now.health === "unhealthy" ? record.reason : null });
  return found;
}

function endOf({ lastExit, reason, memoryLimit }: ServiceRecord): Partial<Happening> {
  const { code = null, signal = null, oomKilled = false } = lastExit ?? {};
  return { code, signal, oomKilled, reason, detail: oomKilled && memoryLimit !== null ? { memoryLimit } : null };
}

function isRestart(asked: Asked | null): boolean {
  return asked !== null && ["restart", "start", "reload"].includes(asked.action);
}

function wasUp({ state }: Seen): boolean {
  return state === "running" || state === "paused" || state === "stopping";
}

/** It runs, and not since when it ran before. */
function isStartedAnew(before: Seen, now: Seen, leeway: number): boolean {
  if (now.state !== "running" || before.state === "paused" || before.since === null || now.since === null) return false;
  return Date.parse(now.since) - Date.parse(before.since) > leeway;
}

function timeOf(kind: HappeningKind, record: ServiceRecord, { at, missed }: { at: string; missed: boolean }): string {
  const isEnd = kind === "exited" || kind === "stopped" || kind === "restarted";
  const told = isEnd ? (record.lastExit?.at ?? null) : kind === "started" ? record.since : null;
  // the supervisor's own time, unless its clock and this look are far apart
  if (told !== null && (missed || Math.abs(Date.parse(told) - Date.parse(at)) < 60_000)) return told;
  return missed ? (record.since ?? at) : at;
}
