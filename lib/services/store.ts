import { db } from "#lib/db/client.ts";
import type { Mark } from "./snapshot.ts";

/** Every mark that somebody set, by service id. */
export async function readMarks(): Promise<Map<string, Mark>> {
  const rows = await db().serviceMark.findMany();
  return new Map(rows.map((row) => [row.id, { pinned: row.pinned, protected: row.protected }]));
}

/** Keeps a mark; one that says nothing any more is removed. */
export async function writeMark(id: string, mark: Mark): Promise<void> {
  if (mark.pinned || mark.protected)
    await db().serviceMark.upsert({ where: { id }, create: { id, ...mark }, update: mark });
  else await db().serviceMark.deleteMany({ where: { id } });
}
