/**
 * Writes into the repository that have no backup yet, by the tag of their snapshot. They stand in the database, so that one
 * that was lost or put back names nothing of what the repository holds as left over.
 */
import { db } from "#lib/db/client.ts";

/** rows among the intents that `recover.ts` has nothing to do with */
export const RESTIC_WRITE = "restic";

/** On disk before restic begins. The row of its backup takes it away in the same moment as it is made. */
export async function noteWrite(tag: string): Promise<void> {
  await db().intent.create({ data: { id: writeId(tag), job: "", kind: RESTIC_WRITE, body: JSON.stringify({ tag }) } });
}

export async function forgetWrite(tag: string): Promise<void> {
  await db().intent.deleteMany({ where: { id: writeId(tag) } });
}

/** Tags of those that came to no backup, while nothing is being written. */
export async function leftWrites(): Promise<string[]> {
  const rows = await db().intent.findMany({ where: { kind: RESTIC_WRITE }, orderBy: { createdAt: "asc" } });
  return rows.map(({ id }) => id.slice(writeId("").length));
}

/** The row that notes it. */
export function writeId(tag: string): string {
  return `${RESTIC_WRITE}:${tag}`;
}
