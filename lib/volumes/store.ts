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
