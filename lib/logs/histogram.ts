/** How many lines of each level there are over time. */
import { z } from "zod";
import { LOG_LEVELS, type LogLine, markerSchema } from "./line.ts";
import { isEarlier } from "./merge.ts";

const count = z.number().int();
export const histogramSchema = z.object({
  from: z.string(),
  to: z.string(),
  step: z.number().describe("seconds that a bucket stands for"),
  total: count,
  items: z.array(
    z.object({
      time: z.string().describe("where the bucket begins"),
      trace: count,
      debug: count,
      info: count,
      warn: count,
      error: count,
      fatal: count,
      none: count.describe("lines that say no level"),
    }),
  ),
  services: z
    .record(z.string(), z.object({ lines: count, errors: count }))
    .describe("by id, those that said anything; errors with fatal"),
  markers: z
    .array(markerSchema.extend({ cursor: z.string(), time: z.string(), service: z.string() }))
    .describe("what became of the services, oldest first: the newest 1000"),
});

export type Histogram = z.infer<typeof histogramSchema>;

export interface Bounds {
  /** milliseconds since the epoch; null: where the first line is */
  since: number | null;
  until: number;
  buckets: number;
}

const MOST_MARKERS = 1000;

export interface Counting {
  /** cursor for a marker of a service, told by the line before it; the line's own where it is not given */
  placeOf?: (index: number, marker: LogLine, line: Pick<LogLine, "cursor" | "time">) => string;
  /** waited for between batches */
  pause?: () => Promise<void>;
}

/**
 * Counts the lines of each service, one service after another, each oldest first. Lines out of the bounds count for the
 * nearest bucket; markers are kept beside them and count only where they are lines of the log too.
 */
export async function countLines(
  services: readonly AsyncIterable<LogLine[]>[],
  { until, buckets, ...bounds }: Bounds,
  { placeOf = (_, marker) => marker.cursor, pause }: Counting = {},
): Promise<Histogram> {
  const readers = services.map((batches) => batches[Symbol.asyncIterator]());
  try {
    // where it is known from when on, no log is open before its turn
    const begun = bounds.since === null ? await Promise.all(readers.map(firstOf)) : readers.map((): LogLine[] => []);
    const firsts = begun.flatMap((lines) => lines.find(isLine)?.time ?? []).map((time) => Date.parse(time));
    const since = Math.min(bounds.since ?? Math.min(...firsts), until - buckets);
    const count = new Count(since, { until, buckets }, placeOf);
    for (const [index, reader] of readers.entries()) {
      count.begin(index);
      for (let batch: LogLine[] | null = begun[index]!; batch; batch = await nextOf(reader)) {
        count.take(batch);
        await pause?.();
      }
    }
    return count.result();
  } finally {
    for (const reader of readers) await reader.return?.();
  }
}

async function nextOf(reader: AsyncIterator<LogLine[]>): Promise<LogLine[] | null> {
  const { value, done } = await reader.next();
  return done ? null : value;
}

/** What comes until there is a line among it. */
async function firstOf(reader: AsyncIterator<LogLine[]>): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for (let batch = await nextOf(reader); batch; batch = await nextOf(reader)) {
    lines.push(...batch);
    if (batch.some(isLine)) break;
  }
  return lines;
}

function isLine({ gap, marker }: LogLine): boolean {
  return !gap && !marker;
}

class Count {
  readonly #since: number;
  readonly #until: number;
  readonly #step: number;
  readonly #items: Histogram["items"];
  readonly #services: Histogram["services"] = {};
  #markers: Histogram["markers"] = [];
  #total = 0;
  readonly #placeOf: NonNullable<Counting["placeOf"]>;
  /** of the service that is counted */
  #index = 0;
  #last = { cursor: "", time: "" };

  constructor(
    since: number,
    { until, buckets }: Pick<Bounds, "until" | "buckets">,
    placeOf: NonNullable<Counting["placeOf"]>,
  ) {
    this.#placeOf = placeOf;
    this.#since = since;
    this.#until = until;
    this.#step = (until - since) / buckets;
    this.#items = Array.from({ length: buckets }, (_, index) =>
      empty(new Date(since + index * this.#step).toISOString()),
    );
  }

  /** What comes now is of another service. */
  begin(index: number): void {
    this.#index = index;
    this.#last = { cursor: "", time: "" };
    this.#dropMarkers();
  }

  take(batch: readonly LogLine[]): void {
    for (const line of batch) {
      const { time, level, gap, service, marker, cursor } = line;
      if (gap) continue;
      // one that stands at the cursor of the line before it was never printed
      const isPrinted = !marker || (cursor !== "" && cursor !== this.#last.cursor);
      if (isPrinted) this.#last = { cursor, time };
      if (marker)
        this.#markers.push({
          ...marker,
          cursor: cursor && this.#placeOf(this.#index, line, this.#last),
          time,
          service,
        });
      if (!isPrinted) continue;
      const index = Math.floor((Date.parse(time) - this.#since) / this.#step);
      this.#items[Math.min(this.#items.length - 1, Math.max(0, index))]![level ?? "none"] += 1;
      this.#total += 1;
      const own = this.#services[service] ?? { lines: 0, errors: 0 };
      this.#services[service] = own;
      own.lines += 1;
      if (level === "error" || level === "fatal") own.errors += 1;
    }
  }

  #dropMarkers(): void {
    this.#markers.sort((a, b) => (isEarlier(a.time, b.time) ? -1 : isEarlier(b.time, a.time) ? 1 : 0));
    this.#markers = this.#markers.slice(-MOST_MARKERS);
  }

  result(): Histogram {
    this.#dropMarkers();
    const [items, services, markers] = [this.#items, this.#services, this.#markers];
    const to = new Date(this.#until).toISOString();
    return { from: items[0]!.time, to, step: this.#step / 1000, total: this.#total, items, services, markers };
  }
}

function empty(time: string): Histogram["items"][number] {
  const counts = Object.fromEntries(LOG_LEVELS.map((level) => [level, 0])) as Record<LogLine["level"] & string, number>;
  return { time, ...counts, none: 0 };
}
