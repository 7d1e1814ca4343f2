/**
 * What waits leaves here: one try at a time for each channel, several channels at once, so that a slow one holds nobody up.
 * A row is open until its message has left or is given up, so that what a crash interrupts is sent by the next run.
 */
import { createHash } from "node:crypto";
import { timestamp } from "#lib/platform/clock.ts";
import { isAbort, messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { backoff, isPastHope } from "./backoff.ts";
import { DeliveryError } from "./error.ts";
import { quietUntil } from "./quiet.ts";
import type { send } from "./send.ts";
import {
  beginAttempt,
  type ChannelRow,
  dueDeliveries,
  findChannelRow,
  giveUp,
  nextDue,
  noteOutcome,
  noteSent,
  pausedUntil,
  postpone,
  sentWithin,
  type Waiting,
} from "./store.ts";

const AT_ONCE = 8;
/** milliseconds */
const WINDOW = 60_000;
/** leave one by one within the window; what comes on top is gathered and leaves at its end */
const SINGLY = 5;

export interface QueueParts {
  now: () => Date;
  /** 0 to 1 */
  random: () => number;
  send: typeof send;
  signal: AbortSignal;
  /** called when a channel is done, and another look is worth while */
  wake: () => void;
}

export interface Queue {
  /** Begins what is due. Resolves with when the next is due, or null; not with what was begun. */
  look: () => Promise<Date | null>;
  /** Resolves when nothing is under way. */
  settle: () => Promise<void>;
}

export function openQueue(parts: QueueParts): Queue {
  const busy = new Map<string, Promise<void>>();
  const log = logger("channels");
  return {
    async look() {
      const now = parts.now();
      // not those that are at it: what is read of them now may have left a moment later
      for (const [channel, rows] of byChannel(await dueDeliveries(now, [...busy.keys()]))) {
        if (busy.size >= AT_ONCE || parts.signal.aborted) break;
        const work = tellThrough(channel, rows, parts)
          .catch((err: unknown) => {
            if (!parts.signal.aborted) log.error({ err, channel }, `messages are not sent: ${messageOf(err)}`);
          })
          .finally(() => {
            busy.delete(channel);
            parts.wake();
          });
        busy.set(channel, work);
      }
      return nextDue(now);
    },
    async settle() {
      while (busy.size > 0) await Promise.all(busy.values());
    },
  };
}

function byChannel(rows: readonly Waiting[]): Map<string, Waiting[]> {
  const found = new Map<string, Waiting[]>();
  for (const row of rows) {
    const others = found.get(row.channel);
    if (others) others.push(row);
    else found.set(row.channel, [row]);
  }
  return found;
}

async function tellThrough(id: string, due: readonly Waiting[], parts: QueueParts): Promise<void> {
  const channel = await findChannelRow(id);
  if (!channel?.enabled) return giveUp(idsOf(due), "The channel was turned off before this could leave");
  const now = parts.now();
  const paused = await pausedUntil(id, now);
  if (paused) return postpone(idsOf(due), paused, null);
  const loud = await holdQuiet(channel, due, now);
  for (const batch of await batches(id, loud, now)) if (!(await tellBatch(channel, batch, parts))) return;
}

/** Those that may leave now; the others wait for the end of the quiet hours. */
async function holdQuiet({ quiet }: ChannelRow, due: readonly Waiting[], now: Date): Promise<readonly Waiting[]> {
  const until = quiet && quietUntil(quiet, now);
  if (!until) return due;
  const isLoud = ({ message }: Waiting) => quiet.exceptCritical && message.severity === "critical";
  await postpone(idsOf(due.filter((row) => !isLoud(row))), until, null);
  return due.filter(isLoud);
}

/** How they leave: one by one, or as one where there are many or some have waited, or later in a storm. */
async function batches(channel: string, rows: readonly Waiting[], now: Date): Promise<(readonly Waiting[])[]> {
  if (rows.length === 0) return [];
  const recent = await sentWithin(channel, WINDOW, now);
  const left = SINGLY - recent.length;
  if (left <= 0) {
    await postpone(idsOf(rows), new Date(recent.at(-1)!.getTime() + WINDOW), null);
    return [];
  }
  const hasWaited = rows.some(({ createdAt }) => now.getTime() - createdAt.getTime() > WINDOW);
  return rows.length > left || (rows.length > 1 && hasWaited) ? [rows] : rows.map((row) => [row]);
}

/** False where the channel is better left alone for now. */
async function tellBatch(channel: ChannelRow, rows: readonly Waiting[], parts: QueueParts): Promise<boolean> {
  const ids = idsOf(rows);
  parts.signal.throwIfAborted();
  await beginAttempt(ids);
  try {
    await parts.send(channel, { messages: rows.map(({ message }) => message), key: keyOf(ids), signal: parts.signal });
    await noteSent(ids, parts.now());
    await noteOutcome(channel.id, null, parts.now());
    return true;
  } catch (error) {
    // the server ends: the next run tries them again
    if (parts.signal.aborted || isAbort(error)) throw error;
    return await failed(channel, rows, { error, parts });
  }
}

async function failed(
  channel: ChannelRow,
  rows: readonly Waiting[],
  { error, parts }: { error: unknown; parts: QueueParts },
): Promise<boolean> {
  const words = messageOf(error);
  const { permanent, retryAfter } = error instanceof DeliveryError ? error : { permanent: false, retryAfter: null };
  const now = parts.now();
  await noteOutcome(channel.id, words, now);
  logger("channels").warn({ channel: channel.name, problem: words, permanent }, "a message did not leave");
  if (permanent) {
    await giveUp(idsOf(rows), words);
    return true;
  }
  const hopeless = rows.filter((row) => isPastHope(row, now));
  await giveUp(idsOf(hopeless), `It was tried again and again until ${timestamp(now)}. At last: ${words}`);
  const tried = Math.max(...rows.map(({ attempts }) => attempts)) + 1;
  const wait = backoff(tried, { random: parts.random, retryAfter });
  await postpone(idsOf(rows.filter((row) => !hopeless.includes(row))), new Date(now.getTime() + wait), words);
  return false;
}

const idsOf = (rows: readonly Waiting[]) => rows.map(({ id }) => id);

/** The same for the same rows, whichever try it is. */
function keyOf(ids: readonly number[]): string {
  return `trihelm-${createHash("sha256").update(ids.join(",")).digest("hex").slice(0, 32)}`;
}
