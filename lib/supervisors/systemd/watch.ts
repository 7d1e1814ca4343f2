/**
 * Changes, from systemd's signals: gathered for a moment, then the touched units alone are read again. A unit that changes
 * all the time (a fast restart loop) is read ever less often, down to about once a second. A slow look at the whole list
 * finds what no signal told.
 */

import { sleep } from "#lib/platform/clock.ts";
import { isAbort } from "#lib/platform/errors.ts";
import type { Change, Probe } from "../supervisor.ts";
import type { BusConnection } from "./bus/connection.ts";
import { asSupervisorError } from "./errors.ts";
import type { Inventory } from "./inventory.ts";
import type { Session, Told } from "./session.ts";

/** milliseconds from the first signal of a unit until it is read, doubled each time up to the last */
const GATHER = 50;
const GATHER_MOST = 400;
/** a unit that kept quiet for so long is read at once again */
const QUIET = 2000;
/** after a daemon-reload everything may differ; an upgrade does several in a row */
const GATHER_ALL = 150;
const GATHER_ALL_MOST = 2000;
const RESYNC = 60_000;
const RETRY_FIRST = 250;
const RETRY_MOST = 5000;

interface Parts {
  session: Session;
  inventory: Inventory;
  probe(): Promise<Probe>;
  /** after each refresh, with the names that were read */
  refreshed(names: readonly string[]): void;
}

/** One for all who watch: runs while there is a subscriber. */
export class ChangeFeed {
  readonly #parts: Parts;
  readonly #subscribers = new Set<ChangeQueue>();
  readonly #touched = new Map<string, { wait: number; dueAt: number; lastRead: number }>();
  /** what the subscribers were told last */
  #sent = new Map<string, string>();
  #down: Probe | null = null;
  #ending: AbortController | null = null;
  #wake: () => void = () => undefined;
  #allDueAt = Number.POSITIVE_INFINITY;
  #allReadAt = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async *watch(signal: AbortSignal): AsyncGenerator<Change> {
    const queue = new ChangeQueue();
    const done = () => queue.end();
    signal.addEventListener("abort", done, { once: true });
    if (signal.aborted) queue.end();
    this.#join(queue);
    try {
      for (let change = await queue.next(); change; change = await queue.next()) yield change;
    } finally {
      signal.removeEventListener("abort", done);
      this.#subscribers.delete(queue);
      if (this.#subscribers.size === 0) this.#stop();
    }
  }

