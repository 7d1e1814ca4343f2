/** Does anybody look at the relay now? Then every log is read along with; else only what may well hold a code. */
import { singleton } from "#lib/platform/singleton.ts";

/** milliseconds that a look lasts: whoever asks again within them is still there */
const LASTS = 60_000;

interface Attention {
  open: number;
  until: number;
  wake: Set<() => void>;
}

const attention = () => singleton<Attention>("relay.attention", () => ({ open: 0, until: 0, wake: new Set() }));

export function isWatched(now = performance.now()): boolean {
  return attention().open > 0 || now < attention().until;
}

/** Somebody has asked what there is. */
export function looked(): void {
  const before = isWatched();
  attention().until = performance.now() + LASTS;
  if (!before) wake();
}

/** Somebody looks until what is returned is called. */
export function looking(): () => void {
  attention().open += 1;
  wake();
  let isOpen = true;
  return () => {
    if (!isOpen) return;
    isOpen = false;
    attention().open -= 1;
    attention().until = performance.now() + LASTS;
  };
}

/** Told when somebody begins to look. */
export function onLooking(listener: () => void): () => void {
  attention().wake.add(listener);
  return () => attention().wake.delete(listener);
}

function wake(): void {
  for (const listener of [...attention().wake]) listener();
}
