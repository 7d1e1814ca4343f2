/** How often figures are read: often while somebody looks, seldom otherwise. */
import { sleep } from "#lib/platform/clock.ts";
import { bus } from "./bus.ts";

/** milliseconds */
const WATCHED = 2000;
const IDLE = 10_000;

/** Waits for the next reading; somebody who opens a page does not wait for the slow pace to end. */
export async function nextReading(signal: AbortSignal): Promise<void> {
  const from = performance.now();
  while (!signal.aborted && performance.now() - from < (bus().listeners > 0 ? WATCHED : IDLE))
    await sleep(1000, signal);
}
