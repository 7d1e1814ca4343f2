/** The entries of `dump.pm2`, which `pm2 save` wrote. They hold each app's environment. */
import fs from "node:fs/promises";
import { messageOf } from "#lib/platform/errors.ts";
import { SupervisorError } from "../supervisor.ts";

const MOST = 32 * 1024 * 1024;

/** Those of one app, as they are written; empty where nothing is saved. Throws `refused` for what PM2 does not write. */
export async function readSaved(
  file: string,
  { name, namespace }: { name: string; namespace: string | null },
): Promise<unknown[]> {
  const text = await readDump(file);
  if (text === null) return [];
  try {
    const entries: unknown = JSON.parse(text);
    if (!Array.isArray(entries)) throw new SyntaxError("it is no list");
    return entries.filter((entry: unknown) => {
      const own = (entry ?? {}) as { name?: unknown; namespace?: unknown };
      return String(own.name) === name && (namespace === null || (own.namespace ?? "default") === namespace);
    });
  } catch (error) {
    throw new SupervisorError("refused", "PM2's dump is not what `pm2 save` writes", { cause: error });
  }
}

/** The file as it is, secrets included; null: there is none. Throws `refused` where it cannot be read. */
export async function readDump(file: string): Promise<string | null> {
  try {
    const stats = await fs.stat(file);
    if (!stats.isFile() || stats.size > MOST) throw new Error("it is no file of a size that PM2 writes");
    return await fs.readFile(file, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return null;
    throw new SupervisorError("refused", `PM2's dump cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
