/** Actions: a job is queued, its end awaited, and what it left looked at, as systemd calls a start done that died at once. */
import os from "node:os";
import { sleep } from "#lib/platform/clock.ts";
import { type ActOptions, type ServiceAction, SupervisorError } from "../supervisor.ts";
import type { BusConnection } from "./bus/connection.ts";
import { hold, type JobMethod, killUnit, letGo, listUnits, queueJob, readProperties, resetFailed } from "./calls.ts";
import { asSupervisorError } from "./errors.ts";
import { ended } from "./exit.ts";
import { readStarts } from "./journal-starts.ts";
import { actionsOf } from "./record.ts";
import type { Session, SessionOptions } from "./session.ts";
import { lookBack, secondsToWait } from "./start-limit.ts";
import { stateOf } from "./states.ts";
import { type Unit, unitOf, WANTED } from "./unit.ts";

const METHODS: Partial<Record<ServiceAction, JobMethod>> = {
  start: "StartUnit",
  stop: "StopUnit",
  restart: "RestartUnit",
  reload: "ReloadUnit",
};
/** results of jobs that say more than how the unit ended */
const NOT_DONE: Record<string, string> = {
  canceled: "another action on it took its place",
  timeout: "it took longer than its time limit",
  dependency: "a unit that it needs did not start",
};
/** milliseconds: a program that cannot run dies within this, and of Type=simple systemd says "started" all the same */
const SETTLE = 120;
/** milliseconds between looks for a job whose end nobody told */
const CHECK = 2000;
/** starts that an action of ours caused are kept this long for where the journal cannot be read, in milliseconds */
const KEPT = 3_600_000;

interface Acting {
  session: Session;
  mode: SessionOptions["mode"];
  /** when this process started units, by name: milliseconds since the epoch */
  ownStarts: Map<string, number[]>;
}

/** `name` is checked. Throws SupervisorError; ends quietly when the signal aborts, while the job goes on. */
export async function act(
  acting: Acting,
  name: string,
  asked: { action: ServiceAction; options: ActOptions; signal: AbortSignal | undefined },
): Promise<void> {
  const { action, options, signal } = asked;
  const { session } = acting;
  const doing = `${action} ${name}`;
  const unit = await session.ask(doing, (bus) => look(bus, name), signal);
  refuseImpossible(unit, action);
  if (action === "kill") return session.ask(doing, (bus) => killUnit(bus, name, signalNumber(options.signal)), signal);
  const starts =
    action === "restart" || (action === "start" && unit.active !== "active" && unit.active !== "activating");
  if (starts) await refuseOverLimit(acting, unit, asked);
  try {
    const bus = await session.connection();
    const held = starts && !options.detached && (await hold(bus, name));
    try {
      const job = { name, method: METHODS[action]!, detached: options.detached, signal };
      const result = await queueAndAwait(session, bus, job);
      if (starts) remember(acting.ownStarts, name);
      if (result === null) return;
      if (starts) await sleep(SETTLE, signal);
      if (signal?.aborted) return;
      refuseBadEnd(unit, await look(bus, name), { action, result, starts });
    } finally {
      if (held && bus.isOpen) await letGo(bus, name);
    }
  } catch (error) {
    throw asSupervisorError(error, doing);
  }
}

async function look(bus: BusConnection, name: string): Promise<Unit> {
  return unitOf(name, await readProperties(bus, name, WANTED));
}

function refuseImpossible(unit: Unit, action: ServiceAction): void {
  if (unit.load === "not-found" && unit.active === "inactive")
    throw new SupervisorError("not_found", `There is no unit ${unit.name}`);
  const to = METHODS[action] ?? (action === "kill" ? "KillUnit" : null);
  if (!to) throw new SupervisorError("unsupported", `systemd has no ${action} for units`);
  if (unit.load === "masked" && (action === "start" || action === "restart"))
    throw new SupervisorError("refused", `${unit.name} is masked: systemctl unmask ${unit.name} allows it to start`);
  if (unit.load !== "loaded" && (action === "start" || action === "restart"))
    throw new SupervisorError(
      "refused",
      `The unit file of ${unit.name} cannot be used: ${unit.loadError || unit.load}`,
    );
  // starting what runs and stopping what does not are asked of systemd, which has nothing to do then
  const soft = action === "start" || action === "stop";
  const refused = action === "start" ? !unit.canStart : action === "stop" ? !unit.canStop : false;
  if (soft ? refused : !actionsOf(unit, stateOf(unit)).includes(action))
    throw new SupervisorError(
      "unsupported",
      `${unit.name} does not take ${action} while it is ${unit.active} (${unit.sub})`,
    );
}

