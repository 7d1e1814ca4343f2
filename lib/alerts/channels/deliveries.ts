import { sleep } from "#lib/platform/clock.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { openQueue } from "./queue.ts";
import { send } from "./send.ts";
import { deleteDeliveriesBefore } from "./store.ts";
import { awaitWake, wakeDeliveries } from "./wake.ts";

/** milliseconds */
const LONGEST_SLEEP = 60_000;
const AFTER_FAULT = 5000;
const PRUNE_EVERY = 3_600_000;
const KEPT = 30 * 86_400_000;

/** Sends what waits, until the signal aborts. What an earlier run left is sent too. */
export async function runDeliveries(signal: AbortSignal): Promise<void> {
  const log = logger("channels");
  const queue = openQueue({ now: () => new Date(), random: Math.random, send, signal, wake: wakeDeliveries });
  let pruned = Number.NEGATIVE_INFINITY;
  while (!signal.aborted)
    try {
      const due = await queue.look();
      if (performance.now() - pruned > PRUNE_EVERY) {
        pruned = performance.now();
        await deleteDeliveriesBefore(new Date(Date.now() - KEPT));
      }
      const wait = due === null ? LONGEST_SLEEP : Math.min(due.getTime() - Date.now(), LONGEST_SLEEP);
      await awaitWake(Math.max(wait, 0), signal);
    } catch (err) {
      if (signal.aborted) break;
      log.error({ err }, `messages wait: ${messageOf(err)}`);
      await sleep(AFTER_FAULT, signal);
    }
  await queue.settle();
}
