import { requireBackup } from "./read.ts";
import type { Backup } from "./shapes.ts";
import { backupOf, changeBackup } from "./store.ts";

/** Changes what people say of a backup. Throws AppError `not_found`. */
export async function changeNote(
  id: string,
  { note, kept }: { note?: string | null | undefined; kept?: boolean | undefined },
): Promise<Backup> {
  const change = { ...(note === undefined ? {} : { note: note || null }), ...(kept === undefined ? {} : { kept }) };
  return backupOf((await changeBackup(id, change)) ?? (await requireBackup(id)));
}
