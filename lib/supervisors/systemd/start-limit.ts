/**
 * Whether one more start would trip a unit's start limit, by systemd's own rule: a window opens with the first start after
 * the last window has passed, and in it no more than `burst` starts are allowed. It does not slide.
 */
export interface StartLimit {
  burst: number;
  seconds: number;
}

/** Seconds until a start is allowed again, null where one is allowed now. Times in milliseconds, oldest first. */
export function secondsToWait(limit: StartLimit, starts: readonly number[], now: number): number | null {
  const length = limit.seconds * 1000;
  let opened = Number.NEGATIVE_INFINITY;
  let count = 0;
  for (const at of starts) {
    if (at - opened >= length) {
      opened = at;
      count = 0;
    }
    count += 1;
  }
  if (now - opened >= length || count < limit.burst) return null;
  return (opened + length - now) / 1000;
}

/** How far back the starts are to be known, so that the window's beginning is: a gap as long as the window is likely there. */
export function lookBack(limit: StartLimit, now: number): number {
  return now - Math.min(Math.max(limit.seconds * 10, 60), 86_400) * 1000;
}
