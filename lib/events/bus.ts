/**
 * The typed bus between what happens and who listens. Events that a client must not miss carry a number and are kept for
 * a while, so that a stream can resume; readings that the next one replaces (`usage`, `host`) are not.
 */
import { randomBytes } from "node:crypto";
import { singleton } from "#lib/platform/singleton.ts";

export interface BusEvent {
  /** `{epoch}-{number}`; null: not resumable */
  id: string | null;
  name: string;
  data: unknown;
}

export type Listener = (event: BusEvent) => void;

const KEPT = 4096;

export class Bus {
  /** tells one run of the server from another: numbers begin anew with it */
  readonly epoch = randomBytes(4).toString("hex");
  #number = 0;
  #kept: BusEvent[] = [];
  #listeners = new Set<Listener>();
  #quiet = new Set<Listener>();

  /** Tells everybody. `keep: false` for a reading that the next one replaces. */
  publish(name: string, data: unknown, { keep = true } = {}): void {
    const event: BusEvent = { id: keep ? `${this.epoch}-${++this.#number}` : null, name, data };
    if (keep) {
      this.#kept.push(event);
      if (this.#kept.length > KEPT * 2) this.#kept = this.#kept.slice(-KEPT);
    }
    for (const listener of this.#listeners) listener(event);
    for (const listener of this.#quiet) listener(event);
  }

  /** `looks: false` for a part of the server: figures are read more often only while somebody looks. */
  subscribe(listener: Listener, { looks = true } = {}): () => void {
    const listeners = looks ? this.#listeners : this.#quiet;
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** The id that a client which has seen everything until now would name. */
  get position(): string {
    return `${this.epoch}-${this.#number}`;
  }

  /** What came after `id`, in order; null when that cannot be known any more and a snapshot is due. */
  since(id: string): BusEvent[] | null {
    const [epoch, number] = id.split("-");
    const last = Number(number);
    if (epoch !== this.epoch || !Number.isSafeInteger(last) || last > this.#number || last < 0) return null;
    const missing = this.#number - last;
    return missing <= this.#kept.length ? this.#kept.slice(this.#kept.length - missing) : null;
  }

  /** How many look. */
  get listeners(): number {
    return this.#listeners.size;
  }
}

/** The bus of this process. */
export function bus(): Bus {
  return singleton("bus", () => new Bus());
}
