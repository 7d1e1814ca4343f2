/** The calls to systemd that this adapter makes, each with its types; over the bus or straight to systemd. */
import { BUS, type BusConnection, BusError } from "./bus/connection.ts";
import { type BusObject, type BusValue, Decoder } from "./bus/decode.ts";
import type { Encodable } from "./bus/encode.ts";
import { bodyOf, type Message } from "./bus/message.ts";
import { asPattern, pathOfUnit } from "./names.ts";

export const SYSTEMD = "org.freedesktop.systemd1";
export const MANAGER = "org.freedesktop.systemd1.Manager";
const ROOT = "/org/freedesktop/systemd1";
const PROPERTIES = "org.freedesktop.DBus.Properties";
const EVERY_SERVICE = "*.service";

/** A line of ListUnits. */
export interface UnitRow {
  name: string;
  description: string;
  load: string;
  active: string;
  sub: string;
  /** `start`, `stop`, …; empty when no job waits */
  job: string;
}

export type JobMethod = "StartUnit" | "StopUnit" | "RestartUnit" | "ReloadUnit";

/** Every loaded unit whose name fits one of the patterns: `*.socket`. */
export async function listLoaded(bus: BusConnection, patterns: readonly string[]): Promise<UnitRow[]> {
  return rowsOf(await ask(bus, "ListUnitsByPatterns", "asas", [[], [...patterns]]));
}

/** Loaded service units; `names` only those of them that are loaded: asking so never loads one. */
export async function listUnits(bus: BusConnection, names?: readonly string[]): Promise<UnitRow[]> {
  const patterns = names ? names.map(asPattern) : [EVERY_SERVICE];
  return rowsOf(await ask(bus, "ListUnitsByPatterns", "asas", [[], patterns]));
}

/** Properties of a unit, only the wanted ones decoded. Loads the unit's file when it is not loaded. */
export async function readProperties(
  bus: BusConnection,
  name: string,
  wanted: ReadonlySet<string>,
): Promise<BusObject> {
  try {
    // the empty interface stands for all of them: the unit's and the service's properties in one answer
    return new Decoder((await getAll(bus, name, "")).body).wanted(wanted);
  } catch (error) {
    if (!isUndescribable(error)) throw error;
    return readOneByOne(bus, name, wanted);
  }
}

/** All properties of a unit; where systemd cannot give them at once the unit's own and, of the service's, these. */
export async function readEveryProperty(
  bus: BusConnection,
  name: string,
  atLeast: ReadonlySet<string>,
): Promise<BusObject> {
  try {
    return bodyOf(await getAll(bus, name, ""))[0] as BusObject;
  } catch (error) {
    if (!isUndescribable(error)) throw error;
    return readOneByOne(bus, name, atLeast);
  }
}

/** One property that every kind of unit has. */
export async function readOneProperty(bus: BusConnection, name: string, property: string): Promise<BusValue> {
  const values = [`${SYSTEMD}.Unit`, property];
  const call = { path: pathOfUnit(name), interface: PROPERTIES, member: "Get", signature: "ss", values };
  return bodyOf(await bus.call({ ...to(bus), ...call }))[0]!;
}

/** One property of systemd itself, `Version` or `UnitPath`. */
export async function readOwnProperty(bus: BusConnection, property: string): Promise<BusValue> {
  const call = { path: ROOT, interface: PROPERTIES, member: "Get", signature: "ss", values: [MANAGER, property] };
  return bodyOf(await bus.call({ ...to(bus), ...call }))[0]!;
}

/** Unit files with their state; the dear call, some 2 ms of systemd's time for each file. */
export async function listUnitFiles(bus: BusConnection): Promise<{ path: string; state: string }[]> {
  const reply = await ask(bus, "ListUnitFilesByPatterns", "asas", [[], [EVERY_SERVICE]]);
  return (bodyOf(reply)[0] as BusValue[][]).map(([path, state]) => ({ path: String(path), state: String(state) }));
}

