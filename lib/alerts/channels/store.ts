/** Every query about channels, the messages on their way through them, and browsers that asked for messages. */
import { z } from "zod";
import { db } from "#lib/db/client.ts";
import type { Delivery, Channel as Row } from "#lib/db/generated/client.ts";
import { SEVERITIES } from "../shapes.ts";
import { CHANNEL_KINDS, type ChannelKind, type Message, quietSchema } from "./shapes.ts";

export interface ChannelRow {
  id: string;
  name: string;
  kind: ChannelKind;
  config: Record<string, unknown>;
  /** sealed */
  secrets: string;
  enabled: boolean;
  takesAll: boolean;
  severity: (typeof SEVERITIES)[number];
  quiet: z.infer<typeof quietSchema> | null;
  createdAt: Date;
  lastOkAt: Date | null;
  problem: string | null;
  failingAt: Date | null;
}

/** A message that waits to leave. */
export interface Waiting {
  id: number;
  channel: string;
  message: Message;
  createdAt: Date;
  attempts: number;
}

export interface SubscriptionRow {
  id: string;
  user: string;
  endpoint: string;
  /** sealed */
  keys: string;
  label: string;
  createdAt: Date;
  lastOkAt: Date | null;
}

const record = z.record(z.string(), z.unknown());
const strings = z.array(z.string());
const messageSchema = z.object({
  kind: z.enum(["opened", "again", "acknowledged", "recovered", "test"]),
  severity: z.enum(SEVERITIES),
  ...{ title: z.string(), text: z.string(), host: z.string(), service: z.string().nullable(), url: z.string() },
  ...{ at: z.string(), incident: z.string().nullable(), labels: z.record(z.string(), z.string()) },
});

export async function listChannelRows(): Promise<ChannelRow[]> {
  return (await db().channel.findMany({ orderBy: [{ createdAt: "asc" }, { id: "asc" }] })).map(rowOf);
}

export async function findChannelRow(id: string): Promise<ChannelRow | null> {
  const row = await db().channel.findUnique({ where: { id } });
  return row && rowOf(row);
}

/** False where another has this name. */
export async function saveChannel(row: ChannelRow): Promise<boolean> {
  const others = { name: row.name, id: { not: row.id } };
  if (await db().channel.findFirst({ where: others, select: { id: true } })) return false;
  const quiet = row.quiet === null ? null : JSON.stringify(row.quiet);
  const data = { ...row, config: JSON.stringify(row.config), quiet };
  await db().channel.upsert({ where: { id: row.id }, create: data, update: data });
  return true;
}

/** With all that was to leave through it. */
export async function deleteChannelRow(id: string): Promise<void> {
  await db().$transaction([
    db().delivery.deleteMany({ where: { channel: id } }),
    db().channel.deleteMany({ where: { id } }),
  ]);
}

/** Names of rules that send to this channel and no other. */
export async function rulesOnlyTo(channel: string): Promise<string[]> {
  const rows = await db().alertRule.findMany({
    where: { channels: { not: null } },
    select: { name: true, channels: true },
  });
  const only = ({ channels }: { channels: string | null }) =>
    strings.parse(JSON.parse(channels ?? "[]")).every((id) => id === channel);
  return rows.filter((row) => row.channels !== "[]" && only(row)).map(({ name }) => name);
}

/** Whether a message left just now; `problem` null: it did. */
export async function noteOutcome(id: string, problem: string | null, at: Date): Promise<void> {
  if (problem === null) {
    await db().channel.updateMany({ where: { id }, data: { lastOkAt: at, problem: null, failingAt: null } });
    return;
  }
  await db().channel.updateMany({ where: { id }, data: { problem } });
  await db().channel.updateMany({ where: { id, failingAt: null }, data: { failingAt: at } });
}

/** Messages that wait, by channel. */
export async function countWaiting(): Promise<Map<string, number>> {
  const rows = await db().delivery.groupBy({
    by: ["channel"],
    where: { nextAt: { not: null } },
    _count: { _all: true },
  });
  return new Map(rows.map((row) => [row.channel, row._count._all]));
}

/**
 * False where this channel has this very message already: that an alert has opened is told once, and nothing twice in a row in
 * the same words. What was given up does not count.
 */
export async function enqueue(channel: string, message: Message, now: Date): Promise<boolean> {
  const { kind, incident } = message;
  const createdAt = new Date(message.at);
  return db().$transaction(async (tx) => {
    if (incident !== null) {
      const where = { channel, incident, OR: [{ sentAt: { not: null } }, { nextAt: { not: null } }] };
      const last = await tx.delivery.findFirst({ where, orderBy: { id: "desc" } });
      if (last && (kind === "opened" || isSame(waitingOf(last).message, message))) return false;
      if (await tx.delivery.findFirst({ where: { channel, incident, kind, createdAt }, select: { id: true } }))
        return false;
    }
    const data = { channel, incident, kind, message: JSON.stringify(message), createdAt, nextAt: now };
    await tx.delivery.create({ data });
    return true;
  });
}

