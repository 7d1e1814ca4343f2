/**
 * One connection to systemd, opened when it is first needed and again after it was lost, and what systemd tells on it.
 * Shared by everything that the adapter does.
 */
import fs from "node:fs";
import { sleep } from "#lib/platform/clock.ts";
import { SupervisorError } from "../supervisor.ts";
import { type BusConnection, BusLost, openBus } from "./bus/connection.ts";
import { bodyOf, type Message } from "./bus/message.ts";
import { MANAGER, subscribe } from "./calls.ts";
import { asSupervisorError, isPassing } from "./errors.ts";
import { serviceOfPath } from "./names.ts";

export interface SessionOptions {
  mode: "system" | "user";
  /** path of a socket, or a D-Bus address of one: `unix:path=/run/dbus/system_bus_socket` */
  busAddress?: string | undefined;
}

export type Told =
  /** something about this unit changed */
  | { type: "unit"; name: string }
  /** a job ended: `done`, `failed`, `canceled`, `timeout`, `dependency`, `skipped`, … */
  | { type: "job"; path: string; name: string; result: string }
  /** configuration was read anew, units were enabled or disabled, or systemd re-executed itself */
  | { type: "everything" };

export class Session {
  readonly #options: SessionOptions;
  readonly #listeners = new Set<(told: Told) => void>();
  #open: Promise<BusConnection> | null = null;
  #closed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** The connection, subscribed to signals. Throws BusLost or BusError. */
  connection(): Promise<BusConnection> {
    if (this.#closed) return Promise.reject(new BusLost("ECLOSED", "this adapter was closed"));
    if (!this.#open) {
      const opening = this.#connect();
      this.#open = opening;
      const forget = () => {
        if (this.#open === opening) this.#open = null;
      };
      opening.then((bus) => bus.closed.then(forget), forget);
    }
    return this.#open;
  }

  /**
   * Asks something of systemd. A passing failure, as while systemd re-executes itself or a bus was just restarted, is tried
   * again for two seconds. `doing` completes "could not …" in the SupervisorError that it throws.
   */
  async ask<T>(doing: string, call: (bus: BusConnection) => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt += 1)
      try {
        const kept = this.#open !== null;
        const bus = await this.connection();
        try {
          return await call(bus);
        } catch (error) {
          // a kept connection that was lost just now says nothing about whether systemd is there
          const again = isPassing(error) || (kept && !bus.isOpen && error instanceof BusLost);
          if (!again || attempt > 5 || signal?.aborted) throw error;
          await sleep(100 * attempt, signal);
        }
      } catch (error) {
        throw asSupervisorError(error, doing);
      }
  }

  listen(listener: (told: Told) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#closed = true;
    this.#listeners.clear();
    this.#open?.then(
      (bus) => bus.close(),
      () => undefined,
    );
  }

  async #connect(): Promise<BusConnection> {
    const bus = await this.#dial();
    bus.unref();
    bus.onSignal((message) => this.#heard(bus, message));
    try {
      await subscribe(bus);
      return bus;
    } catch (error) {
      bus.close();
      throw error;
    }
  }

  async #dial(): Promise<BusConnection> {
    const path = socketPath(this.#options);
    try {
      return await openBus({ path, peer: false });
    } catch (error) {
      const direct = privateSocket(this.#options);
      if (direct === null || !fs.existsSync(direct)) throw error;
      // without a bus between, so that a machine without D-Bus is no machine without services
      return openBus({ path: direct, peer: true });
    }
  }

  #heard(bus: BusConnection, message: Message): void {
    if (message.member === "NameOwnerChanged") {
      // systemd came back under a new name on the bus and knows no subscriber: the answer is not awaited, the tries above cover it
      if (bodyOf(message)[2] !== "")
        subscribe(bus).then(
          () => this.#tell({ type: "everything" }),
          () => bus.close(),
        );
      return;
    }
    if (message.interface !== MANAGER) {
      const name = serviceOfPath(message.path);
      if (name) this.#tell({ type: "unit", name });
    } else if (message.member === "UnitNew" || message.member === "UnitRemoved") {
      const name = serviceOfPath(String(bodyOf(message)[1]));
      if (name) this.#tell({ type: "unit", name });
    } else if (message.member === "JobRemoved") {
      const [, path, name, result] = bodyOf(message).map(String) as [string, string, string, string];
      if (name.endsWith(".service")) this.#tell({ type: "job", path, name, result });
    } else if (
      message.member === "UnitFilesChanged" ||
      (message.member === "Reloading" && bodyOf(message)[0] === false)
    )
      this.#tell({ type: "everything" });
  }

  #tell(told: Told): void {
    for (const listener of this.#listeners) listener(told);
  }
}

/** systemd's own socket, which only root and, of a user's systemd, that user may use; null where another was asked for. */
function privateSocket({ mode, busAddress }: SessionOptions): string | null {
  if (busAddress !== undefined) return null;
  if (mode === "user") return `${runtimeFolder()}/systemd/private`;
  return process.getuid?.() === 0 ? "/run/systemd/private" : null;
}

/** The socket of the bus that this user's or the system's systemd is on. */
export function socketPath({ mode, busAddress }: SessionOptions): string {
  if (busAddress !== undefined) return fromAddress(busAddress);
  if (mode === "user") return `${runtimeFolder()}/bus`;
  return process.env.DBUS_SYSTEM_BUS_ADDRESS
    ? fromAddress(process.env.DBUS_SYSTEM_BUS_ADDRESS)
    : "/run/dbus/system_bus_socket";
}

function runtimeFolder(): string {
  return process.env.XDG_RUNTIME_DIR ?? `/run/user/${process.getuid?.() ?? 0}`;
}

/** The first `unix:` entry of a D-Bus address; a plain path is one too. */
function fromAddress(address: string): string {
  if (address.startsWith("/") || address.startsWith("@")) return address;
  for (const entry of address.split(";")) {
    const found = /^unix:(?:.*,)?(path|abstract)=([^,]+)/.exec(entry);
    if (found) return (found[1] === "abstract" ? "@" : "") + decodeURIComponent(found[2]!);
  }
  throw new SupervisorError(
    "unreachable",
    `Only unix sockets are understood as D-Bus address, not ${address.slice(0, 100)}`,
  );
}
