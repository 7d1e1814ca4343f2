/**
 * What is known of every service unit, kept so that a refresh is one call to systemd: the list. Properties are read for
 * units that are new, whose line in the list differs, or of which a signal said so, and then only where they matter: a unit
 * of the distribution's that does not run is mapped from its line alone.
 */
import fs from "node:fs";
import os from "node:os";
import { kernelKilled } from "#lib/platform/kernel-oom.ts";
import type { Port, ServiceRecord } from "../supervisor.ts";
import { type BusConnection, BusError } from "./bus/connection.ts";
import { listUnits, readProperties, type UnitRow } from "./calls.ts";
import { isPassing } from "./errors.ts";
import { isAdministrators, isTransient } from "./listed.ts";
import { isServiceName } from "./names.ts";
import { type Remembered, recordOf, unitOfRow } from "./record.ts";
import { type Unit, unitOf, WANTED } from "./unit.ts";
import { UnitFiles } from "./unit-files.ts";

interface Known {
  unit: Unit;
  /** as the list said when the properties were read; null: systemd has not loaded it */
  row: UnitRow | null;
}

/** a bus answers no more than 128 open questions of one connection */
const AT_ONCE = 16;
/** results of a job that leave the unit without what was asked for */
const BAD_JOBS = new Set(["failed", "timeout", "dependency", "assert"]);

