import { sleep } from "#lib/platform/clock.ts";
import { singleton } from "#lib/platform/singleton.ts";

interface Bell {
  rung: boolean;
  ring: (() => void) | null;
}

/** told by routes and the engine, heard by the queue: each may be another copy of this module */
const bell = () => singleton<Bell>("channels.bell", () => ({ rung: false, ring: null }));

/** There is something to send, or it is worth another look. */
export function wakeDeliveries(): void {
  bell().rung = true;
  bell().ring?.();
}

/** Resolves at the next wake, at once where one came since the last, at the latest after so many milliseconds. */
export async function awaitWake(milliseconds: number, signal: AbortSignal): Promise<void> {
  const early = new AbortController();
  const shared = bell();
  shared.ring = () => early.abort();
  if (!shared.rung) await sleep(milliseconds, AbortSignal.any([signal, early.signal]));
  shared.rung = false;
}
