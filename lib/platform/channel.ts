/** Values pushed by callbacks, read by one `for await`: the bridge between event emitters and async iterables. */

export interface Channel<T> extends AsyncIterable<T> {
  push(value: T): void;
  /** Ends the iteration after what is already queued. */
  close(): void;
  /** Ends the iteration with an error after what is already queued. */
  fail(error: unknown): void;
}

/** Nothing is dropped: for sources that are slow or bounded by themselves. An abort ends it at once and quietly. */
export function channel<T>(signal: AbortSignal): Channel<T> {
  const queued: T[] = [];
  let ended = false;
  let failure: { error: unknown } | null = null;
  let wake: (() => void) | null = null;
  const end = () => {
    ended = true;
    wake?.();
  };

  async function* read(): AsyncGenerator<T> {
    signal.addEventListener("abort", end, { once: true });
    try {
      while (!signal.aborted) {
        if (queued.length > 0) yield queued.shift() as T;
        else if (failure) throw failure.error;
        else if (ended) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      ended = true;
      signal.removeEventListener("abort", end);
    }
  }

  const iterator = read();
  return {
    push(value) {
      if (ended) return;
      queued.push(value);
      wake?.();
    },
    close: end,
    fail(error) {
      failure = { error };
      end();
    },
    [Symbol.asyncIterator]: () => iterator,
  };
}
