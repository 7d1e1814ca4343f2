/**
 * Applies `prisma/migrations` at start: the effect of `prisma migrate deploy` on SQLite without its engine, with Prisma's
 * own bookkeeping table and checksums, so that both can be used on one file.
 */
import { createHash, randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { AppError, messageOf } from "#lib/platform/errors.ts";

const TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

interface Row {
  name: string;
  checksum: string;
  finished: string | null;
  rolledBack: string | null;
}

/**
 * Brings `file` up to the migrations in `folder`; returns the names that were applied. Safe with several processes
 * starting at once. Before the first change to a database that holds something, a copy is kept beside it.
 * Throws AppError `internal` when the database is newer than this version, was altered, or a migration fails; a failed
 * one is rolled back whole.
 */
export function migrate(file: string, folder: string): string[] {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const names = migrationNames(folder);
  const db = new Database(file, { timeout: 30_000 });
  const applied: string[] = [];
  try {
    fs.chmodSync(file, 0o600);
    db.pragma("journal_mode = WAL");
    // off before BEGIN: redefining a parent table drops the old one, which would cascade its children away
    db.pragma("foreign_keys = OFF");
    for (;;) {
      const name = applyNext(db, { names, folder, file, first: applied.length === 0 });
      if (!name) return applied;
      applied.push(name);
    }
  } finally {
    db.close();
  }
}

function migrationNames(folder: string): string[] {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** One migration per transaction: a second process waits at BEGIN and then sees the row. */
function applyNext(
  db: Database.Database,
  at: { names: string[]; folder: string; file: string; first: boolean },
): string | null {
  let name: string | undefined;
  db.exec("BEGIN IMMEDIATE");
  try {
    db.exec(TABLE);
    const rows = db
      .prepare(
        "SELECT migration_name AS name, checksum, finished_at AS finished, rolled_back_at AS rolledBack FROM _prisma_migrations",
      )
      .all() as Row[];
    refuseForeign(rows, at);
    const done = new Set(rows.filter((row) => row.rolledBack === null).map((row) => row.name));
    name = at.names.find((candidate) => !done.has(candidate));
    if (!name) {
      db.exec("COMMIT");
      return null;
    }
    if (at.first && done.size > 0) keepCopy(at.file);
    apply(db, name, fs.readFileSync(path.join(at.folder, name, "migration.sql"), "utf8"));
    db.exec("COMMIT");
    return name;
  } catch (error) {
    if (db.inTransaction) db.exec("ROLLBACK");
    if (error instanceof AppError) throw error;
    throw new AppError("internal", `The database migration ${name ?? ""} failed: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function refuseForeign(rows: Row[], at: { names: string[]; folder: string }): void {
  const failed = rows.find((row) => row.finished === null && row.rolledBack === null);
  if (failed)
    throw new AppError("internal", `The database migration ${failed.name} was left half-done by another tool`);
  for (const row of rows) {
    if (row.rolledBack !== null) continue;
    if (!at.names.includes(row.name))
      throw new AppError(
        "internal",
        `The database is newer than this version of Trihelm (it has ${row.name}). Run the newer version, or restore the copy kept beside it`,
      );
    const sql = fs.readFileSync(path.join(at.folder, row.name, "migration.sql"), "utf8");
    if (checksum(sql) !== row.checksum)
      throw new AppError("internal", `The database was made by another text of the migration ${row.name}`);
  }
}

function apply(db: Database.Database, name: string, sql: string): void {
  const started = prismaTime();
  db.exec(sql);
  const broken = db.pragma("foreign_key_check") as unknown[];
  if (broken.length > 0) throw new Error(`it leaves ${broken.length} rows without their parent`);
  db.prepare(
    "INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count) VALUES (?, ?, ?, ?, ?, 1)",
  ).run(randomUUID(), checksum(sql), name, started, prismaTime());
}

/** The transaction holds the write lock and has written nothing yet, so file and log are still as they were. */
function keepCopy(file: string): void {
  const copy = `${file}.before-migration`;
  for (const suffix of ["", "-wal"])
    if (fs.existsSync(file + suffix)) fs.copyFileSync(file + suffix, copy + suffix);
    else fs.rmSync(copy + suffix, { force: true });
}

function checksum(sql: string): string {
  return createHash("sha256").update(sql).digest("hex");
}

function prismaTime(): string {
  return new Date().toISOString().replace("Z", "+00:00");
}
