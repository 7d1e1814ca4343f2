/** Links, earlier times and patterns of the relay. Codes themselves are never here. */
import { db } from "#lib/db/client.ts";
import type {
  RelayEpisode as EpisodeRow,
  RelayLink as LinkRow,
  RelayPattern as PatternRow,
} from "#lib/db/generated/client.ts";

export type { EpisodeRow, LinkRow, PatternRow };

export async function addLink(
  link: Omit<LinkRow, "opens" | "openedAt" | "openedBy" | "openedFrom" | "endedAs" | "endedAt">,
) {
  return db().relayLink.create({ data: link });
}

/** Of those that are over, newest first. */
export async function readEndedLinks(limit: number, skip = 0): Promise<LinkRow[]> {
  return db().relayLink.findMany({
    where: { endedAs: { not: null } },
    orderBy: [{ createdAt: "desc" }, { id: "asc" }],
    ...{ take: limit, skip },
  });
}

export async function readLink(id: string): Promise<LinkRow | null> {
  return db().relayLink.findUnique({ where: { id } });
}

/** Those that have not been ended, whatever their time says. */
export async function readOpenLinks(): Promise<LinkRow[]> {
  return db().relayLink.findMany({ where: { endedAs: null } });
}

export interface Opening {
  mostOpens: number | null;
  at: Date;
  by: string | null;
  from: string | null;
}

/** Counts an opening where there is one left and the link is alive: of two at once for the last, one gets it. */
export async function countOpening(id: string, { mostOpens, at, by, from }: Opening): Promise<boolean> {
  const left = mostOpens === null ? {} : { opens: { lt: mostOpens } };
  const { count } = await db().relayLink.updateMany({
    where: { id, endedAs: null, expiresAt: { gt: at }, ...left },
    data: { opens: { increment: 1 }, openedBy: by, openedFrom: from },
  });
  // how long it took is counted from the first time
  if (count === 1) await db().relayLink.updateMany({ where: { id, openedAt: null }, data: { openedAt: at } });
  return count === 1;
}

/** True when it was not ended before. */
export async function endLinkRow(id: string, endedAs: string, endedAt: Date): Promise<boolean> {
  const { count } = await db().relayLink.updateMany({ where: { id, endedAs: null }, data: { endedAs, endedAt } });
  return count === 1;
}

/** True when it is alive still. */
export async function prolongLinkRow(id: string, expiresAt: Date): Promise<boolean> {
  const { count } = await db().relayLink.updateMany({ where: { id, endedAs: null }, data: { expiresAt } });
  return count === 1;
}

export async function deleteLinksBefore(time: Date): Promise<void> {
  await db().relayLink.deleteMany({ where: { endedAs: { not: null }, endedAt: { lt: time } } });
}

export async function writeEpisode(row: EpisodeRow): Promise<void> {
  const { id, ...data } = row;
  await db().relayEpisode.upsert({ where: { id }, create: row, update: data });
}

/** Newest first. */
export async function readEpisodeRows(limit: number): Promise<EpisodeRow[]> {
  return db().relayEpisode.findMany({ orderBy: { firstSeen: "desc" }, take: limit });
}

/** Services that asked since then. */
export async function readAsking(since: Date): Promise<string[]> {
  const rows = await db().relayEpisode.findMany({
    where: { lastSeen: { gt: since } },
    select: { service: true },
    distinct: ["service"],
    take: 200,
  });
  return rows.map(({ service }) => service);
}

/** What a server that was cut off left open, which it gives: nobody knows how it ended, or whether it goes on. */
export async function interruptEpisodes(endedAt: Date): Promise<EpisodeRow[]> {
  const rows = await db().relayEpisode.findMany({ where: { endedAt: null }, orderBy: { lastSeen: "asc" } });
  await db().relayEpisode.updateMany({ where: { endedAt: null }, data: { outcome: "interrupted", endedAt } });
  return rows;
}

export async function keepNewestEpisodes(count: number): Promise<void> {
  const [last] = await db().relayEpisode.findMany({ orderBy: { firstSeen: "desc" }, skip: count, take: 1 });
  if (last) await db().relayEpisode.deleteMany({ where: { firstSeen: { lte: last.firstSeen } } });
}

export async function deleteEpisodesBefore(time: Date): Promise<void> {
  await db().relayEpisode.deleteMany({ where: { lastSeen: { lt: time } } });
}

export async function readPatternRows(): Promise<PatternRow[]> {
  return db().relayPattern.findMany();
}

export async function readPatternRow(service: string): Promise<PatternRow | null> {
  return db().relayPattern.findUnique({ where: { service } });
}

export async function writePatternRow(row: Omit<PatternRow, "createdAt">): Promise<PatternRow> {
  const { service, ...data } = row;
  return db().relayPattern.upsert({
    where: { service },
    create: row,
    update: { ...data, createdAt: new Date() },
  });
}

/** False when there was none. */
export async function deletePatternRow(service: string): Promise<boolean> {
  return (await db().relayPattern.deleteMany({ where: { service } })).count > 0;
}
