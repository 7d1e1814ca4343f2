import { db } from "#lib/db/client.ts";
import type { ServiceEvent as Row } from "#lib/db/generated/client.ts";
import { timestamp } from "#lib/platform/clock.ts";
import type { Seen } from "./compare.ts";
import { type Happening, happeningSchema } from "./happening.ts";

export interface Kept extends Happening {
  service: string;
}

/** Keeps what happened, and how the services were when it was seen, together. */
export async function writeHappenings(happened: readonly Kept[], seen: ReadonlyMap<string, Seen>): Promise<void> {
  const events = happened.map(({ service, at, kind, count, code, signal, oomKilled, by, reason, detail, missed }) => ({
    ...{ service, at: new Date(at), kind, count, code, signal, oom: oomKilled, by, reason, missed },
    detail: detail && JSON.stringify(detail),
  }));
  const ids = [...seen.keys()];
  const states = [...seen].map(([id, state]) => ({ id, state: JSON.stringify(state) }));
  await db().$transaction([
    db().serviceEvent.createMany({ data: events }),
    db().serviceSeen.deleteMany({ where: { id: { in: ids } } }),
    db().serviceSeen.createMany({ data: states }),
  ]);
}

/** How each service was when it was last looked at, by id. */
export async function readSeen(): Promise<Map<string, Seen>> {
  const rows = await db().serviceSeen.findMany();
  return new Map(rows.map(({ id, state }) => [id, JSON.parse(state) as Seen]));
}

/** The newest of one service, newest first. */
export async function readHappenings(service: string, limit: number): Promise<Happening[]> {
  const rows = await db().serviceEvent.findMany({
    where: { service },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: limit,
  });
  return rows.map(happeningOf);
}

/** Lets go of what happened before, and of services that nobody has seen since then. */
export async function deleteHappenings(before: Date): Promise<void> {
  await db().serviceEvent.deleteMany({ where: { at: { lt: before } } });
  await db().serviceSeen.deleteMany({ where: { updatedAt: { lt: before } } });
}

function happeningOf({ at, oom, detail, ...row }: Row): Happening {
  return happeningSchema.parse({ ...row, at: timestamp(at), oomKilled: oom, detail: detail && JSON.parse(detail) });
}
