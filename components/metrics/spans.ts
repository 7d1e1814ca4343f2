/** How far back a chart looks, and how its points become columns of a drawing. */

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

export function spanOf(key: string | null): Span {
  return SPANS.find((span) => span.key === key) ?? SPANS[0];
}

/** Seconds, and values beside them; null where so much time lies between two points that something is missing. */
export function columnsOf(points: readonly Point[], step: number): [number[], (number | null)[]] {
  const [times, values]: [number[], (number | null)[]] = [[], []];
  let before = Number.NaN;
  for (const [at, value] of points) {
    const seconds = at / 1000;
    if (seconds - before > step * 2.5) {
      times.push(before + step);
      values.push(null);
    }
    times.push(seconds);
    values.push(value);
    before = seconds;
  }
  return [times, values];
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
