/** How many lines of each level there are over time. */
import { z } from "zod";
import { LOG_LEVELS, type LogLine, markerSchema } from "./line.ts";

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

/**
 * Counts lines that come oldest first. Lines out of the bounds count for the nearest bucket; markers are kept beside them
 * and count only where they are lines of the log too.
 */
export async function countLines(batches: AsyncIterable<LogLine[]>, bounds: Bounds): Promise<Histogram> {
  const { until, buckets } = bounds;
  let since = bounds.since;
  let step = 1;
  let items: Histogram["items"] = [];
  let total = 0;
  const services: Histogram["services"] = {};
  const markers: Histogram["markers"] = [];
  let last = "";
  const begin = (from: number) => {
    since = Math.min(from, until - buckets);
    step = (until - since) / buckets;
    items = Array.from({ length: buckets }, (_, index) => empty(new Date(since! + index * step).toISOString()));
  };
  if (since !== null) begin(since);
  for await (const batch of batches)
    for (const { time, level, gap, service, marker, cursor } of batch) {
      if (gap) continue;
      if (marker) {
        markers.push({ ...marker, cursor, time, service });
        if (markers.length > 2 * MOST_MARKERS) markers.splice(0, MOST_MARKERS);
        // one that stands at the cursor of the line before it was never printed
        if (cursor === "" || cursor === last) continue;
      }
      last = cursor;
      const at = Date.parse(time);
      if (items.length === 0) begin(at);
      const index = Math.floor((at - since!) / step);
      items[Math.min(buckets - 1, Math.max(0, index))]![level ?? "none"] += 1;
      total += 1;
      services[service] ??= { lines: 0, errors: 0 };
      services[service].lines += 1;
      if (level === "error" || level === "fatal") services[service].errors += 1;
    }
  if (items.length === 0) begin(until - buckets);
  const to = new Date(until).toISOString();
  return {
    ...{ from: items[0]!.time, to, step: step / 1000, total, items },
    ...{ services, markers: markers.slice(-MOST_MARKERS) },
  };
}

function empty(time: string): Histogram["items"][number] {
  const counts = Object.fromEntries(LOG_LEVELS.map((level) => [level, 0])) as Record<LogLine["level"] & string, number>;
  return { time, ...counts, none: 0 };
}