  /** Something of this unit changed; read it again soon. */
  touch(name: string): void {
    if (!this.#ending) return;
    const now = Date.now();
    const known = this.#touched.get(name);
    if (known && known.dueAt !== Number.POSITIVE_INFINITY) return;
    const busy = known !== undefined && now - known.lastRead < QUIET;
    const wait = busy ? Math.min(known.wait * 2, GATHER_MOST) : GATHER;
    this.#touched.set(name, { wait, dueAt: now + wait, lastRead: known?.lastRead ?? 0 });
    this.#wake();
  }

  /** Tells what differs from what was told before; asks nothing of systemd. */
  publish(names: readonly string[]): void {
    for (const name of names) {
      const record = this.#parts.inventory.record(name);
      const text = record && JSON.stringify(record);
      if (text === (this.#sent.get(name) ?? null)) continue;
      if (text === null) this.#sent.delete(name);
      else this.#sent.set(name, text);
      this.#tell(record ? { type: "changed", record } : { type: "gone", name });
    }
  }

  close(): void {
    for (const queue of this.#subscribers) queue.end();
    this.#stop();
  }

  #join(queue: ChangeQueue): void {
    this.#subscribers.add(queue);
    if (this.#ending) {
      // the others are told already; this one needs the beginning
      if (this.#down) queue.push({ type: "down", probe: this.#down });
      else if (this.#sent.size > 0) queue.push({ type: "reset", records: this.#parts.inventory.records() });
      return;
    }
    this.#ending = new AbortController();
    void this.#run(this.#ending.signal);
  }

  #stop(): void {
    this.#ending?.abort();
    this.#ending = null;
    this.#sent.clear();
    this.#touched.clear();
    this.#down = null;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const unlisten = this.#parts.session.listen((told) => this.#heard(told));
    let retry = RETRY_FIRST;
    let wasUp = false;
    while (!signal.aborted) {
      try {
        await this.#readAll(signal, true);
        retry = RETRY_FIRST;
        wasUp = true;
        this.#down = null;
        await this.#serve(await this.#parts.session.connection(), signal);
      } catch (error) {
        if (signal.aborted) break;
        // a bus that restarts is back within a moment: that is not worth a word
        if (!this.#down && !wasUp) {
          const probe = await this.#parts.probe();
          this.#down = probe.status === "ready" ? unanswered(error) : probe;
          this.#tell({ type: "down", probe: this.#down });
        }
        wasUp = false;
        await sleep(retry, signal);
        retry = Math.min(retry * 2, RETRY_MOST);
      }
    }
    unlisten();
  }

  /** Until the connection ends. Throws when systemd cannot be asked any more. */
  async #serve(bus: BusConnection, signal: AbortSignal): Promise<void> {
    let resyncAt = Date.now() + RESYNC;
    const lost = bus.closed.then(() => this.#wake());
    while (!signal.aborted && bus.isOpen) {
      const due = Math.min(resyncAt, this.#allDueAt, ...[...this.#touched.values()].map((touched) => touched.dueAt));
      if (due > Date.now()) {
        await this.#pause(due - Date.now(), signal);
        continue;
      }
      if (due === resyncAt || this.#allDueAt <= Date.now()) {
        await this.#readAll(signal, false);
        resyncAt = Date.now() + RESYNC;
      } else await this.#readTouched();
    }
    if (!bus.isOpen) await lost;
  }

  async #readTouched(): Promise<void> {
    const now = Date.now();
    const names: string[] = [];
    for (const [name, touched] of this.#touched) {
      if (touched.dueAt <= now) {
        names.push(name);
        touched.dueAt = Number.POSITIVE_INFINITY;
        touched.lastRead = now;
      } else if (touched.dueAt === Number.POSITIVE_INFINITY && now - touched.lastRead > QUIET)
        this.#touched.delete(name);
    }
    await this.#parts.session.ask("read what changed", (bus) => this.#parts.inventory.refreshSome(bus, names));
    this.#parts.refreshed(names);
    this.publish(names);
  }

  /** `anew`: after connecting, when the subscribers are given everything. */
  async #readAll(signal: AbortSignal, anew: boolean): Promise<void> {
    this.#allDueAt = Number.POSITIVE_INFINITY;
    this.#allReadAt = Date.now();
    const before = this.#parts.inventory.names();
    await this.#parts.session.ask("read the units", (bus) => this.#parts.inventory.refresh(bus), signal);
    const names = this.#parts.inventory.names();
    this.#parts.refreshed([...new Set([...before, ...names])]);
    if (!anew) return this.publish([...new Set([...this.#sent.keys(), ...names])]);
    const records = this.#parts.inventory.records();
    this.#sent = new Map(records.map((record) => [record.name, JSON.stringify(record)]));
    this.#tell({ type: "reset", records });
  }

  #heard(told: Told): void {
    if (told.type !== "everything") {
      this.touch(told.name);
      return;
    }
    const soon = Date.now() + GATHER_ALL;
    const due = Date.now() - this.#allReadAt < GATHER_ALL_MOST ? soon + GATHER_ALL_MOST : soon;
    this.#allDueAt = Math.min(this.#allDueAt, due);
    this.#wake();
  }

  #pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    return sleep(milliseconds, AbortSignal.any([signal, woken.signal]));
  }

  #tell(change: Change): void {
    for (const queue of this.#subscribers) queue.push(change);
  }
}

function unanswered(error: unknown): Probe {
  const { message } = asSupervisorError(error, "ask systemd");
  const hint = isAbort(error) ? "Trihelm is ending." : "Trihelm asks again every few seconds.";
  return { status: "absent", detail: message, hint, command: "systemctl is-system-running" };
}

/** What one subscriber has not taken yet; of each unit the newest only, so that a slow reader never holds more than a list. */
class ChangeQueue {
  readonly #waiting = new Map<string, Change>();
  #ended = false;
  #wake: () => void = () => undefined;

  push(change: Change): void {
    if (change.type === "reset" || change.type === "down") this.#waiting.clear();
    const key = change.type === "changed" ? change.record.name : change.type === "gone" ? change.name : "";
    this.#waiting.delete(key);
    this.#waiting.set(key, change);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async next(): Promise<Change | null> {
    for (;;) {
      if (this.#ended) return null;
      for (const [key, change] of this.#waiting) {
        this.#waiting.delete(key);
        return change;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
