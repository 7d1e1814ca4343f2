/** SQLite's own word on the databases that an archive held, each asked in a process of its own: a large one takes minutes. */
import { lstat, rm } from "node:fs/promises";
import path from "node:path";
import { messageOf } from "#lib/platform/errors.ts";
import { run } from "#lib/platform/exec.ts";

export interface DatabaseVerdict {
  path: string;
  /** what is wrong with it; null: nothing */
  problem: string | null;
}

const CHECK = `
const Database = require("better-sqlite3");
const database = new Database(process.argv[1], { readonly: true, fileMustExist: true });
database.pragma("trusted_schema = off");
database.pragma("cell_size_check = on");
const lines = database.pragma("integrity_check(5)").map((row) => row.integrity_check);
process.stdout.write(JSON.stringify(lines));
`;
const MINUTES_MOST = 30;

/**
 * Asks for each database that a manifest names, in a folder that they were unpacked into. They are read only; what SQLite puts
 * beside one to read its log (`-shm`) is removed again.
 */
export async function checkDatabases(
  folder: string,
  paths: readonly string[],
  { signal }: { signal?: AbortSignal } = {},
): Promise<DatabaseVerdict[]> {
  const verdicts: DatabaseVerdict[] = [];
  for (const one of paths) {
    signal?.throwIfAborted();
    verdicts.push({ path: one, problem: await problemOf(folder, one, signal) });
  }
  return verdicts;
}

async function problemOf(folder: string, name: string, signal?: AbortSignal): Promise<string | null> {
  // a name that is no text cannot be told to SQLite
  if (/\\x[89a-f]/.test(name)) return "It was not asked: its name is no text";
  const file = path.join(
    folder,
    name.replaceAll(/\\x([0-7][0-9a-f])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  );
  if (!(await isThere(file))) return "It is missing";
  const beside = [`${file}-shm`, `${file}-wal`];
  const before = await Promise.all(beside.map(isThere));
  try {
    return await ask(file, signal);
  } catch (error) {
    if (signal?.aborted) throw error;
    return `It could not be asked: ${messageOf(error)}`;
  } finally {
    for (const [index, made] of beside.entries()) if (!before[index]) await rm(made, { force: true });
  }
}

async function ask(file: string, signal?: AbortSignal): Promise<string | null> {
  const options = { timeout: MINUTES_MOST * 60, maxOutput: 1024 * 1024, ...(signal ? { signal } : {}) };
  const { exitCode, stdout, stderr } = await run(process.execPath, ["-e", CHECK, "--", file], options);
  if (exitCode !== 0) return /SqliteError: (.*)/.exec(stderr)?.[1] ?? "SQLite cannot open it";
  const lines = JSON.parse(stdout) as string[];
  return lines.length === 1 && lines[0] === "ok" ? null : lines.join("; ").slice(0, 500);
}

async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}
