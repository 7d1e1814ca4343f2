/** What there is of a container's log, out of its files where they can be read. */
import { type HistoryQuery, type LogRecord, SupervisorError } from "../supervisor.ts";
import { type Engine, translate } from "./connect.ts";
import type { Containers } from "./containers.ts";
import { checkCursors, fileHistory } from "./file-history.ts";
import { type LogFiles, type LogPaths, openLogFiles } from "./log-files.ts";

interface Reach {
  engine: Engine;
  containers: Containers;
  logPaths: LogPaths;
}

interface Order {
  name: string;
  query: HistoryQuery;
  signal: AbortSignal;
}

/** null: the files cannot be read here, and the engine has to be asked. Throws `invalid_name`, `not_found`, `refused`. */
export async function readHistory(
  { engine, containers, logPaths }: Reach,
  { name, query, signal }: Order,
): Promise<AsyncIterable<LogRecord[]> | null> {
  checkCursors(query);
  const open = async () => {
    const { id } = await containers.find(name, signal);
    return openLogFiles(engine, logPaths, id, signal);
  };
  let files: LogFiles | null;
  try {
    files = await open().catch((error) => {
      // made anew under its name since it was last seen
      if (!(error instanceof SupervisorError) || error.reason !== "not_found") throw error;
      containers.forget(name);
      return open();
    });
  } catch (error) {
    if (signal.aborted) return null;
    throw translate(error, engine.scope);
  }
  return files && closing(files, fileHistory(files.segments, query, signal));
}

async function* closing(files: LogFiles, batches: AsyncGenerator<LogRecord[]>): AsyncGenerator<LogRecord[]> {
  try {
    yield* batches;
  } finally {
    await files.close();
  }
}
