/** What there is of a container's log, out of its files where they can be read. */
import { readHistory as readJournal } from "../journal/history.ts";
import { type HistoryQuery, type LogRecord, SupervisorError } from "../supervisor.ts";
import { type Engine, translate } from "./connect.ts";
import type { Containers } from "./containers.ts";
import { checkCursors, fileHistory } from "./file-history.ts";
import { journalOf } from "./journal.ts";
import { type LogFiles, type LogPlaces, openLogFiles } from "./log-files.ts";

interface Reach {
  engine: Engine;
  containers: Containers;
  logPlaces: LogPlaces;
}

interface Order {
  name: string;
  query: HistoryQuery;
  signal: AbortSignal;
}

/** null: the files cannot be read here, and the engine has to be asked. Throws `invalid_name`, `not_found`, `refused`. */
export async function readHistory(
  { engine, containers, logPlaces }: Reach,
  { name, query, signal }: Order,
): Promise<AsyncIterable<LogRecord[]> | null> {
  const open = async () => {
    const { id, detail } = await containers.find(name, signal);
    const cursors = [query.after, query.before, query.through];
    const journal = await journalOf(engine, logPlaces, { id, name, cursors }, signal);
    if (journal) return readJournal(journal, query, signal);
    checkCursors(query);
    const files = await openLogFiles(engine, logPlaces, id, signal);
    return files && closing(files, fileHistory(files.segments, query, { signal, created: detail.created }));
  };
  try {
    return await open().catch((error) => {
      // made anew under its name since it was last seen
      if (!(error instanceof SupervisorError) || error.reason !== "not_found") throw error;
      containers.forget(name);
      return open();
    });
  } catch (error) {
    if (signal.aborted) return null;
    throw translate(error, engine.scope);
  }
}

async function* closing(files: LogFiles, batches: AsyncGenerator<LogRecord[]>): AsyncGenerator<LogRecord[]> {
  try {
    yield* batches;
  } finally {
    await files.close();
  }
}
