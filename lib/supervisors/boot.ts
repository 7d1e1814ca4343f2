/**
 * What becomes of services when the machine starts again. A supervisor says which of its own will not come back and what
 * brings itself up; systemd says how such a unit stands. Small interfaces, found by asking.
 */
import type { ServiceRecord, Supervisor } from "./supervisor.ts";

export interface BootConcern {
  /** of the service; null: it is about the supervisor, or about something that it has no service for */
  name: string | null;
  /** what it is about where `name` is null */
  title: string;
  kind:
    | "no-restart-policy"
    | "stopped-by-hand"
    | "disabled"
    | "masked"
    | "not-saved"
    | "save-out-of-date"
    | "no-startup"
    | "startup-out-of-date"
    | "engine-disabled"
    | "circular-order"
    | "waits-for-stopped";
  /** what will happen, literal words between backquotes */
  words: string;
  /** the fix as a line to copy; null: `fix` says it */
  command: string | null;
  fix: string;
}

/** What brings a supervisor up at boot: a unit of the machine's. */
export interface BootedBy {
  /** names that it may have; the first that there is counts */
  units: readonly string[];
  /** what that unit has to set, and to what; null: nothing */
  variable: { name: string; value: string } | null;
  /** units that it cannot do without, where they exist */
  with: readonly string[];
  kind: "engine-disabled" | "no-startup";
  /** writes the unit; null: its package does */
  install: string | null;
}

/** Knows which of its services come back after a reboot. */
export interface BootSource {
  /** Throws as `list` does. */
  bootConcerns(records: readonly ServiceRecord[], signal: AbortSignal): Promise<BootConcern[]>;
  /** null: it is there before everything else, or what starts it cannot be known from here */
  readonly bootedBy: BootedBy | null;
}

export interface BootUnit {
  /** systemd's word: `enabled`, `disabled`, `masked`, `static`, … */
  state: string;
  /** variables that its file sets */
  environment: ReadonlyMap<string, string>;
  /** units that it brings up with itself */
  pulls: readonly string[];
}

/** Knows how a unit of the machine stands with its start at boot. */
export interface BootUnits {
  /** null: there is no such unit. Throws as `list` does. */
  bootUnit(name: string, signal: AbortSignal): Promise<BootUnit | null>;
}

/** Asking, not knowing the kind: does it know what comes back? */
export function isBootSource(supervisor: Supervisor): supervisor is Supervisor & BootSource {
  return "bootConcerns" in supervisor;
}

/** Asking, not knowing the kind: does it start the machine's units? */
export function isBootUnits(supervisor: Supervisor): supervisor is Supervisor & BootUnits {
  return "bootUnit" in supervisor;
}
