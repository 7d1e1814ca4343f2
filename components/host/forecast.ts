/** When a disk will be full, in words. */
import { formatBytes } from "#lib/format/bytes.ts";
import { formatDuration } from "#lib/format/duration.ts";
import type { HostDisk } from "#lib/metrics/disks.ts";

const WEEK = 7 * 86_400;
const YEAR = 365 * 86_400;

/** `full in 12 d, +1.2 GB a day`; soon is within a week. `now` in milliseconds. */
export function forecastOf({ fullAt, perDay }: HostDisk, now: number): { words: string; isSoon: boolean } {
  if (perDay === null) return { words: "no steady growth", isSoon: false };
  // less than what tells one day from another
  if (Math.abs(perDay) < 1_048_576) return { words: "steady", isSoon: false };
  const growth = `${perDay < 0 ? "−" : "+"}${formatBytes(Math.abs(perDay))} a day`;
  if (fullAt === null || perDay < 0) return { words: growth, isSoon: false };
  const left = (Date.parse(fullAt) - now) / 1000;
  if (left > YEAR) return { words: `${growth}, full in over a year`, isSoon: false };
  return { words: `full in ${formatDuration(left)}, ${growth}`, isSoon: left < WEEK };
}
