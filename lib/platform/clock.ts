/** Wall clock as RFC 3339 in UTC with milliseconds. */
export function timestamp(at: number | Date = Date.now()): string {
  return new Date(at).toISOString();
}

/** Milliseconds that never go back, for measuring how long something took. */
export function monotonic(): number {
  return performance.now();
}

/** Waits, or ends early and quietly when the signal aborts. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done, { once: true });
  });
}

/** When this process began. */
export function startedAt(): Date {
  return new Date(performance.timeOrigin);
}
