/**
 * Which ports the processes of units listen on, read in the background: it takes a look at each of their descriptors, which
 * a list must not wait for. A unit is looked at soon after its main process began, when it has had time to bind, and then
 * slowly.
 */
import { setImmediate } from "node:timers/promises";
import type { CgroupReader } from "#lib/platform/cgroup.ts";
import { listeningSockets } from "#lib/platform/sockets.ts";
import type { Port } from "../supervisor.ts";
import type { Unit } from "./unit.ts";

/** milliseconds after the start of a main process; the first catches most, the others what takes long to come up */
const LOOKS = [1500, 5000, 15_000];
const SLOWLY = 60_000;
/** units a turn of the event loop. Each turn reads the kernel's tables, which takes 10 ms however few sockets there are */
const BATCH = 100;
/** no two looks within this, for the same reason */
const APART = 1000;

interface Watched {
  startedAt: number;
  pid: number | null;
  due: number;
  ports: readonly Port[];
}

export class PortTable {
  readonly #cgroups: CgroupReader;
  readonly #watched = new Map<string, Watched>();
  readonly #changed: (name: string) => void;
  readonly #unitOf: (name: string) => Unit | null;
  #timer: NodeJS.Timeout | null = null;
  #timerDue = Number.POSITIVE_INFINITY;
  #lookedAt = 0;
  #closed = false;

  constructor(options: {
    cgroups: CgroupReader;
    unitOf(name: string): Unit | null;
    changed(name: string): void;
  }) {
    this.#cgroups = options.cgroups;
    this.#unitOf = options.unitOf;
    this.#changed = options.changed;
  }

  of(name: string): readonly Port[] {
    return this.#watched.get(name)?.ports ?? [];
  }

  /** Takes note of which units run now, and when they were started. */
  follow(names: readonly string[]): void {
    if (this.#closed) return;
    for (const name of names) {
      const unit = this.#unitOf(name);
      if (!unit || unit.cgroup === "" || unit.mainPid === null) {
        this.#watched.delete(name);
        continue;
      }
      const known = this.#watched.get(name);
      if (known?.pid === unit.mainPid) continue;
      const startedAt = unit.startedAt ?? Date.now();
      // long up and new to us: at once
      const due = Date.now() - startedAt > LOOKS[0]! ? Date.now() : nextLook(startedAt);
      this.#watched.set(name, { startedAt, pid: unit.mainPid, due, ports: [] });
    }
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#watched.clear();
  }

  #schedule(): void {
    let due = Number.POSITIVE_INFINITY;
    for (const watched of this.#watched.values()) due = Math.min(due, watched.due);
    if (due === this.#timerDue) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timerDue = due;
    this.#timer = null;
    if (due === Number.POSITIVE_INFINITY) return;
    const at = Math.max(due, this.#lookedAt + APART);
    this.#timer = setTimeout(() => void this.#look(), Math.max(20, at - Date.now()));
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const now = Date.now();
    this.#lookedAt = now;
    // looks that come due before long come along, so that a hundred units make a few reads a minute
    const due = [...this.#watched].filter(
      ([, { due, startedAt }]) => due <= now + Math.min(now - startedAt, SLOWLY) / 3,
    );
    for (const [, watched] of due) watched.due = nextLook(watched.startedAt);
    this.#timerDue = Number.NaN;
    this.#schedule();
    for (let at = 0; at < due.length && !this.#closed; at += BATCH) {
      this.#read(due.slice(at, at + BATCH));
      await setImmediate();
    }
  }

  #read(batch: readonly [string, Watched][]): void {
    const pids = new Map(batch.map(([name]) => [name, this.#cgroups.pids(this.#unitOf(name)?.cgroup ?? "")]));
    const sockets = listeningSockets([...pids.values()].flat());
    for (const [name, watched] of batch) {
      const ports = distinct(pids.get(name)!.flatMap((pid) => sockets.get(pid) ?? []));
      if (JSON.stringify(ports) === JSON.stringify(watched.ports)) continue;
      watched.ports = ports;
      if (this.#watched.get(name) === watched) this.#changed(name);
    }
  }
}

function nextLook(startedAt: number): number {
  const age = Date.now() - startedAt;
  const look = LOOKS.find((at) => at > age * 1.4);
  return look === undefined || age < 0 ? Date.now() + SLOWLY : startedAt + look;
}

function distinct(ports: readonly Port[]): Port[] {
  const byKey = new Map(ports.map((port) => [`${port.port} ${port.protocol} ${port.address}`, port]));
  return [...byKey.values()].sort(
    (a, b) => a.port - b.port || a.protocol.localeCompare(b.protocol) || a.address.localeCompare(b.address),
  );
}
