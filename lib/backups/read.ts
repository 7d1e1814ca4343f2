/** Backups as pages, plans and other parts read them. */
import { type Access, may, reaches } from "#lib/auth/access.ts";
import { AppError } from "#lib/platform/errors.ts";
import { parseServiceId, serviceId } from "#lib/services/id.ts";
import type { Backup } from "./shapes.ts";
import { type BackupRow, backupOf, findBackup, listBackups, newestGoodRow, newestGoodRows } from "./store.ts";

/** Newest first; `source` is a source's key or a volume's id. */
export async function readBackups(
  { source }: { source?: string | undefined } = {},
  page?: { limit: number; cursor: string | null },
): Promise<{ items: (Backup & { sourceKey: string })[]; nextCursor?: string }> {
  const limit = page?.limit ?? 100_000;
  const rows = await listBackups(
    { sourceKey: source && keyOf(source) },
    { limit: limit + 1, before: page?.cursor ?? null },
  );
  const items = rows.slice(0, limit).map((row) => ({ ...backupOf(row), sourceKey: row.sourceKey }));
  const last = items.at(-1);
  return rows.length > limit && last ? { items, nextCursor: last.id } : { items };
}

/** Throws AppError `not_found`. */
export async function requireBackup(id: string): Promise<BackupRow> {
  const row = await findBackup(id);
  if (!row) throw new AppError("not_found", "There is no such backup. GET /api/v1/backups lists them");
  return row;
}

/** The newest one of a source, or of its plan, that is good as far as is known; null: there is none. */
export async function newestGood(sourceKey: string, schedule?: string): Promise<Backup | null> {
  const row = await newestGoodRow(sourceKey, schedule);
  return row && backupOf(row);
}

/** The same of every source. */
export async function newestGoodOfEach(): Promise<(Backup & { sourceKey: string })[]> {
  return (await newestGoodRows()).map((row) => ({ ...backupOf(row), sourceKey: row.sourceKey }));
}

/** True when this caller may know of a backup of this source. */
export function maySee(access: Access, sourceKey: string): boolean {
  return may(access, "read", null) && reaches(access, sourceKey);
}

/** A volume's id spelled any way is its key. */
function keyOf(source: string): string {
  const parts = parseServiceId(source);
  return parts ? serviceId(parts.host, parts.scope, parts.name) : source;
}
