/** Where alerts are told: made, changed, tried, forgotten. Secrets go in and never come out. */
import { randomUUID } from "node:crypto";
import type { z } from "zod";
import { seal } from "#lib/auth/seal.ts";
import { plural } from "#lib/format/plural.ts";
import { timestamp } from "#lib/platform/clock.ts";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import { hasApprise } from "./apprise.ts";
import { checkChannel, invalid } from "./check.ts";
import { DeliveryError } from "./error.ts";
import { openSecrets, purposeOf, send } from "./send.ts";
import { CHANNEL_CONFIGS, type Channel, type NewChannel } from "./shapes.ts";
import {
  type ChannelRow,
  countWaiting,
  deleteChannelRow,
  findChannelRow,
  listChannelRows,
  noteOutcome,
  rulesOnlyTo,
  saveChannel,
} from "./store.ts";
import { testMessage } from "./test-message.ts";
import { wakeDeliveries } from "./wake.ts";

/** who its secrets are told to: a change of one takes them anew */
const ADDRESS = ["host", "port", "security", "server", "proxy"];

export interface ChannelChange
  extends Partial<Pick<ChannelRow, "name" | "enabled" | "takesAll" | "severity" | "quiet">> {
  config?: Record<string, unknown>;
  /** null takes one away; what is left out stays */
  secrets?: Record<string, unknown>;
}

/** In the order of their making. */
export async function listChannels(): Promise<Channel[]> {
  const waiting = await countWaiting();
  return (await listChannelRows()).map((row) => shown(row, waiting.get(row.id) ?? 0));
}

/** Throws AppError `not_found`. */
export async function requireChannel(id: string): Promise<ChannelRow> {
  const row = await findChannelRow(id);
  if (!row) throw new AppError("not_found", `There is no channel ${id}. GET /api/v1/channels lists them`);
  return row;
}

/** Throws AppError `validation` for what cannot work, `conflict` where the name is taken or Apprise is not there. */
export async function createChannel({ secrets, ...wanted }: NewChannel): Promise<Channel> {
  const id = randomUUID();
  const row: ChannelRow = {
    ...{ ...wanted, id, secrets: "", createdAt: new Date() },
    ...{ lastOkAt: null, problem: null, failingAt: null },
  };
  return save(row, { ...secrets });
}

/** Throws as `createChannel`; also `validation` where another address would be told the secrets kept for this one. */
export async function changeChannel(row: ChannelRow, { secrets, config, ...more }: ChannelChange): Promise<Channel> {
  const shape = CHANNEL_CONFIGS[row.kind];
  const merged = checked<Record<string, unknown>>("config", shape.config.safeParse({ ...row.config, ...config }));
  const given = secrets ?? {};
  const before = secrets ? (opened(row) ?? {}) : openSecrets(row);
  const isElsewhere =
    ADDRESS.some((name) => merged[name] !== row.config[name]) || ("url" in given && given.url !== before.url);
  const missing = isElsewhere ? Object.keys(before).find((name) => !(name in given)) : undefined;
  if (missing !== undefined)
    throw invalid(`secrets.${missing}`, "is needed anew with another address: the one kept is for the one before");
  const kept = Object.entries({ ...before, ...given }).filter(([, value]) => value !== null);
  const all = checked<Record<string, unknown>>("secrets", shape.secrets.safeParse(Object.fromEntries(kept)));
  const changed = await save({ ...row, ...more, config: merged }, all);
  wakeDeliveries();
  return changed;
}

/** What waits to leave through it is dropped. Throws AppError `conflict` where rules would tell nobody any more. */
export async function deleteChannel(row: ChannelRow): Promise<void> {
  const [rule, ...more] = await rulesOnlyTo(row.id);
  if (rule !== undefined)
    throw new AppError(
      "conflict",
      more.length === 0
        ? `The rule ${rule} sends to ${row.name} alone. Change it first`
        : `${plural(more.length + 1, "rule")} send to ${row.name} alone, ${rule} among them. Change them first`,
    );
  await deleteChannelRow(row.id);
}

export interface Tried {
  ok: true;
  /** milliseconds */
  took: number;
  /** what the other side said */
  answer: string;
}

/** Sends a message now, beside what waits. Throws AppError `action_failed` with the other side's words. */
export async function testChannel(row: ChannelRow, by: string, signal: AbortSignal): Promise<Tried> {
  const began = performance.now();
  const order = { messages: [testMessage(row.name, by)], key: `trihelm-test-${randomUUID()}`, signal };
  try {
    const answer = await send(row, order);
    await noteOutcome(row.id, null, new Date());
    return { ok: true, took: Math.round(performance.now() - began), answer };
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    await noteOutcome(row.id, error.message, new Date());
    throw new AppError("action_failed", messageOf(error), { cause: error });
  }
}

async function save(row: ChannelRow, secrets: Record<string, unknown>): Promise<Channel> {
  checkChannel(row, secrets);
  if (row.kind === "apprise" && !(await hasApprise()))
    throw new AppError(
      "conflict",
      "The command apprise is not installed on this server: install it, so that it is found by PATH, and try again",
    );
  const present = Object.fromEntries(Object.entries(secrets).filter(([, value]) => value !== undefined));
  const sealed = { ...row, secrets: seal(JSON.stringify(present), purposeOf(row.id)) };
  if (!(await saveChannel(sealed))) throw new AppError("conflict", `There is a channel named ${row.name}`);
  return shown(sealed, (await countWaiting()).get(row.id) ?? 0);
}

/** Throws AppError `validation` for what such a channel does not have. */
function checked<T>(part: string, parsed: z.ZodSafeParseResult<T>): T {
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid([part, ...(issue?.path ?? [])].join("."), issue?.message ?? "is not valid");
}

function shown({ secrets, createdAt, lastOkAt, failingAt, ...row }: ChannelRow, waiting: number): Channel {
  return {
    ...row,
    secrets: Object.keys(opened({ id: row.id, secrets }) ?? {}),
    createdAt: timestamp(createdAt),
    lastOkAt: lastOkAt && timestamp(lastOkAt),
    failingAt: failingAt && timestamp(failingAt),
    waiting,
  };
}

/** Null where they cannot be opened any more: then they have to be entered anew. */
function opened(row: Pick<ChannelRow, "id" | "secrets">): Record<string, unknown> | null {
  try {
    return openSecrets(row);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
