/** An answer that is good for a while: whoever asks meanwhile gets the same one, also while it is still being worked out. */
import { monotonic } from "./clock.ts";
import { singleton } from "./singleton.ts";

/** `fresh` in milliseconds, from when it was begun. One that failed is not kept. `name` is one for the whole server. */
export function kept<T>(name: string, fresh: number, make: () => Promise<T>): Promise<T> {
  const store = singleton(`kept-${name}`, (): { last: { at: number; value: Promise<T> } | null } => ({ last: null }));
  if (store.last && monotonic() - store.last.at < fresh) return store.last.value;
  const value = make();
  store.last = { at: monotonic(), value };
  value.catch(() => {
    store.last = null;
  });
  return value;
}
