import { db } from "#lib/db/client.ts";
import type { ServiceEvent as Row } from "#lib/db/generated/client.ts";
import { timestamp } from "#lib/platform/clock.ts";
import type { SourceQuery } from "./activity.ts";
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
  const rows = await db().serviceSeen.findMany({ where: { id: { contains: "/" } } });
  return new Map(rows.map(({ id, state }) => [id, JSON.parse(state) as Seen]));
}

/** The boot that a host was seen in last; null: it was never seen. */
export async function readBoot(host: string): Promise<string | null> {
  const row = await db().serviceSeen.findUnique({ where: { id: host } });
  return row && (JSON.parse(row.state) as { boot: string }).boot;
}

/** Keeps it, beside how the services were. */
export async function writeBoot(host: string, boot: string): Promise<void> {
  const state = JSON.stringify({ boot });
  await db().serviceSeen.upsert({ where: { id: host }, create: { id: host, state }, update: { state } });
}

/** The newest of one service, newest first, with what happened to its host. */
export async function readHappenings(service: string, limit: number): Promise<Happening[]> {
  const rows = await db().serviceEvent.findMany({
    where: { service: { in: [service, hostOf(service)] } },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: limit,
  });
  return rows.map(happeningOf);
}

/** As a source of activity: those of every service, or of one and its host, with their numbers. */
export async function readHappened({ until, below, service, limit }: SourceQuery): Promise<(Kept & { id: number })[]> {
  const at = until === null ? null : new Date(until);
  const earlier = at && [
    { at: { lt: at } },
    ...(below === "" ? [] : [{ at, ...(below === null ? {} : { id: { lt: Number(below) } }) }]),
  ];
  const rows = await db().serviceEvent.findMany({
    where: {
      ...(service === null ? {} : { service: { in: [service, hostOf(service)] } }),
      ...(earlier === null ? {} : { OR: earlier }),
    },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: limit,
  });
  return rows.map((row) => ({ ...happeningOf(row), service: row.service, id: row.id }));
}

/** What happened to other services between two times, newest first: `limit` at most. */
export async function readAround(from: Date, to: Date, limit: number): Promise<Kept[]> {
  const rows = await db().serviceEvent.findMany({
    where: { at: { gte: from, lte: to } },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: limit,
  });
  return rows.map((row) => ({ ...happeningOf(row), service: row.service }));
}

/** Lets go of what happened before, and of services that nobody has seen since then. */
export async function deleteHappenings(before: Date): Promise<void> {
  await db().serviceEvent.deleteMany({ where: { at: { lt: before } } });
  await db().cause.deleteMany({ where: { at: { lt: before } } });
  await db().serviceSeen.deleteMany({ where: { updatedAt: { lt: before } } });
}

/** The subject of what happens to a whole host: the first part of its services' ids. */
function hostOf(service: string): string {
  return service.slice(0, service.indexOf("/"));
}

function happeningOf({ at, oom, detail, ...row }: Row): Happening {
  return happeningSchema.parse({ ...row, at: timestamp(at), oomKilled: oom, detail: detail && JSON.parse(detail) });
}
