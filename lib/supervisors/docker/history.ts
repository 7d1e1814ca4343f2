/** What there is of a container's log, out of its files where they can be read. */
import { readHistory as readJournal } from "../journal/history.ts";
import { type HistoryQuery, type LogRecord, SupervisorError } from "../supervisor.ts";
import { translate } from "./connect.ts";
import { checkCursors, fileHistory } from "./file-history.ts";
import { journalOf } from "./journal.ts";
import { type LogFiles, openLogFiles } from "./log-files.ts";
import { type Reach, readBatches } from "./logs.ts";

interface Order {
  name: string;
  query: HistoryQuery;
  signal: AbortSignal;
}

/** null: neither files nor the engine give it in this order, and `logs` has to do. Throws `invalid_name`, `not_found`, `refused`. */
export async function readHistory(
  reach: Reach,
  { name, query, signal }: Order,
): Promise<AsyncIterable<LogRecord[]> | null> {
  const { engine, containers, logPlaces } = reach;
  const open = async () => {
    const { id, detail } = await containers.find(name, signal);
    const cursors = [query.after, query.before, query.through];
    const journal = await journalOf(engine, logPlaces, { id, name, cursors }, signal);
    if (journal) return readJournal(journal, query, signal);
    checkCursors(query);
    const files = await openLogFiles(engine, logPlaces, id, signal);
    if (files) return closing(files, fileHistory(files.segments, query, { signal, created: detail.created }));
    return isOnward(query) ? fromEngine(reach, { name, query, signal }) : null;
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

/** As the engine itself gives a log: from a place on, to its end. */
function isOnward({ from, before, through, endedOnly }: HistoryQuery): boolean {
  return from === "oldest" && before === null && through === null && endedOnly !== true;
}

async function* fromEngine(reach: Reach, { name, query, signal }: Order): AsyncGenerator<LogRecord[]> {
  const { since, until, after } = query;
  const wanted = { tail: null, since, until, after, follow: false };
  for await (const lines of readBatches(reach, { name, query: wanted, signal })) {
    const newest = lines.at(-1);
    if (newest) query.onProgress?.(newest.time, 0);
    yield lines;
  }
}

async function* closing(files: LogFiles, batches: AsyncGenerator<LogRecord[]>): AsyncGenerator<LogRecord[]> {
  try {
    yield* batches;
  } finally {
    await files.close();
  }
}
