/** What happened between two looks at a service. Counters count: what lives less than a moment is never seen otherwise. */
import type { ServiceRecord, SupervisorKind } from "#lib/supervisors/supervisor.ts";
import type { Happening, HappeningKind } from "./happening.ts";

/** What is kept of a look at a service. */
export type Seen = Pick<ServiceRecord, "state" | "restarts" | "since" | "health" | "source"> & {
  /** the container's id; null for what has none */
  incarnation: string | null;
  /** why it was not even tried to start it; kept only then */
  unstarted?: string;
  /** when its last end was, as its supervisor tells it: a run that nobody saw end leaves it as it was */
  exitAt?: string;
  /** on the host: those that it was last seen to listen on */
  ports?: number[];
};

export interface Asked {
  action: string;
  actor: string;
}

/** milliseconds by which one start is told differently at different times */
const SAME_START = 1500;
const MOST_PORTS = 20;
const UNSTARTED = /^It was not started: /;

/** A service that is down listens on nothing: what it listened on is kept from the look before. */
export function seenOf(record: ServiceRecord, kind: SupervisorKind, before: Seen | null = null): Seen {
  const { state, restarts, since, health, source, instances, reason } = record;
  const isContainer = kind === "docker" || kind === "podman";
  const listening = [...new Set(record.ports.map(({ port }) => port))].sort((a, b) => a - b).slice(0, MOST_PORTS);
  const ports = listening.length > 0 ? listening : before?.ports;
  return {
    ...{ state, restarts, since, health, source, incarnation: isContainer ? (instances[0]?.id ?? null) : null },
    ...(record.lastExit?.at ? { exitAt: record.lastExit.at } : {}),
    ...(state === "stopped" && reason !== null && UNSTARTED.test(reason) ? { unstarted: reason } : {}),
    ...(ports ? { ports } : {}),
  };
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
    found.push({ at: timeOf(kind, record, { at, missed, before }), kind, ...plain, missed, ...more });
  };
  const isNew = before.incarnation !== null && now.incarnation !== null && before.incarnation !== now.incarnation;
  if (before.source !== now.source) add("changed", { detail: { from: before.source, to: now.source } });
  if (isNew) add("recreated");
  // a counter that went down is a new beginning
  const restarts = isNew ? 0 : Math.max(0, now.restarts - before.restarts);
  const by = asked?.actor ?? null;
  const isAnew = isStartedAnew(before, now, isRestart(asked) ? 0 : SAME_START);
  const end = endOf(record, restarts > 1 || isStale(record, before) ? null : before);
  if (restarts > 0) add("restarted", { count: restarts, ...withAsked(end, record), by: isRestart(asked) ? by : null });
  else if (isNew || isAnew)
    add(wasUp(before) ? "restarted" : "started", { by, detail: by === null ? { asked: "elsewhere" } : null });
  if (now.unstarted !== undefined && now.unstarted !== before.unstarted)
    add("unstarted", { by, reason: now.unstarted });
  if (before.state !== now.state && restarts === 0) {
    if (now.state === "failed") add("exited", { ...end, by });
    if (now.state === "restarting" && wasUp(before)) add("exited", end);
    if (now.state === "stopped" && before.state !== "failed") add("stopped", { ...end, by });
    if (now.state === "paused") add("paused", { by });
    if (before.state === "paused" && now.state === "running") add("unpaused", { by });
    if (now.state === "running" && !wasUp(before) && !isNew && !isAnew) add("started", { by });
  }
  if (restarts > 0 && now.state === "failed") add("exited", end);
  if (before.health !== now.health && (now.health === "healthy" || now.health === "unhealthy"))
    add(now.health, { reason: now.health === "unhealthy" ? record.reason : null });
  return found;
}

/** `before`: where the run that ended was seen to begin; null: it was another one. */
function endOf({ lastExit, reason, memoryLimit, instances }: ServiceRecord, before: Seen | null): Partial<Happening> {
  const { code = null, signal = null, oomKilled = false, at = null } = lastExit ?? {};
  const began = before?.state === "running" ? before.since : null;
  const ran = began === null || at === null ? -1 : (Date.parse(at) - Date.parse(began)) / 1000;
  const detail = {
    // the limit of an app with several processes is that of all together, and each is judged by its share
    ...(oomKilled && memoryLimit !== null ? { memoryLimit: memoryLimit / Math.max(1, instances.length) } : {}),
    ...(ran >= 0 ? { ran: Math.round(ran * 1000) / 1000 } : {}),
  };
  return { code, signal, oomKilled, reason, detail: Object.keys(detail).length > 0 ? detail : null };
}

/** A restart that the supervisor counts: its own doing, unless it was told to end it. */
function withAsked(end: Partial<Happening>, { lastExit }: ServiceRecord): Partial<Happening> {
  return { ...end, detail: { ...end.detail, asked: lastExit?.asked ? "elsewhere" : "policy" } };
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

/** The end that is told is one that was told before: of the last one only the start after it is known. */
function isStale({ lastExit, state }: ServiceRecord, { exitAt }: Seen): boolean {
  return state === "running" && lastExit?.at != null && lastExit.at === exitAt;
}

function timeOf(
  kind: HappeningKind,
  record: ServiceRecord,
  { at, missed, before }: { at: string; missed: boolean; before: Seen },
): string {
  const isEnd = kind === "exited" || kind === "stopped" || kind === "restarted";
  const ended = isStale(record, before) ? justBefore(record.since) : (record.lastExit?.at ?? null);
  const told = isEnd ? ended : kind === "started" ? record.since : null;
  // the supervisor's own time, unless its clock and this look are far apart
  if (told !== null && (missed || Math.abs(Date.parse(told) - Date.parse(at)) < 60_000)) return told;
  return missed ? (record.since ?? at) : at;
}

function justBefore(time: string | null): string | null {
  return time === null ? null : new Date(Date.parse(time) - 1).toISOString();
}

/**
 * What stands for the look before at a service that nobody has seen and that has failed already; null: it has not. Since
 * `from` each of its restarts is news; of what failed before then only the end is told.
 */
export function unseen(record: ServiceRecord, now: Seen, from: number): { seen: Seen; missed: boolean } | null {
  const { state, lastExit, since } = record;
  const ended = lastExit?.at ?? since;
  const isOver = state === "failed" || state === "restarting";
  if (!isOver || ended === null) return null;
  const missed = Date.parse(ended) < from;
  const { unstarted: _, exitAt: __, ...seen } = now;
  const restarts = missed ? now.restarts : 0;
  return { seen: { ...seen, state: "running", restarts, since: null, health: "none" }, missed };
}
