/** Why it ended, worked out once when it did. */
import type { Kept } from "../events/store.ts";
import type { Cause } from "./shapes.ts";

type CauseListener = (service: string, cause: Cause) => void;

const listeners = new Set<CauseListener>();

/** The card of an event that is a failure, within a second and a half of it; null where it is none. */
export async function causeOf(_happened: Kept): Promise<Cause | null> {
  return null;
}

/** Told of each card as it is made. */
export function onCause(listener: CauseListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
