/** A data folder of its own with an empty, migrated database, for the tests of one file and for benchmarks. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { db, openDatabase } from "./client.ts";

/** Call it before anything reads the configuration: the folder is told by the environment. */
export async function openScratch(): Promise<{ folder: string; close: () => Promise<void> }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-scratch-"));
  process.env.TRIHELM_DATA_DIR = folder;
  process.env.TRIHELM_LOG_LEVEL ??= "silent";
  await openDatabase();
  return {
    folder,
    async close() {
      await db().$disconnect();
      fs.rmSync(folder, { recursive: true });
    },
  };
}