/** Queues a job and answers with its path. */
export async function queueJob(bus: BusConnection, method: JobMethod, name: string): Promise<string> {
  return String(bodyOf(await ask(bus, method, "ss", [name, "replace"]))[0]);
}

/**
 * Keeps systemd from forgetting a unit the moment it ends, so that its end can be read; until `letGo` or the end of the
 * connection. False where it cannot: then a unit that ended with success, or whose condition did not hold, says nothing.
 */
export async function hold(bus: BusConnection, name: string): Promise<boolean> {
  try {
    await ask(bus, "RefUnit", "s", [name]);
    return true;
  } catch (error) {
    if (error instanceof BusError) return false;
    throw error;
  }
}

export async function letGo(bus: BusConnection, name: string): Promise<void> {
  await ask(bus, "UnrefUnit", "s", [name]);
}

/** Sends a signal to all processes of a unit. */
export async function killUnit(bus: BusConnection, name: string, signal: number): Promise<void> {
  await ask(bus, "KillUnit", "ssi", [name, "all", signal]);
}

/** Clears the failed state and the counter of the start limit. */
export async function resetFailed(bus: BusConnection, name: string): Promise<void> {
  await ask(bus, "ResetFailedUnit", "s", [name]);
}

/** Asks for signals: of units and jobs, and of systemd's own coming and going where there is a bus. */
export async function subscribe(bus: BusConnection): Promise<void> {
  if (!bus.peer) {
    const rules = [
      `type='signal',sender='${SYSTEMD}',interface='${MANAGER}'`,
      `type='signal',sender='${SYSTEMD}',interface='${PROPERTIES}',path_namespace='${ROOT}/unit'`,
      `type='signal',sender='${BUS}',member='NameOwnerChanged',arg0='${SYSTEMD}'`,
    ];
    for (const rule of rules)
      await bus.call({
        destination: BUS,
        path: "/org/freedesktop/DBus",
        interface: BUS,
        member: "AddMatch",
        signature: "s",
        values: [rule],
      });
  }
  await ask(bus, "Subscribe", "", []);
}

function getAll(bus: BusConnection, name: string, of: string): Promise<Message> {
  const call = { path: pathOfUnit(name), interface: PROPERTIES, member: "GetAll", signature: "s", values: [of] };
  return bus.call({ ...to(bus), ...call });
}

/**
 * One property that is no UTF-8 (a command with `\\xff` in it) and systemd 252 refuses to give any of the service's. Asked
 * one by one only that one is missing.
 */
async function readOneByOne(bus: BusConnection, name: string, wanted: ReadonlySet<string>): Promise<BusObject> {
  const found = bodyOf(await getAll(bus, name, `${SYSTEMD}.Unit`))[0] as BusObject;
  const path = pathOfUnit(name);
  for (const property of wanted) {
    if (property in found) continue;
    const values = [`${SYSTEMD}.Service`, property];
    try {
      const reply = await bus.call({ ...to(bus), path, interface: PROPERTIES, member: "Get", signature: "ss", values });
      found[property] = bodyOf(reply)[0]!;
    } catch (error) {
      // unknown to this version, or the one that cannot be given
      if (!(error instanceof BusError)) throw error;
    }
  }
  return found;
}

function rowsOf(reply: Message): UnitRow[] {
  return (bodyOf(reply)[0] as BusValue[][]).map(([name, description, load, active, sub, , , , job]) => ({
    name: String(name),
    description: String(description),
    load: String(load),
    active: String(active),
    sub: String(sub),
    job: String(job),
  }));
}

function isUndescribable(error: unknown): boolean {
  return error instanceof BusError && error.code === "org.freedesktop.DBus.Error.InvalidArgs";
}

function ask(bus: BusConnection, member: string, signature: string, values: readonly Encodable[]): Promise<Message> {
  return bus.call({ ...to(bus), path: ROOT, interface: MANAGER, member, signature, values });
}

function to(bus: BusConnection): { destination?: string } {
  return bus.peer ? {} : { destination: SYSTEMD };
}
