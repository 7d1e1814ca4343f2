import path from "node:path";
import { env } from "#lib/platform/env.ts";
import { onExit } from "#lib/platform/shutdown.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { PrismaClient } from "./generated/client.ts";
import { migrate } from "./migrate.ts";
import { SerializedSqlite } from "./sqlite-adapter.ts";

/** The database file of this server. */
export function databaseFile(): string {
  return path.join(/* turbopackIgnore: true */ env().dataDir, "trihelm.db");
}

/** The one client of this process; `openDatabase` has to have run. Only `store.ts` files use it. */
export function db(): PrismaClient {
  return singleton("db", () => connect(databaseFile()));
}

/** A client on a given file: WAL, and a commit that survives a power cut. */
export function connect(file: string): PrismaClient {
  return new PrismaClient({ adapter: new SerializedSqlite({ url: `file:${file}`, timeout: 5000 }) });
}

/** Migrates and opens the database; returns the migrations applied. Throws AppError when it cannot be used. */
export async function openDatabase(): Promise<string[]> {
  const applied = migrate(databaseFile(), migrationsFolder());
  await db().$queryRawUnsafe("PRAGMA synchronous = FULL");
  onExit(() => void db().$disconnect());
  return applied;
}

/** Milliseconds that a trivial query takes. Throws when the database is broken. */
export async function pingDatabase(): Promise<number> {
  const before = performance.now();
  await db().$queryRawUnsafe("SELECT count(*) FROM ServiceMark");
  return Math.round((performance.now() - before) * 100) / 100;
}

/** The traced server carries the migrations at the same place below its working folder. */
export function migrationsFolder(): string {
  return path.join(/* turbopackIgnore: true */ process.cwd(), "prisma", "migrations");
}
