/** A copy of somebody else's SQLite database while they write it, with what stands in its log so far. */
import Database from "better-sqlite3";

/** pages at once: 4 MiB of the usual size */
const STEP = 1024;
/** a database that is smaller is copied at one go, in well under a second */
const SMALL = 64 * 1024 * 1024;
/** milliseconds; after so long a database that is written all the time is copied at one go too, else it would never end */
const PATIENCE = 30_000;

/**
 * By SQLite's own online backup, over a connection that only reads: it never writes a log back into its database. The owner is
 * not held up where the database has a log, and otherwise for a step at a time. `opened` is asked once the files are open,
 * and may refuse by throwing. Throws SQLite's errors.
 */
export async function copyOnline(
  file: string,
  { to, size }: { to: string; size: number },
  opened: () => void,
): Promise<void> {
  const database = new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    // with a log, a view of one moment holds up nobody, and the copy need not begin again
    if (database.pragma("journal_mode", { simple: true }) === "wal") database.exec("BEGIN");
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    opened();
    const started = performance.now();
    const pages = () => (size < SMALL || performance.now() - started > PATIENCE ? 0x7fffffff : STEP);
    await database.backup(to, { progress: pages });
  } finally {
    database.close();
  }
}
