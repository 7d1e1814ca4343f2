/** Which files an app's lines are in, and whether they may be read. */
import type { Admit } from "#lib/platform/line-file.ts";
import type { LogRecord } from "../supervisor.ts";
import type { Pm2Process } from "./parse.ts";

/** Each file once, though many processes share it. One that takes both streams counts as standard output. */
export function filesOf(processes: readonly Pm2Process[]): Map<string, LogRecord["stream"]> {
  const files = new Map<string, LogRecord["stream"]>();
  for (const { outLog } of processes) if (isPath(outLog)) files.set(outLog, "stdout");
  for (const { errLog } of processes) if (isPath(errLog) && !files.has(errLog)) files.set(errLog, "stderr");
  return files;
}

/** PM2 takes `/dev/null` and `NULL` for a log that is not kept. */
function isPath(file: string | null): file is string {
  return file?.startsWith("/") === true && file !== "/dev/null" && !file.includes("\0");
}

/** As root, a path named by a user's daemon is that user's word: only files of that user are read. */
export function onlyOf(owner: number | null): Admit | null {
  if (owner === null) return null;
  return ({ uid }) => (uid === BigInt(owner) ? null : "it does not belong to the user of this PM2");
}