function isSame(before: Message, now: Message): boolean {
  if (before.kind !== now.kind) return false;
  return now.kind !== "again" || (before.severity === now.severity && before.title === now.title);
}

/** Nothing is ever put off for longer, in milliseconds: what lies beyond was put there by a clock that has gone back since. */
const FARTHEST = 25 * 3_600_000;
const farthest = (now: Date) => new Date(now.getTime() + FARTHEST);

/** What is due, oldest first, but for these channels. */
export async function dueDeliveries(now: Date, but: readonly string[]): Promise<Waiting[]> {
  const isDue = [{ nextAt: { lte: now } }, { nextAt: { gt: farthest(now) } }];
  const where = { OR: isDue, channel: { notIn: [...but] } };
  const rows = await db().delivery.findMany({ where, orderBy: { id: "asc" }, take: 2000 });
  return rows.map(waitingOf);
}

/** When the next message is due that is not due yet. */
export async function nextDue(now: Date): Promise<Date | null> {
  const row = await db().delivery.findFirst({
    where: { nextAt: { gt: now, lte: farthest(now) } },
    orderBy: { nextAt: "asc" },
    select: { nextAt: true },
  });
  return row?.nextAt ?? null;
}

/** When messages left through this channel in these milliseconds until now, newest first; several that left as one count once. */
export async function sentWithin(channel: string, window: number, now: Date): Promise<Date[]> {
  const rows = await db().delivery.findMany({
    where: { channel, sentAt: { gt: new Date(now.getTime() - window), lte: now } },
    distinct: ["sentAt"],
    orderBy: { sentAt: "desc" },
    select: { sentAt: true },
  });
  return rows.flatMap(({ sentAt }) => (sentAt ? [sentAt] : []));
}

/** Written down before a try: a message that ends the process is not tried for ever. */
export async function beginAttempt(ids: readonly number[]): Promise<void> {
  await db().delivery.updateMany({ where: { id: { in: [...ids] } }, data: { attempts: { increment: 1 } } });
}

export async function noteSent(ids: readonly number[], sentAt: Date): Promise<void> {
  await db().delivery.updateMany({ where: { id: { in: [...ids] } }, data: { sentAt, nextAt: null, problem: null } });
}

export async function giveUp(ids: readonly number[], problem: string): Promise<void> {
  await db().delivery.updateMany({ where: { id: { in: [...ids] } }, data: { nextAt: null, problem } });
}

/** `problem`: why they did not leave; null: they wait for another reason. */
export async function postpone(ids: readonly number[], nextAt: Date, problem: string | null): Promise<void> {
  await db().delivery.updateMany({ where: { id: { in: [...ids] } }, data: { nextAt, problem } });
}

/** Until when this channel is left alone after a failure; null: it is not. */
export async function pausedUntil(channel: string, now: Date): Promise<Date | null> {
  const row = await db().delivery.findFirst({
    where: { channel, nextAt: { gt: now, lte: farthest(now) }, problem: { not: null } },
    orderBy: { nextAt: "asc" },
    select: { nextAt: true },
  });
  return row?.nextAt ?? null;
}

/** Messages that have left or were given up. */
export async function deleteDeliveriesBefore(before: Date): Promise<void> {
  await db().delivery.deleteMany({ where: { nextAt: null, createdAt: { lt: before } } });
}

export async function listSubscriptions(user?: string): Promise<SubscriptionRow[]> {
  return db().pushSubscription.findMany({ where: user === undefined ? {} : { user }, orderBy: { createdAt: "asc" } });
}

/** A browser that was somebody else's is whose it is now. */
export async function saveSubscription(row: SubscriptionRow): Promise<SubscriptionRow> {
  const { user, keys, label } = row;
  return db().pushSubscription.upsert({
    where: { endpoint: row.endpoint },
    create: row,
    update: { user, keys, label },
  });
}

/** False where there is none; with a user, none of theirs. */
export async function deleteSubscription(id: string, user?: string): Promise<boolean> {
  const { count } = await db().pushSubscription.deleteMany({ where: user === undefined ? { id } : { id, user } });
  return count > 0;
}

export async function noteSubscription(id: string, at: Date): Promise<void> {
  await db().pushSubscription.updateMany({ where: { id }, data: { lastOkAt: at } });
}

function waitingOf({ id, channel, message, createdAt, attempts }: Delivery): Waiting {
  return { id, channel, message: messageSchema.parse(JSON.parse(message)), createdAt, attempts };
}

function rowOf({ kind, severity, config, quiet, ...row }: Row): ChannelRow {
  return {
    ...row,
    kind: z.enum(CHANNEL_KINDS).parse(kind),
    severity: z.enum(SEVERITIES).parse(severity),
    config: record.parse(JSON.parse(config)),
    quiet: quiet === null ? null : quietSchema.parse(JSON.parse(quiet)),
  };
}
