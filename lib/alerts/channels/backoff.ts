/** How long after a failure the next try comes. Everything is in milliseconds unless it says otherwise. */
const FIRST = 5000;
const LONGEST = 3_600_000;
const FACTOR = 3;
const JITTER = 0.2;
const HOPE = 24 * 3_600_000;
const MOST = 60;

/** Longer from one to the next, never quite regular, and never sooner than the other side asked for (`retryAfter`, seconds). */
export function backoff(
  attempts: number,
  { random, retryAfter }: { random: () => number; retryAfter: number | null },
): number {
  const plain = Math.min(FIRST * FACTOR ** (attempts - 1), LONGEST);
  const apart = 1 + JITTER * (2 * random() - 1);
  return Math.round(Math.max(plain * apart, (retryAfter ?? 0) * 1000));
}

/** True for what is so old, or was tried so often, that it is given up. */
export function isPastHope({ createdAt, attempts }: { createdAt: Date; attempts: number }, now: Date): boolean {
  return now.getTime() - createdAt.getTime() > HOPE || attempts >= MOST;
}
