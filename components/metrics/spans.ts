/** What time a chart looks at, and how its points become columns of a drawing. Times in milliseconds since the epoch. */

export type Point = readonly [at: number, value: number];

export const SPANS = [
  { key: "1h", label: "1 h", seconds: 3600, step: 10 },
  { key: "6h", label: "6 h", seconds: 6 * 3600, step: 30 },
  { key: "24h", label: "24 h", seconds: 86_400, step: 60 },
  { key: "7d", label: "7 d", seconds: 7 * 86_400, step: 600 },
  { key: "90d", label: "90 d", seconds: 90 * 86_400, step: 7200 },
] as const;
export type Span = (typeof SPANS)[number];
export type SpanKey = Span["key"];

/** `last`: up to now, and going on; else a stretch of time that stays. */
export type Range = { last: SpanKey } | { from: number; to: number };

/** a chart of less has nothing to show: figures are ten seconds apart */
const LEAST = 2 * 60_000;

export function spanOf(key: string | null): Span {
  return SPANS.find((span) => span.key === key) ?? SPANS[0];
}

/** Milliseconds that a range covers. */
export function lengthOf(range: Range): number {
  return "last" in range ? spanOf(range.last).seconds * 1000 : range.to - range.from;
}

/** Seconds between two points, so that a chart has some hundreds of them. */
export function stepOf(range: Range): number {
  if ("last" in range) return spanOf(range.last).step;
  const seconds = lengthOf(range) / 1000;
  return SPANS.find((span) => seconds <= span.seconds)?.step ?? 21_600;
}

/** A part of what is shown; never so short that nothing is left to see. */
export function zoomed(from: number, to: number): Range {
  const lacks = Math.max(0, LEAST - (to - from)) / 2;
  return { from: Math.round(from - lacks), to: Math.round(to + lacks) };
}

/** Half of its length earlier (-1) or later (1); what would end after now goes on with now. */
export function shifted(range: Range, turn: -1 | 1, now: number): Range {
  const length = lengthOf(range);
  const to = ("last" in range ? now : range.to) + (turn * length) / 2;
  if (to < now) return { from: Math.round(to - length), to: Math.round(to) };
  const span = SPANS.find(({ seconds }) => seconds * 1000 >= length) ?? SPANS.at(-1)!;
  return { last: span.key };
}

/** Seconds, and the values of each series beside them; null where something is missing. */
export function columnsOf(series: readonly (readonly Point[])[], step: number): [number[], ...(number | null)[][]] {
  const times: number[] = [];
  let before = Number.NaN;
  for (const at of [...new Set(series.flatMap((points) => points.map(([time]) => time)))].sort((a, b) => a - b)) {
    const seconds = at / 1000;
    if (seconds - before > step * 2.5) times.push(before + step);
    times.push(seconds);
    before = seconds;
  }
  const values = series.map((points) => {
    const byTime = new Map(points.map(([at, value]) => [at / 1000, value]));
    return times.map((seconds) => byTime.get(seconds) ?? null);
  });
  return [times, ...values];
}

/** `now 4.8 %, highest 12 % at 14:10`, for those who do not see the line. */
export function inWords(
  points: readonly Point[],
  words: { value: (value: number) => string; time: (at: number) => string },
): string {
  const last = points.at(-1);
  if (!last) return "nothing measured";
  const highest = points.reduce((most, point) => (point[1] > most[1] ? point : most), last);
  return `last ${words.value(last[1])}, highest ${words.value(highest[1])} at ${words.time(highest[0])}`;
}
