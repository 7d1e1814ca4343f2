/** Browsers that asked for messages: each is its owner's, and what it is told is cut to what they may see. */
import { createHash, randomUUID } from "node:crypto";
import { z } from "zod";
import { accessOf, reaches } from "#lib/auth/access.ts";
import { seal, unseal } from "#lib/auth/seal.ts";
import { findPerson } from "#lib/auth/store.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { AppError } from "#lib/platform/errors.ts";
import type { Message } from "./shapes.ts";
import { deleteSubscription, listSubscriptions, type SubscriptionRow, saveSubscription } from "./store.ts";

/** of one person */
const MOST = 20;
const sizeIs = (size: number) => (text: string) => Buffer.from(text, "base64url").length === size;

/** As a browser gives it: `subscription.toJSON()`, with a name for people. */
export const newSubscriptionSchema = z.object({
  endpoint: z.url({ protocol: /^https$/, error: "is the https address that the browser gave" }).max(2000),
  keys: z.object({
    p256dh: z.string().max(200).refine(sizeIs(65), "is the browser's public key"),
    auth: z.string().max(100).refine(sizeIs(16), "is the browser's secret"),
  }),
  label: z.string().trim().max(100).default(""),
});

export const subscriptionSchema = z.object({
  id: z.string(),
  endpoint: z.string(),
  label: z.string(),
  createdAt: z.string(),
  lastOkAt: z.string().nullable(),
});

export type NewSubscription = z.infer<typeof newSubscriptionSchema>;
type Subscription = z.infer<typeof subscriptionSchema>;

const keysSchema = z.object({ p256dh: z.string(), auth: z.string() });

export async function subscriptionsOf(user: string): Promise<Subscription[]> {
  return (await listSubscriptions(user)).map(shown);
}

/** The same browser again is the same subscription. Throws AppError `conflict` beyond what one person may have. */
export async function subscribe(user: string, { endpoint, keys, label }: NewSubscription): Promise<Subscription> {
  const own = await listSubscriptions(user);
  if (own.length >= MOST && own.every((row) => row.endpoint !== endpoint))
    throw new AppError("conflict", `You have ${MOST} browsers here already. Remove one first`);
  const sealed = seal(JSON.stringify(keys), purposeOf(endpoint));
  const row = { id: randomUUID(), user, endpoint, keys: sealed, label, createdAt: new Date(), lastOkAt: null };
  return shown(await saveSubscription(row));
}

/** Throws AppError `not_found` for what is not this person's. */
export async function unsubscribe(id: string, user: string): Promise<void> {
  if (!(await deleteSubscription(id, user))) throw new AppError("not_found", "You have no such subscription");
}

export interface Recipient {
  row: SubscriptionRow;
  keys: { p256dh: string; auth: string };
  messages: Message[];
}

/** Each browser with those of the messages that its owner may see. What is left of people who are gone is removed. */
export async function recipientsOf(messages: readonly Message[]): Promise<Recipient[]> {
  const people = new Map<string, Awaited<ReturnType<typeof findPerson>>>();
  const recipients: Recipient[] = [];
  for (const row of await listSubscriptions()) {
    const person = people.get(row.user) ?? (await findPerson(row.user));
    people.set(row.user, person);
    if (!person) await deleteSubscription(row.id);
    if (!person || person.disabled) continue;
    const access = accessOf(person);
    const seen = messages.filter(({ service }) =>
      service === null ? access.services === null : reaches(access, service),
    );
    if (seen.length > 0) recipients.push({ row, keys: keysOf(row), messages: seen });
  }
  return recipients;
}

function keysOf({ keys, endpoint }: SubscriptionRow): Recipient["keys"] {
  return keysSchema.parse(JSON.parse(unseal(keys, purposeOf(endpoint))));
}

const purposeOf = (endpoint: string) => `push:${createHash("sha256").update(endpoint).digest("base64url")}`;

function shown({ id, endpoint, label, createdAt, lastOkAt }: SubscriptionRow): Subscription {
  return { id, endpoint, label, createdAt: timestamp(createdAt), lastOkAt: lastOkAt && timestamp(lastOkAt) };
}
