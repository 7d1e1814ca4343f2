/** Turns counters of disks and networks into bytes a second, for all services at once. */
import { monotonic } from "#lib/platform/clock.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { type Bytes, isTrafficSource, type ServiceTraffic } from "#lib/supervisors/traffic.ts";
import { serviceId } from "./id.ts";
import { sampler } from "./sample.ts";
import { type Snapshot, snapshot } from "./snapshot.ts";

const NAMES = ["diskRead", "diskWrite", "networkIn", "networkOut"] as const;
const UNKNOWN: Bytes = { diskRead: null, diskWrite: null, networkIn: null, networkOut: null };

/** milliseconds: one that sleeps is read as often all the same */
const ASLEEP = 60_000;

interface Read {
  traffic: ServiceTraffic;
  /** seconds of CPU that it had used by then; null: not known */
  used: number | null;
  /** monotonic, in milliseconds */
  readAt: number;
}

export class Traffic {
  readonly #board: Snapshot;
  readonly #cpuSeconds: (id: string) => number | null;
  #last = new Map<string, Read>();
  #rates = new Map<string, Bytes>();

  constructor(board: Snapshot = snapshot(), cpuSeconds = (id: string) => sampler().cpuSecondsOf(id)) {
    this.#board = board;
    this.#cpuSeconds = cpuSeconds;
  }

  /** Reads every supervisor once; of what has used no CPU since it was read, that it moved nothing is taken for granted. */
  read(): void {
    const last = new Map<string, Read>();
    const rates = new Map<string, Bytes>();
    const readAt = monotonic();
    const take = (id: string, traffic: ServiceTraffic, more: Omit<Read, "traffic">) => {
      const before = this.#last.get(id);
      if (before) rates.set(id, ratesOf(before.traffic, traffic));
      last.set(id, { ...more, traffic });
    };
    for (const { source, records } of this.#board.sources()) {
      if (!isTrafficSource(source) || records.length === 0) continue;
      const idOf = (name: string) => serviceId(source.host, source.scope, name);
      const isDue = (name: string) => {
        const id = idOf(name);
        const known = this.#last.get(id);
        if (!known || !this.#sleeps(id, known, readAt)) return true;
        take(id, { ...known.traffic, at: readAt }, known);
        return false;
      };
      for (const now of source.traffic(records, isDue)) {
        const id = idOf(now.name);
        take(id, now, { used: this.#cpuSeconds(id), readAt });
      }
    }
    this.#last = last;
    this.#rates = rates;
  }

  #sleeps(id: string, { used, readAt }: Read, now: number): boolean {
    return used !== null && used === this.#cpuSeconds(id) && now - readAt < ASLEEP;
  }

  /** Bytes a second between the last two readings; null where nobody counts, and after a start. */
  of(id: string): Bytes {
    return this.#rates.get(id) ?? UNKNOWN;
  }

  /** Bytes since each service was started, as last read. */
  *totals(): Iterable<[id: string, moved: Bytes]> {
    for (const [id, { traffic }] of this.#last) yield [id, traffic];
  }
}

/** That of this process. */
export function traffic(): Traffic {
  return singleton("traffic", () => new Traffic());
}

function ratesOf(before: ServiceTraffic, now: ServiceTraffic): Bytes {
  const seconds = (now.at - before.at) / 1000;
  const rates = { ...UNKNOWN };
  for (const name of NAMES) {
    const [from, to] = [before[name], now[name]];
    // a counter that fell is another one: it was started anew
    if (from === null || to === null || to < from || seconds <= 0) continue;
    rates[name] = Math.round((to - from) / seconds);
  }
  return rates;
}
