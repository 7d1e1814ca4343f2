/** For how much of the last day something was up, in a sum for each hour: what is kept does not grow with its runs. */

/** The hour since the epoch, seconds that are known of it, and seconds of those that it was up. */
export type Hour = [hour: number, known: number, up: number];

const HOUR = 3_600_000;
const KEPT = 24;

/** Adds a stretch of time (`from` and `to` in milliseconds since the epoch); changes `hours`. */
export function addStretch(hours: Hour[], { from, to, isUp }: { from: number; to: number; isUp: boolean }): void {
  const last = Math.floor(to / HOUR);
  const start = Math.max(from, (last - KEPT) * HOUR);
  for (let at = start; at < to; ) {
    const hour = Math.floor(at / HOUR);
    const end = Math.min(to, (hour + 1) * HOUR);
    const seconds = (end - at) / 1000;
    let sum = hours.find(([one]) => one === hour);
    if (!sum) {
      sum = [hour, 0, 0];
      hours.push(sum);
    }
    // a clock that was set back passes an hour twice: no hour is longer than one
    sum[1] = Math.min(HOUR / 1000, sum[1] + seconds);
    if (isUp) sum[2] = Math.min(sum[1], sum[2] + seconds);
    at = end;
  }
  const kept = hours.filter(([hour]) => hour > last - KEPT && hour <= last);
  hours.splice(0, hours.length, ...kept);
}

/** The share of the last day, as far as it is known. null: nothing is. */
export function uptimeOf(hours: readonly Hour[], now: number): number | null {
  const last = Math.floor(now / HOUR);
  let [known, up] = [0, 0];
  for (const [hour, seconds, good] of hours) {
    if (hour <= last - KEPT || hour > last) continue;
    known += seconds;
    up += good;
  }
  return known === 0 ? null : Math.min(1, up / known);
}
