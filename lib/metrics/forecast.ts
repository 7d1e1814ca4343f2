/**
 * When a disk will be full, out of what was used over time. The slope is the median of the slopes between all pairs of points, which
 * a clean-up or a nightly backup does not tilt; where most pairs do not agree on its direction, there is none.
 */
import type { Point } from "./rings.ts";

export interface Forecast {
  /** bytes; null: too little is known, or it goes up and down */
  perDay: number | null;
  /** milliseconds since the epoch; null: it does not fill up, or not within `FAR` */
  fullAt: number | null;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FAR = 400 * DAY;
const NOTHING: Forecast = { perDay: null, fullAt: null };
/** what moves less than this in all stands still; nor is more kept of what is used than such a share of it */
const STILL = 16 * 1024 * 1024;
const STILL_SHARE = 0.001;

/**
 * `long`: a point every so often over days, `recent`: over the last hour. What grows without a pause for an hour and would be full
 * within a day is told although the days before were quiet. `room`: bytes that are free now.
 */
export function forecastOf({
  long,
  recent,
  room,
}: {
  long: readonly Point[];
  recent: readonly Point[];
  room: number;
}): Forecast {
  const slow = forecast(long, { room, agree: 0.5, least: HOUR / 2 });
  const fast = forecast(recent, { room, agree: 0.9, least: HOUR / 4 });
  const isUrgent = fast.fullAt !== null && fast.fullAt - (recent.at(-1)?.[0] ?? 0) < DAY;
  return isUrgent && (slow.fullAt === null || fast.fullAt! < slow.fullAt) ? fast : slow;
}

function forecast(
  points: readonly Point[],
  { room, agree, least }: { room: number; agree: number; least: number },
): Forecast {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 12 || last[0] - first[0] < least) return NOTHING;
  const values = points.map(([, value]) => value);
  const most = Math.max(...values);
  if (most - Math.min(...values) < Math.max(STILL, most * STILL_SHARE)) return { perDay: 0, fullAt: null };
  const { slope, agreement } = slopeOf(points);
  if (agreement < agree) return NOTHING;
  const until = slope > 0 ? room / slope : Number.POSITIVE_INFINITY;
  return { perDay: Math.round(slope * DAY), fullAt: until < FAR ? Math.round(last[0] + until) : null };
}

/** Bytes a millisecond; `agreement` from 0 (as many pairs fall as rise) to 1 (all go one way). */
function slopeOf(points: readonly Point[]): { slope: number; agreement: number } {
  const slopes = new Float64Array((points.length * (points.length - 1)) / 2);
  let [count, balance] = [0, 0];
  for (let one = 0; one < points.length; one += 1)
    for (let other = one + 1; other < points.length; other += 1) {
      const slope = (points[other]![1] - points[one]![1]) / (points[other]![0] - points[one]![0]);
      slopes[count] = slope;
      count += 1;
      balance += Math.sign(slope);
    }
  slopes.sort();
  return { slope: slopes[count >> 1] ?? 0, agreement: Math.abs(balance) / count };
}
