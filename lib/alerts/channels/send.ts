/** One try to tell something through one channel, whatever its kind: with a deadline, and with words that hold no secret. */
import { unseal } from "#lib/auth/seal.ts";
import { isAbort, messageOf } from "#lib/platform/errors.ts";
import { sendAlertmanager } from "./alertmanager.ts";
import { sendApprise } from "./apprise.ts";
import { sendDiscord } from "./discord.ts";
import { DeliveryError } from "./error.ts";
import { sendGotify } from "./gotify.ts";
import { sendMail } from "./mail.ts";
import { sendNtfy } from "./ntfy.ts";
import { sendPush } from "./push.ts";
import type { Sender } from "./sender.ts";
import { CHANNEL_CONFIGS, type ChannelKind, type Message } from "./shapes.ts";
import { sendSlack } from "./slack.ts";
import type { ChannelRow } from "./store.ts";
import { sendTelegram } from "./telegram.ts";
import { sendWebhook } from "./webhook.ts";
import { cut, oneLine } from "./wording.ts";

const SENDERS: { [K in ChannelKind]: Sender<K> } = {
  mail: sendMail,
  webhook: sendWebhook,
  ntfy: sendNtfy,
  gotify: sendGotify,
  telegram: sendTelegram,
  discord: sendDiscord,
  slack: sendSlack,
  push: sendPush,
  alertmanager: sendAlertmanager,
  apprise: sendApprise,
};
/** milliseconds */
const DEADLINE = 30_000;
/** a shorter secret is a word that may stand in an answer by chance */
const TELLING = 6;

export interface Order {
  messages: readonly Message[];
  key: string;
  signal: AbortSignal;
  /** milliseconds */
  deadline?: number;
}

/** Resolves with what the other side said. Throws DeliveryError; an abort of the signal is thrown as it is. */
export async function send(channel: ChannelRow, { deadline = DEADLINE, ...order }: Order): Promise<string> {
  const secrets = openSecrets(channel);
  const limit = AbortSignal.timeout(deadline);
  const signal = AbortSignal.any([order.signal, limit]);
  try {
    return hidden(await sent(channel.kind, channel, { ...order, secrets, signal }), secrets);
  } catch (error) {
    order.signal.throwIfAborted();
    if (limit.aborted) throw new DeliveryError(`It did not answer within ${deadline / 1000} s`, { cause: error });
    if (isAbort(error) && !(error instanceof DeliveryError)) throw error;
    const { permanent, retryAfter, status } = error instanceof DeliveryError ? error : {};
    throw new DeliveryError(hidden(messageOf(error), secrets), {
      ...(permanent === undefined ? {} : { permanent }),
      ...{ retryAfter: retryAfter ?? null, status: status ?? null, cause: error },
    });
  }
}

/** Throws AppError `conflict` where they cannot be opened any more. */
export function openSecrets({ id, secrets }: Pick<ChannelRow, "id" | "secrets">): Record<string, unknown> {
  return JSON.parse(unseal(secrets, purposeOf(id))) as Record<string, unknown>;
}

export const purposeOf = (id: string) => `channel:${id}`;

function sent<K extends ChannelKind>(
  kind: K,
  { config }: ChannelRow,
  { secrets, ...order }: Omit<Order, "deadline"> & { secrets: Record<string, unknown> },
): Promise<string> {
  const shape = CHANNEL_CONFIGS[kind];
  const sender: Sender<K> = SENDERS[kind];
  return sender({ ...order, config: shape.config.parse(config), secrets: shape.secrets.parse(secrets) } as Parameters<
    typeof sender
  >[0]);
}

/** Words of the other side, which may repeat what they were sent. */
function hidden(words: string, secrets: Record<string, unknown>): string {
  const texts = textsOf(secrets).flatMap((text) => [text, ...(URL.canParse(text) ? partsOf(new URL(text)) : [])]);
  const telling = texts.filter((text) => text.length >= TELLING).sort((left, right) => right.length - left.length);
  return cut(oneLine(telling.reduce((left, secret) => left.replaceAll(secret, "…"), words)), 500);
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

/** What is secret of an address: who, and where to; the host is not. */
function partsOf({ username, password, pathname, search }: URL): string[] {
  return [`${pathname}${search}`, password, username, ...pathname.split("/").filter((part) => part.length >= 12)];
}
