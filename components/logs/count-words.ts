/** Numbers of lines in words: exact while that is short, then with three digits of meaning. */

/** `41`, `999`, `2.3k`, `118k`, `1.2M`. */
export function formatCount(count: number): string {
  for (const [unit, size] of [
    ["M", 1_000_000],
    ["k", 1000],
  ] as const) {
    if (count < size) continue;
    const scaled = count / size;
    // what would round up to a thousand belongs to the next unit
    if (unit === "k" && scaled >= 999.5) return "1M";
    return `${scaled < 9.95 ? scaled.toFixed(1).replace(/\.0$/, "") : Math.round(scaled)}${unit}`;
  }
  return String(count);
}

/** `2,514`. */
export function formatExactCount(count: number): string {
  return count.toLocaleString("en-GB");
}

/** `2.4 lines a minute`, `12 lines a second`: of the newest lines. `times` in milliseconds, ascending. */
export function formatLineRate(times: readonly number[]): string | null {
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  if (times.length < 2 || span <= 0) return null;
  const perSecond = ((times.length - 1) * 1000) / span;
  if (perSecond >= 1) return `${formatCount(Math.round(perSecond))} lines a second`;
  const perMinute = perSecond * 60;
  if (perMinute >= 0.95) return `${perMinute < 9.95 ? perMinute.toFixed(1) : Math.round(perMinute)} lines a minute`;
  return `${Math.max(1, Math.round(perMinute * 60))} lines an hour`;
}
