import { db } from "#lib/db/client.ts";
import { type Cause, causeSchema } from "./shapes.ts";

/** Keeps the card of an event; another one of the same moment takes its place. */
export async function writeCause(service: string, cause: Cause): Promise<void> {
  const at = new Date(cause.at);
  const card = JSON.stringify(cause);
  await db().cause.upsert({
    where: { service_at: { service, at } },
    create: { service, at, card },
    update: { card },
  });
}

/** Cards of one service from `since` on, newest first. */
export async function readCauses(service: string, since: Date): Promise<Cause[]> {
  const rows = await db().cause.findMany({
    where: { service, at: { gte: since } },
    orderBy: { at: "desc" },
    take: 1000,
  });
  return rows.map(({ card }) => causeSchema.parse(JSON.parse(card)));
}
