/** Web push, RFC 8030: encrypted for each browser, so that the push service in between reads nothing of it. */
import { createHash } from "node:crypto";
import { plural } from "#lib/format/plural.ts";
import { isAbort, messageOf } from "#lib/platform/errors.ts";
import { singleton } from "#lib/platform/singleton.ts";
import type { Reach } from "./address.ts";
import { DeliveryError } from "./error.ts";
import { post } from "./post.ts";
import type { Sender } from "./sender.ts";
import type { Message } from "./shapes.ts";
import { deleteSubscription, listSubscriptions, noteSubscription } from "./store.ts";
import { type Recipient, recipientsOf } from "./subscriptions.ts";
import { vapidKeys, vapidSubject } from "./vapid.ts";
import { cut, cutBytes, footing, gathered, oneLine } from "./wording.ts";

/** seconds that a push service keeps it for a browser that is not there */
const KEPT = 24 * 3600;
const AT_ONCE = 8;
const REMEMBERED = 200;
const BYTES = 2400;
const URGENCY = { info: "normal", warning: "normal", critical: "high" } as const;
/** anybody signed in hands in where their browser is reached */
const REACH: Reach = { local: false, publicOnly: true };

/** browsers that have a message already, while others are still tried */
const done = () => singleton("push.done", () => new Map<string, Set<string>>());

export const sendPush: Sender<"push"> = (sending) => pushTo(sending, REACH);

/** The same with another reach, for tests. */
export async function pushTo(
  { messages, key, signal }: Pick<Parameters<typeof sendPush>[0], "messages" | "key" | "signal">,
  reach: Reach,
): Promise<string> {
  const recipients = await recipientsOf(messages);
  if (recipients.length === 0 && (await listSubscriptions()).length > 0)
    return "Nobody whose browser shows alerts may see this one";
  if (recipients.length === 0)
    throw new DeliveryError(
      "No browser has asked for messages yet: turn them on under Settings, in the browser that is to show them",
      { permanent: true },
    );
  const had = done().get(key) ?? new Set<string>();
  remember(key, had);
  const open = recipients.filter(({ row }) => !had.has(row.id));
  const failures: DeliveryError[] = [];
  let gone = 0;
  const worker = async () => {
    for (let next = open.shift(); next; next = open.shift())
      try {
        if (await pushOne(next, { key, signal, reach })) had.add(next.row.id);
        else gone += 1;
      } catch (error) {
        if (isAbort(error) || signal.aborted) throw error;
        failures.push(error instanceof DeliveryError ? error : new DeliveryError(messageOf(error), { cause: error }));
      }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const told = `${plural(had.size, "browser")} told${gone > 0 ? `, ${plural(gone, "subscription")} that had ended removed` : ""}`;
  const worth = failures.find(({ permanent }) => !permanent);
  if (worth) throw worth;
  done().delete(key);
  if (failures[0] && had.size === 0) throw failures[0];
  if (had.size === 0)
    throw new DeliveryError("Every browser that had asked for messages has ended that", { permanent: true });
  return told;
}

/** False where this browser does not want any more, and is forgotten. */
async function pushOne(
  { row, keys, messages }: Recipient,
  { key, signal, reach }: { key: string; signal: AbortSignal; reach: Reach },
): Promise<boolean> {
  const { default: webPush } = await import("web-push");
  const message = gathered(messages);
  const vapidDetails = { subject: vapidSubject(), ...(await vapidKeys()) };
  const details = webPush.generateRequestDetails({ endpoint: row.endpoint, keys }, payloadOf(message, key), {
    vapidDetails,
    TTL: KEPT,
    urgency: URGENCY[message.severity],
    contentEncoding: "aes128gcm",
    // what waits there about the same alert is replaced by what is told now
    topic: createHash("sha256")
      .update(message.incident ?? key)
      .digest("base64url")
      .slice(0, 32),
  });
  const headers = Object.fromEntries(
    Object.entries(details.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  try {
    await post({ url: row.endpoint, headers, body: details.body ?? Buffer.alloc(0), reach, signal });
  } catch (error) {
    if (!(error instanceof DeliveryError) || (error.status !== 404 && error.status !== 410)) throw error;
    await deleteSubscription(row.id);
    return false;
  }
  await noteSubscription(row.id, new Date());
  return true;
}

/** What the page's worker shows; the same tag twice is one notification. */
function payloadOf(message: Message, key: string): string {
  return JSON.stringify({
    title: cutBytes(cut(oneLine(message.title), 200), 600),
    body: cutBytes(`${message.text.replaceAll("`", "").trim()}\n${footing(message)}`.trim(), BYTES),
    url: message.url,
    tag: message.incident ?? key,
    severity: message.severity,
    kind: message.kind,
    at: message.at,
  });
}

function remember(key: string, had: Set<string>): void {
  done().set(key, had);
  for (const old of done().keys()) {
    if (done().size <= REMEMBERED) break;
    done().delete(old);
  }
}