export class Inventory {
  readonly #known = new Map<string, Known>();
  readonly #remembered = new Map<string, Remembered>();
  readonly #stale = new Set<string>();
  /** how the last job of a unit ended that did not end well: `failed`, `dependency`, `assert` */
  readonly #badJobs = new Map<string, string>();
  readonly #portsOf: (name: string) => readonly Port[];
  readonly #visible = fs.existsSync("/run/systemd/system");
  #files: UnitFiles | null = null;
  #reading: Promise<UnitFiles> | null = null;
  #bus: BusConnection | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(portsOf: (name: string) => readonly Port[]) {
    this.#portsOf = portsOf;
  }

  /** The next refresh reads this unit's properties. */
  invalidate(name: string): void {
    // of a unit that is not loaded the signals are echoes: our own question loads it, and systemd forgets it at once
    if (this.#known.get(name)?.row !== null) this.#stale.add(name);
  }

  /** The next refresh reads everything, unit files included. */
  invalidateAll(): void {
    this.#files = null;
    this.#reading = null;
    for (const name of this.#known.keys()) this.#stale.add(name);
  }

  /** Brings all units up to date. */
  refresh(bus: BusConnection): Promise<void> {
    return this.#inTurn(() => this.#refresh(bus, null));
  }

  /** Brings these units up to date. */
  refreshSome(bus: BusConnection, names: readonly string[]): Promise<void> {
    return this.#inTurn(() => this.#refresh(bus, names));
  }

  names(): string[] {
    return [...this.#known.keys()];
  }

  unit(name: string): Unit | null {
    return this.#known.get(name)?.unit ?? null;
  }

  record(name: string): ServiceRecord | null {
    const unit = this.unit(name);
    if (!unit) return null;
    const record = recordOf(unit, this.#remembered.get(name) ?? null, this.#portsOf(name));
    const why = record.state === "stopped" ? this.#whyRefused(unit) : null;
    return why === null ? record : { ...record, reason: why };
  }

  /** How a job of this unit ended. systemd keeps nothing of a start that it refused but a line in the journal. */
  jobEnded(name: string, result: string): void {
    if (BAD_JOBS.has(result)) this.#badJobs.set(name, result);
    else this.#badJobs.delete(name);
  }

  #whyRefused({ name, requires }: Unit): string | null {
    const result = this.#badJobs.get(name);
    if (result === "assert") return "It was not started: an assertion in its unit file does not hold";
    if (result !== "dependency") return null;
    // its job ended before this one's; its properties may not have been read since then
    const failed = requires.find((other) => this.unit(other)?.active === "failed" || this.#badJobs.has(other));
    return failed
      ? `It was not started: ${failed} failed, and it depends on it`
      : "It was not started: what it depends on failed";
  }

  records(): ServiceRecord[] {
    return this.names()
      .sort()
      .map((name) => this.record(name)!);
  }

  /** One refresh after the other, so that an older answer never overwrites a newer one. */
  #inTurn(refresh: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(refresh);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #refresh(bus: BusConnection, only: readonly string[] | null): Promise<void> {
    if (bus !== this.#bus) {
      // nobody told what happened while there was no connection
      this.invalidateAll();
      this.#bus = bus;
    }
    const files = await this.#currentFiles(bus);
    const rows = new Map<string, UnitRow>();
    for (const row of await listUnits(bus, only ?? undefined)) if (isOne(row)) rows.set(row.name, row);
    const names = only ?? [...new Set([...rows.keys(), ...this.#known.keys(), ...files.names()])];
    const toRead = names.filter((name) => this.#settle(name, rows.get(name) ?? null, files));
    for (let at = 0; at < toRead.length; at += AT_ONCE)
      await Promise.all(toRead.slice(at, at + AT_ONCE).map((name) => this.#read(bus, name, rows.get(name) ?? null)));
  }

  async #currentFiles(bus: BusConnection): Promise<UnitFiles> {
    if (this.#files) return this.#files;
    const reading = UnitFiles.read(bus, this.#visible);
    this.#reading = reading;
    const files = await reading;
    // they may have changed while they were read: then the next refresh reads them again
    if (this.#reading === reading) this.#files = files;
    return files;
  }

  /** Does what needs no question; true when the unit's properties are to be read. */
  #settle(name: string, row: UnitRow | null, files: UnitFiles): boolean {
    const known = this.#known.get(name);
    if (row) {
      const asleep = row.active === "inactive" && row.job === "" && row.load !== "error" && row.load !== "bad-setting";
      if (asleep && !files.matters(name)) {
        this.#stale.delete(name);
        this.#set(name, unitOfRow(row, files.of(name)), row);
        return false;
      }
      return !known?.row || this.#stale.has(name) || differs(known.row, row);
    }
    if (!this.#hasFile(name, files)) {
      this.#drop(name);
      return false;
    }
    if (known?.row) {
      // stopped and forgotten by systemd, as nothing refers to it: what was known of it holds, without its processes.
      // Asking would load it once more, only to have it forgotten again
      this.#stale.delete(name);
      this.#set(name, asForgotten(known.unit), null);
      return false;
    }
    return !known || this.#stale.has(name);
  }

  /** Is there something that an administrator could start again, though systemd has forgotten it? */
  #hasFile(name: string, files: UnitFiles): boolean {
    const fragment = this.#known.get(name)?.unit.fragment ?? "";
    const file = files.matters(name) ? files.of(name)!.path : isAdministrators(fragment) ? fragment : null;
    if (file === null || isTransient({ transient: false, fragment: file })) return false;
    return !this.#visible || fs.existsSync(file);
  }

  async #read(bus: BusConnection, name: string, row: UnitRow | null): Promise<void> {
    this.#stale.delete(name);
    try {
      const unit = withKernelsWord(unitOf(name, await readProperties(bus, name, WANTED)));
      if (unit.load === "not-found" && row === null) this.#drop(name);
      else this.#set(name, unit, row);
    } catch (error) {
      if (!(error instanceof BusError) || isPassing(error)) {
        this.#stale.add(name);
        throw error;
      }
      // one unit that systemd cannot describe is no reason to know nothing of the others
      if (row) this.#set(name, unitOfRow(row, this.#files?.of(name) ?? null), row);
      else this.#drop(name);
    }
  }

  #set(name: string, unit: Unit, row: UnitRow | null): void {
    if (unit.exit) this.#remembered.set(name, { exit: unit.exit, oomKilled: unit.result === "oom-kill" });
    else if (unit.restarts === 0) this.#remembered.delete(name);
    this.#known.set(name, { unit, row });
  }

  #drop(name: string): void {
    this.#known.delete(name);
    this.#remembered.delete(name);
    this.#stale.delete(name);
  }
}

/** systemd also lists names that some unit refers to and that have no file: these are no services. */
function isOne(row: UnitRow): boolean {
  return isServiceName(row.name) && !(row.load === "not-found" && row.active === "inactive");
}

function differs(before: UnitRow, now: UnitRow): boolean {
  return (
    before.active !== now.active ||
    before.sub !== now.sub ||
    before.load !== now.load ||
    before.job !== now.job ||
    before.description !== now.description
  );
}

function asForgotten(unit: Unit): Unit {
  const now = Date.now();
  const wasUp = unit.active !== "inactive";
  return {
    ...unit,
    active: "inactive",
    sub: "dead",
    frozen: false,
    changedAt: wasUp ? now : unit.changedAt,
    inactiveAt: wasUp ? now : unit.inactiveAt,
    mainPid: null,
    controlPid: null,
    result: "success",
    cgroup: "",
  };
}

/** On cgroup v1 systemd sees a plain SIGKILL where the kernel ended a unit at its memory limit. */
function withKernelsWord(unit: Unit): Unit {
  const { exit, memoryMax, result } = unit;
  const suspected =
    result === "signal" && memoryMax !== null && exit?.how === "killed" && exit.status === os.constants.signals.SIGKILL;
  return suspected && kernelKilled(`/${unit.name}`, exit.at) ? { ...unit, result: "oom-kill" } : unit;
}
