/** Turns counters of disks and networks into bytes a second, for all services at once. */
import { singleton } from "#lib/platform/singleton.ts";
import { type Bytes, isTrafficSource, type ServiceTraffic } from "#lib/supervisors/traffic.ts";
import { serviceId } from "./id.ts";
import { type Snapshot, snapshot } from "./snapshot.ts";

const NAMES = ["diskRead", "diskWrite", "networkIn", "networkOut"] as const;
const UNKNOWN: Bytes = { diskRead: null, diskWrite: null, networkIn: null, networkOut: null };

export class Traffic {
  readonly #board: Snapshot;
  #last = new Map<string, ServiceTraffic>();
  #rates = new Map<string, Bytes>();

  constructor(board: Snapshot = snapshot()) {
    this.#board = board;
  }

  /** Reads every supervisor once. */
  read(): void {
    const last = new Map<string, ServiceTraffic>();
    const rates = new Map<string, Bytes>();
    for (const { source, records } of this.#board.sources()) {
      if (!isTrafficSource(source) || records.length === 0) continue;
      for (const now of source.traffic(records)) {
        const id = serviceId(source.host, source.scope, now.name);
        last.set(id, now);
        const before = this.#last.get(id);
        if (before) rates.set(id, ratesOf(before, now));
      }
    }
    this.#last = last;
    this.#rates = rates;
  }

  /** Bytes a second between the last two readings; null where nobody counts, and after a start. */
  of(id: string): Bytes {
    return this.#rates.get(id) ?? UNKNOWN;
  }

  /** Bytes since each service was started, as last read. */
  totals(): ReadonlyMap<string, Bytes> {
    return this.#last;
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
