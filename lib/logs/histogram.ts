/** How many lines of each level there are over time. */
import { z } from "zod";
import { LOG_LEVELS, type LogLine } from "./line.ts";

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
});

export type Histogram = z.infer<typeof histogramSchema>;

export interface Bounds {
  /** milliseconds since the epoch; null: where the first line is */
  since: number | null;
  until: number;
  buckets: number;
}

/** Counts lines that come oldest first. Lines out of the bounds count for the nearest bucket. */
export async function countLines(batches: AsyncIterable<LogLine[]>, bounds: Bounds): Promise<Histogram> {
  const { until, buckets } = bounds;
  let since = bounds.since;
  let step = 1;
  let items: Histogram["items"] = [];
  let total = 0;
  const begin = (from: number) => {
    since = Math.min(from, until - buckets);
    step = (until - since) / buckets;
    items = Array.from({ length: buckets }, (_, index) => empty(new Date(since! + index * step).toISOString()));
  };
  if (since !== null) begin(since);
  for await (const batch of batches)
    for (const { time, level, gap } of batch) {
      if (gap) continue;
      const at = Date.parse(time);
      if (items.length === 0) begin(at);
      const index = Math.floor((at - since!) / step);
      items[Math.min(buckets - 1, Math.max(0, index))]![level ?? "none"] += 1;
      total += 1;
    }
  if (items.length === 0) begin(until - buckets);
  return { from: items[0]!.time, to: new Date(until).toISOString(), step: step / 1000, total, items };
}

function empty(time: string): Histogram["items"][number] {
  const counts = Object.fromEntries(LOG_LEVELS.map((level) => [level, 0])) as Record<LogLine["level"] & string, number>;
  return { time, ...counts, none: 0 };
}
