/** What jobs call to say that they began, ended or failed. Whoever has the address is let in, and learns nothing by it. */
import { claimUse, newAttemptBook } from "#lib/auth/attempts.ts";
import { hashSecret } from "#lib/auth/secret.ts";
import { cleanText, visibleText } from "#lib/logs/clean-text.ts";
import { sleep } from "#lib/platform/clock.ts";
import { AppError } from "#lib/platform/errors.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { maskText } from "#lib/services/mask.ts";
import { openBook } from "./book.ts";
import { afterCall, type Call } from "./standing.ts";
import { watchAtHand } from "./watch.ts";

/** of one heartbeat; a job that calls more often is told to wait, and its calls before that count */
const CALLS = { most: 120, window: 60_000, shut: 10_000 };
/** of one network, by addresses that lead nowhere: whoever has a right one is not shut out by them */
const WRONG = { most: 60, window: 60_000, shut: 60_000 };
/** bytes of a message that are kept, and that are read at all */
const KEPT = 1024;
const READ = 256 * 1024;
/** milliseconds that a message may take */
const PATIENCE = 5000;

export interface HeartbeatCall {
  token: string;
  call: Call;
  /** of the caller */
  address: string;
  body: ReadableStream<Uint8Array> | null;
}

/** Throws AppError `not_found` for an address that leads nowhere, `rate_limited`. */
export async function callHeartbeat({ token, call, address, body }: HeartbeatCall): Promise<void> {
  const book = await openBook();
  const live = book.byHash(hashSecret(token));
  if (!live) {
    claimUse(`wrong heartbeat ${address}`, WRONG, uses());
    throw new AppError("not_found", "There is no such heartbeat. Its address may have been cut short");
  }
  const { plan } = live;
  claimUse(`heartbeat ${plan.id}`, CALLS, uses());
  const message = body === null ? null : await messageIn(body);
  if (!plan.enabled) return;
  watchAtHand()?.noticeJump();
  const at = book.clock.wall();
  const { standing, result } = afterCall(live.standing, call, { at, message, tolerates: plan.tolerates });
  book.settle({ live, plan: live.plan }, standing, { at, ...result });
}

const uses = () => singleton("heartbeat.uses", () => newAttemptBook());

/** The beginning of what was sent, in one line and without what looks like a secret. Null: nothing. */
async function messageIn(body: ReadableStream<Uint8Array>): Promise<string | null> {
  const reader = body.getReader();
  const over = new AbortController();
  const late = sleep(PATIENCE, over.signal).then(() => null);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    // the rest is taken in as well: who is cut off while it sends hears no answer
    while (size < READ) {
      const part = await Promise.race([reader.read(), late]);
      if (part === null || part.done) break;
      if (size < KEPT) chunks.push(part.value.subarray(0, KEPT - size));
      size += part.value.length;
    }
  } finally {
    over.abort();
    // whatever its sender makes of that
    void reader.cancel().catch(() => undefined);
  }
  const text = Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\ufffd+$/, "")
    .trim();
  return text === "" ? null : maskText(visibleText(cleanText(text.replace(/\s+/g, " ")).text), []);
}
