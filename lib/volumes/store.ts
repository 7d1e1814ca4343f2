import { extraOf, MADE_HERE } from "#lib/backups/store.ts";
import { db } from "#lib/db/client.ts";

export interface StoredSize {
  volume: string;
  measuredAt: Date;
  bytes: number;
  files: number;
}

/** ids of the volumes that somebody protects */
export async function readProtected(): Promise<Set<string>> {
  const rows = await db().volumeMark.findMany({ where: { protected: true }, select: { id: true } });
  return new Set(rows.map(({ id }) => id));
}

export async function setProtected(id: string, isProtected: boolean): Promise<void> {
  const mark = { protected: isProtected };
  await db().volumeMark.upsert({ where: { id }, create: { id, ...mark }, update: mark });
}

/** Every measuring since then, oldest first. */
export async function readSizes(since: Date): Promise<StoredSize[]> {
  const rows = await db().volumeSize.findMany({
    where: { measuredAt: { gte: since } },
    orderBy: { measuredAt: "asc" },
  });
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
}

/** The newest of a volume; null: never measured. */
export async function readNewestSize(volume: string): Promise<StoredSize | null> {
  const row = await db().volumeSize.findFirst({ where: { volume }, orderBy: { measuredAt: "desc" } });
  return row && { ...row, bytes: Number(row.bytes) };
}

/** Takes the place of another of the same day, so that there is one a day at most. */
export async function keepSize({ volume, measuredAt, bytes, files }: StoredSize): Promise<void> {
  const day = new Date(measuredAt);
  day.setUTCHours(0, 0, 0, 0);
  await db().$transaction([
    db().volumeSize.deleteMany({ where: { volume, measuredAt: { gte: day } } }),
    db().volumeSize.create({ data: { volume, measuredAt, bytes: BigInt(bytes), files } }),
  ]);
}

/** What a volume was is of no use to another one that bears its name. */
export async function forgetVolume(id: string): Promise<void> {
  await db().$transaction([
    db().volumeMark.deleteMany({ where: { id } }),
    db().volumeSize.deleteMany({ where: { volume: id } }),
  ]);
}

export async function deleteSizesBefore(time: Date): Promise<void> {
  await db().volumeSize.deleteMany({ where: { measuredAt: { lt: time } } });
}

export interface BackupInShort {
  id: string;
  sourceKey: string;
  createdAt: Date;
  size: number;
  verifiedAt: Date | null;
  /** entries that should be in it and are not */
  leftOut: number;
}

/** The newest backup of each source that is good as far as is known, by the source's key. */
export async function readNewestBackups(): Promise<Map<string, BackupInShort>> {
  const rows = await db().backup.findMany({
    where: { damage: null, ...MADE_HERE },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    distinct: ["sourceKey"],
    select: { id: true, sourceKey: true, createdAt: true, size: true, verifiedAt: true, extra: true },
  });
  return new Map(
    rows.map(({ extra, ...row }) => {
      const { lost } = extraOf({ extra, sourceKey: row.sourceKey });
      const leftOut = (lost?.unread ?? 0) + (lost?.vanished ?? 0);
      return [row.sourceKey, { ...row, size: Number(row.size), leftOut }];
    }),
  );
}

/** How the newest drill of each source went, by the source's key. */
export async function readNewestDrills(): Promise<Map<string, { at: string; passed: boolean }>> {
  const rows = await db().backup.findMany({
    where: { drill: { not: null }, drilledAt: { not: null } },
    orderBy: [{ drilledAt: "desc" }, { id: "desc" }],
    distinct: ["sourceKey"],
    select: { sourceKey: true, drilledAt: true, drill: true },
  });
  return new Map(
    rows.flatMap(({ sourceKey, drilledAt, drill }) => {
      const passed = (JSON.parse(drill ?? "{}") as { passed?: unknown }).passed === true;
      return drilledAt ? [[sourceKey, { at: drilledAt.toISOString(), passed }] as const] : [];
    }),
  );
}

/** When backups failed, by what they were about. */
export async function readFailedBackups(): Promise<Map<string, Date[]>> {
  const rows = await db().job.findMany({
    where: { kind: "backup", state: "failed" },
    select: { subject: true, createdAt: true },
  });
  return new Map(
    Map.groupBy(rows, ({ subject }) => subject)
      .entries()
      .map(([key, own]) => [key, own.map((one) => one.createdAt)]),
  );
}

export async function readDestinationNames(): Promise<Map<string, string>> {
  const rows = await db().destination.findMany({ select: { id: true, name: true } });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Sizes of all backups by the source's key, and of those that are younger than `since`. */
export async function readBackupSizes(
  since: Date,
): Promise<Map<string, { count: number; size: number; recent: number }>> {
  const [all, recent] = await Promise.all([
    db().backup.groupBy({ by: ["sourceKey"], _count: true, _sum: { size: true } }),
    db().backup.groupBy({ by: ["sourceKey"], where: { createdAt: { gte: since } }, _sum: { size: true } }),
  ]);
  const young = new Map(recent.map(({ sourceKey, _sum }) => [sourceKey, Number(_sum.size ?? 0)]));
  return new Map(
    all.map(({ sourceKey, _count, _sum }) => [
      sourceKey,
      { count: _count, size: Number(_sum.size ?? 0), recent: young.get(sourceKey) ?? 0 },
    ]),
  );
}

/** When the oldest backup was made; null: there is none. */
export async function readFirstBackup(): Promise<Date | null> {
  return (
    (await db().backup.findFirst({ orderBy: { createdAt: "asc" }, select: { createdAt: true } }))?.createdAt ?? null
  );
}
