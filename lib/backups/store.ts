import { db } from "#lib/db/client.ts";
import type { Backup as BackupRow, Intent as IntentRow, Prisma } from "#lib/db/generated/client.ts";
import { timestamp } from "#lib/platform/clock.ts";
import type { Lost } from "./archive/lost.ts";
import { RESTIC_WRITE, writeId } from "./restic/store.ts";
import { type Backup, type Source, sourceSchema } from "./shapes.ts";

export type { BackupRow };

/** What a row's `extra` holds. @public */
export interface BackupExtra {
  title: string;
  /** some of the source was left out by pattern: what is not in it may be there all the same */
  partial?: true;
  /** id of the encryption that it was closed with */
  encryption?: string;
  /** entries that should be in it and are not */
  lost?: Lost;
  /** restic's snapshot */
  snapshot?: string;
  /** of the manifest: what was left out, and what a restore needs to know */
  context?: Record<string, unknown>;
}

const NEWEST = [{ createdAt: "desc" as const }, { id: "desc" as const }];

export type NewBackupRow = Omit<Prisma.BackupUncheckedCreateInput, "source" | "extra" | "drill" | "damage"> & {
  source: Source;
  extra: BackupExtra;
};

/** Adds a backup that was proven, and forgets in the same moment that its archive was on its way. */
export async function addBackup({ source, extra, ...row }: NewBackupRow, intent: string | null): Promise<BackupRow> {
  const data = { ...row, source: JSON.stringify(source), extra: JSON.stringify(extra) };
  const [made] = await db().$transaction([
    db().backup.create({ data }),
    db().intent.deleteMany({ where: { id: { in: [intent ?? "", writeId(row.id)] } } }),
  ]);
  return made;
}

export async function findBackup(id: string): Promise<BackupRow | null> {
  return db().backup.findUnique({ where: { id } });
}

/** Newest first. */
export async function listBackups(
  filter: { sourceKey?: string | undefined },
  page: { limit: number; before: string | null } = { limit: 100_000, before: null },
): Promise<BackupRow[]> {
  return db().backup.findMany({
    where: filter.sourceKey === undefined ? {} : { sourceKey: filter.sourceKey },
    orderBy: NEWEST,
    take: page.limit,
    ...(page.before === null ? {} : { cursor: { id: page.before }, skip: 1 }),
  });
}

const IMPORTED = { extra: { contains: '"imported":true' } };
const PARTIAL = { extra: { contains: '"partial":true' } };
/** made here, of all or some of the source: what was taken in from elsewhere says nothing about the source */
export const MADE_HERE = { OR: [{ extra: null }, { NOT: IMPORTED }] };
/** made here, of all of the source */
const WHOLE = { OR: [{ extra: null }, { NOT: { OR: [IMPORTED, PARTIAL] } }] };

/** The newest that is good as far as is known; of a plan's where there is one, else a whole one before one of some of it. */
export async function newestGoodRow(sourceKey: string, schedule?: string): Promise<BackupRow | null> {
  const newest = (where: Prisma.BackupWhereInput) =>
    db().backup.findFirst({ where: { sourceKey, damage: null, ...where }, orderBy: NEWEST });
  const own = schedule === undefined ? null : await newest({ schedule });
  return own ?? (await newest(WHOLE)) ?? newest(MADE_HERE);
}

/** The newest of every source that was made of it and is good as far as is known. */
export async function newestGoodRows(): Promise<BackupRow[]> {
  return db().backup.findMany({
    where: { damage: null, ...MADE_HERE },
    distinct: ["sourceKey"],
    orderBy: NEWEST,
  });
}

/** How many of a source are good as far as is known and hold no less of it, besides this one. */
export async function countGoodBeside(sourceKey: string, id: string): Promise<number> {
  const row = await findBackup(id);
  const kept: BackupExtra | null = row && JSON.parse(row.extra ?? "{}");
  const noLess = kept?.context?.imported ? {} : kept?.partial ? MADE_HERE : WHOLE;
  return db().backup.count({ where: { sourceKey, damage: null, id: { not: id }, ...noLess } });
}

/** True where a backup's archive lies here. */
export async function isPlaceTaken(place: string): Promise<boolean> {
  return (await db().backup.count({ where: { place } })) > 0;
}

export async function changeBackup(
  id: string,
  change: Pick<
    Prisma.BackupUncheckedUpdateInput,
    "note" | "kept" | "verifiedAt" | "drilledAt" | "drill" | "damage" | "place"
  >,
): Promise<BackupRow | null> {
  const { count } = await db().backup.updateMany({ where: { id }, data: change });
  return count === 0 ? null : findBackup(id);
}

export async function deleteBackupRow(id: string): Promise<void> {
  await db().backup.deleteMany({ where: { id } });
}

/** A row as the API tells it. */
export function backupOf(row: BackupRow): Backup {
  const time = (at: Date | null) => at && timestamp(at);
  const { title, lost } = extraOf(row);
  const { id, files, sha256, encrypted, note, kept, schedule, host } = row;
  return {
    ...{ id, title, files, sha256, encrypted, note, kept, schedule, host },
    source: sourceSchema.parse(JSON.parse(row.source)),
    createdAt: timestamp(row.createdAt),
    size: Number(row.size),
    leftOut: (lost?.unread ?? 0) + (lost?.vanished ?? 0),
    originalSize: Number(row.originalSize),
    consistency: row.consistency as Backup["consistency"],
    engine: row.engine as Backup["engine"],
    verifiedAt: time(row.verifiedAt),
    drilledAt: time(row.drilledAt),
    drill: row.drill === null ? null : (JSON.parse(row.drill) as Backup["drill"]),
    damage: row.damage === null ? null : String(JSON.parse(row.damage)),
    safety:
      row.safetyFor === null ? null : { for: row.safetyFor as "restore" | "delete", until: time(row.safetyUntil) },
    copies: (JSON.parse(row.copies) as { destination: string; key: string; at: string; name?: string }[]).map(
      ({ destination, key, at, name }) => ({ destination, name: name ?? key, at }),
    ),
    tool: { name: row.toolName, version: row.toolVersion },
  };
}

/** What else a row holds. */
export function extraOf(row: Pick<BackupRow, "extra" | "sourceKey">): BackupExtra {
  const kept: Partial<BackupExtra> = JSON.parse(row.extra ?? "{}");
  // an exact replacement by it would remove what it lacks, whatever it lacks that for
  const partial = kept.partial || kept.lost?.unread ? { partial: true as const } : {};
  return { title: row.sourceKey.slice(row.sourceKey.lastIndexOf("/") + 1), ...kept, ...partial };
}

/** Writes down what is about to be done; it is on disk when this resolves. */
export async function writeIntent(row: { id: string; job: string; kind: string; body: unknown }): Promise<void> {
  const body = JSON.stringify(row.body);
  await db().intent.upsert({ where: { id: row.id }, create: { ...row, body }, update: { body } });
}

export async function deleteIntent(id: string): Promise<void> {
  await db().intent.deleteMany({ where: { id } });
}

/** Oldest first; what restic was asked to write is put right with its repository. */
export async function listIntents(): Promise<IntentRow[]> {
  return db().intent.findMany({
    where: { kind: { not: RESTIC_WRITE } },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
}
