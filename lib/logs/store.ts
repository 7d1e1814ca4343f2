import { db } from "#lib/db/client.ts";

export interface StoredLogSource {
  id: string;
  service: string | null;
  pattern: string;
  title: string;
  createdAt: Date;
}

/** What administrators named, oldest first. */
export function readLogSources(): Promise<StoredLogSource[]> {
  return db().logSource.findMany({ orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
}

export function readLogSource(id: string): Promise<StoredLogSource | null> {
  return db().logSource.findUnique({ where: { id } });
}

export function addLogSource(source: Omit<StoredLogSource, "createdAt">): Promise<StoredLogSource> {
  return db().logSource.create({ data: source });
}

/** False: there was none. */
export async function removeLogSource(id: string): Promise<boolean> {
  return (await db().logSource.deleteMany({ where: { id } })).count > 0;
}