/**
 * systemd counts starts where nobody can ask it: from the journal, which knows what was typed elsewhere, what systemd did by
 * itself, and what was before this process ran; and from what this adapter did, where the journal cannot be read. The journal
 * is asked only when the unit was started within its window.
 */
async function refuseOverLimit(
  { session, mode, ownStarts }: Acting,
  unit: Unit,
  { options, signal }: { options: ActOptions; signal: AbortSignal | undefined },
): Promise<void> {
  const { name, startLimit: limit } = unit;
  if (options.force) {
    // an ordinary start needs no reset, and a reset needs rights that a start may not
    if (limit) await session.ask(`reset ${name}`, (bus) => resetFailed(bus, name), signal);
    return;
  }
  if (!limit) return;
  const now = Date.now();
  const latest = Math.max(unit.startedAt ?? 0, unit.activeAt ?? 0, unit.inactiveAt ?? 0, unit.changedAt ?? 0);
  if (now - latest > limit.seconds * 1000) return;
  const journal = await readStarts(name, mode, lookBack(limit, now), signal);
  const own = ownStarts.get(name) ?? [];
  const wait = secondsToWait(limit, journal.length >= own.length ? journal : own, now);
  if (wait === null) return;
  const seconds = Math.max(1, Math.ceil(wait));
  throw new SupervisorError(
    "start_limit",
    `${name} may start ${limit.burst} times in ${limit.seconds} s and has done so; one more start would leave it failed. Wait ${seconds} s, or force it`,
    { retryAfter: seconds },
  );
}

/** The job's result; null when nobody waits for it. The ear is open before the call, as a job can end before its answer. */
async function queueAndAwait(
  session: Session,
  bus: BusConnection,
  job: { name: string; method: JobMethod; detached: boolean; signal: AbortSignal | undefined },
): Promise<string | null> {
  const results = new Map<string, string>();
  let wake: () => void = () => undefined;
  const finish = (path: string, result: string) => {
    if (!results.has(path)) results.set(path, result);
    wake();
  };
  const unlisten = session.listen((told) => {
    if (told.type === "job" && told.name === job.name) finish(told.path, told.result);
  });
  let check: NodeJS.Timeout | undefined;
  let lost: Error | null = null;
  const stop = () => wake();
  job.signal?.addEventListener("abort", stop, { once: true });
  void bus.closed.then((reason) => {
    lost = reason;
    wake();
  });
  try {
    const path = await queueJob(bus, job.method, job.name);
    if (job.detached) return null;
    // a signal can be missed while systemd re-executes itself: now and then the job is looked for
    check = setInterval(() => {
      listUnits(bus, [job.name]).then(
        ([row]) => row?.job || finish(path, "done"),
        () => undefined,
      );
    }, CHECK);
    while (!results.has(path)) {
      if (job.signal?.aborted) return null;
      if (lost) throw lost;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return results.get(path)!;
  } finally {
    unlisten();
    clearInterval(check);
    job.signal?.removeEventListener("abort", stop);
  }
}

function refuseBadEnd(
  before: Unit,
  unit: Unit,
  { action, result, starts }: { action: ServiceAction; result: string; starts: boolean },
): void {
  const why = ended(unit, unit.exit);
  const end = why ? `: ${why}` : "";
  const words = NOT_DONE[result];
  if (words) throw new SupervisorError("refused", `Could not ${action} ${unit.name}, ${words}`);
  const state = stateOf(unit);
  if (starts) {
    if (unit.conditionFailed && state === "stopped")
      throw new SupervisorError("refused", `${unit.name} was not started: ${unit.conditionFailed} does not hold`);
    // a start by hand sets the counter to 0, but one that cuts short the wait for a restart
    const restartedSince = unit.restarts > (stateOf(before) === "restarting" ? before.restarts : 0);
    if (state === "failed" || state === "restarting" || (result === "done" && restartedSince))
      throw new SupervisorError("refused", `${unit.name} started and ended at once${end}`);
  }
  if (result === "done" || result === "skipped") return;
  throw new SupervisorError("refused", `Could not ${action} ${unit.name}, systemd's job ended as ${result}${end}`);
}

function remember(ownStarts: Map<string, number[]>, name: string): void {
  const now = Date.now();
  const kept = (ownStarts.get(name) ?? []).filter((at) => now - at < KEPT).slice(-200);
  ownStarts.set(name, [...kept, now]);
}

function signalNumber(name: string | null): number {
  const number = os.constants.signals[(name ?? "SIGKILL") as NodeJS.Signals];
  if (number === undefined) throw new SupervisorError("unsupported", `There is no signal ${name}`);
  return number;
}
