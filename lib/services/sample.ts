/** Turns readings of CPU time into CPU use, for all services at once: often while a page is open, seldom otherwise. */
import { bus } from "#lib/events/bus.ts";
import { nextReading } from "#lib/events/pace.ts";
import { lastHourOf } from "#lib/metrics/last-hour.ts";
import { sleep, timestamp } from "#lib/platform/clock.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { isUsageSource, type ServiceUsage } from "#lib/supervisors/supervisor.ts";
import type { Figures } from "./figures.ts";
import { serviceId } from "./id.ts";
import type { Sparks, UsageDelta } from "./service.ts";
import { type Snapshot, snapshot } from "./snapshot.ts";

const MINUTE = 60_000;
const KEPT = 60;

interface Spark {
  values: number[];
  /** CPU seconds and time at the last full minute */
  from: { cpuSeconds: number; at: number } | null;
}

export class Sampler {
  #board: Snapshot;
  #past: (id: string) => number[];
  #last = new Map<string, ServiceUsage>();
  #shown = new Map<string, string>();
  #sparks = new Map<string, Spark>();
  #minute = 0;

  /** `past`: what is known of a service's last hour before it is first read. */
  constructor(board: Snapshot = snapshot(), past: (id: string) => number[] = () => []) {
    this.#board = board;
    this.#past = past;
  }

  /** Reads every supervisor once; returns the rows whose figures changed since they were last told. */
  async read(): Promise<UsageDelta[]> {
    const deltas: UsageDelta[] = [];
    const seen = new Set<string>();
    const closes = performance.now() - this.#minute >= MINUTE;
    if (closes) this.#minute = performance.now();
    for (const { source, records } of this.#board.sources()) {
      if (!isUsageSource(source) || records.length === 0) continue;
      for (const usage of await source.usage(records)) {
        const id = serviceId(source.host, source.scope, usage.name);
        seen.add(id);
        const delta = this.#take(id, usage, closes);
        if (delta) deltas.push(delta);
      }
    }
    for (const id of this.#last.keys()) if (!seen.has(id)) deltas.push(...this.#forget(id));
    return deltas;
  }

  /** Seconds of CPU that each service has used since its start, as last read. */
  *cpuSeconds(): Iterable<[id: string, seconds: number]> {
    for (const [id, { cpuSeconds }] of this.#last) if (cpuSeconds !== null) yield [id, cpuSeconds];
  }

  /** The same of one; null: not known. */
  cpuSecondsOf(id: string): number | null {
    return this.#last.get(id)?.cpuSeconds ?? null;
  }

  /** CPU of the last hour per service, oldest first. */
  sparks(): Sparks {
    return Object.fromEntries([...this.#sparks].map(([id, spark]) => [id, spark.values]));
  }

  #take(id: string, usage: ServiceUsage, closes: boolean): UsageDelta | null {
    const before = this.#last.get(id);
    this.#last.set(id, usage);
    const figures: Figures = {
      cpu: rate(usage.cpuSeconds, usage.at, before?.cpuSeconds, before?.at),
      memory: usage.memory,
      instances: new Map(
        usage.instances.map((instance) => {
          const old = before?.instances.find((candidate) => candidate.id === instance.id);
          return [
            instance.id,
            { cpu: rate(instance.cpuSeconds, usage.at, old?.cpuSeconds, before?.at), memory: instance.memory },
          ];
        }),
      ),
    };
    const isNew = this.#board.setFigures(id, figures);
    this.#sparkOf(id);
    const minute = closes ? this.#closeMinute(id, usage) : null;
    // what sleeps is most of a server: it costs its reading, and nothing is made of it
    if (!isNew && minute === null && this.#shown.has(id)) return null;
    const delta: UsageDelta = {
      id,
      cpu: figures.cpu,
      memory: this.#board.service(id)?.memory ?? null,
      instances:
        usage.instances.length > 1 ? [...figures.instances].map(([key, value]) => ({ id: key, ...value })) : [],
    };
    const text = JSON.stringify([
      delta.cpu,
      coarse(figures.memory),
      delta.instances.map((i) => [i.cpu, coarse(i.memory)]),
    ]);
    if (minute === null && this.#shown.get(id) === text) return null;
    this.#shown.set(id, text);
    return minute === null ? delta : { ...delta, minute };
  }

  #closeMinute(id: string, usage: ServiceUsage): number | null {
    const spark = this.#sparkOf(id);
    const value = rate(usage.cpuSeconds, usage.at, spark.from?.cpuSeconds, spark.from?.at);
    spark.from = usage.cpuSeconds === null ? null : { cpuSeconds: usage.cpuSeconds, at: usage.at };
    if (value === null) return null;
    spark.values = [...spark.values, value].slice(-KEPT);
    return value;
  }

  #sparkOf(id: string): Spark {
    const spark = this.#sparks.get(id) ?? { values: this.#past(id).slice(-KEPT), from: null };
    this.#sparks.set(id, spark);
    return spark;
  }

  #forget(id: string): UsageDelta[] {
    this.#last.delete(id);
    this.#shown.delete(id);
    if (!this.#board.service(id)) {
      this.#sparks.delete(id);
      return [];
    }
    this.#board.setFigures(id, { cpu: null, memory: null, instances: new Map() });
    return [{ id, cpu: null, memory: this.#board.service(id)?.memory ?? null, instances: [] }];
  }
}

/** The sampler of this process. */
export function sampler(): Sampler {
  return singleton("sampler", () => new Sampler(snapshot(), lastHourOf));
}

/** Samples until the signal aborts, and tells those who listen. */
export async function sampleForever(signal: AbortSignal): Promise<void> {
  const log = logger("sample");
  // CPU is a difference: the second reading follows the first at once, so that the first page has figures
  for (let readings = 1; !signal.aborted; readings += 1) {
    try {
      const items = await sampler().read();
      if (items.length > 0 && bus().listeners > 0) bus().publish("usage", { at: timestamp(), items }, { keep: false });
    } catch (error) {
      log.warn({ err: error }, `a reading failed: ${messageOf(error)}`);
    }
    if (readings === 1) await sleep(1000, signal);
    else await nextReading(signal);
  }
}

/** CPU as a fraction of one core between two readings; null for a first reading, a restart or no time between. */
function rate(
  now: number | null,
  at: number,
  before: number | null | undefined,
  beforeAt: number | undefined,
): number | null {
  if (now === null || before === null || before === undefined || beforeAt === undefined) return null;
  const seconds = (at - beforeAt) / 1000;
  if (seconds <= 0 || now < before) return null;
  return Math.round(((now - before) / seconds) * 10_000) / 10_000;
}

/** Memory in steps of 256 KiB: finer changes are not worth repainting a row. */
function coarse(memory: number | null): number | null {
  return memory === null ? null : Math.round(memory / 262_144);
}
