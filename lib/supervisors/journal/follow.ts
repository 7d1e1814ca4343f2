/**
 * Lines as `logs` gives them: what there is, then what comes. Nothing is lost between the two: the follower begins at the
 * entry that was last when the history was asked for, and drops what was shown already. `-f -n0` would lose lines of a
 * unit that never logged.
 */
import { sleep } from "#lib/platform/clock.ts";
import { type HistoryQuery, type LogQuery, type LogRecord, SupervisorError } from "../supervisor.ts";
import { type Cursor, parseCursor } from "./cursor.ts";
import { readHistory } from "./history.ts";
import { type JournalPlace, readEntries } from "./journalctl.ts";
import { type Entry, forwardPieces, type Pieces } from "./pieces.ts";

/** milliseconds that a piece of a line waits for the next */
const LONGEST_WAIT = 1000;

/** Throws SupervisorError: `invalid_name` for a foreign cursor, `denied`, `unreachable`, `refused`. */
export async function* readLogs(place: JournalPlace, query: LogQuery, signal: AbortSignal): AsyncGenerator<LogRecord> {
  if (query.after !== null && !parseCursor(query.after))
    throw new SupervisorError("invalid_name", "This is not a cursor of the journal");
  const isWhole = query.follow && query.tail === null && query.until === null;
  let last = query.after;
  // from a cursor on the past and what comes are one
  if (!(isWhole && last !== null)) {
    // taken before the history is read: what arrives while it is read is in both, and dropped once
    const end = query.follow ? await lastCursor(place, signal) : null;
    for await (const batch of pastOf(place, query, signal)) {
      yield* batch;
      last = batch.at(-1)?.cursor ?? last;
    }
    if (!query.follow || signal.aborted) return;
    if (last === null) return yield* follow(place, end === null ? null : { entry: end, line: null }, false, signal);
  }
  yield* follow(place, parseCursor(last!), true, signal);
}

function pastOf(place: JournalPlace, query: LogQuery, signal: AbortSignal): AsyncIterable<LogRecord[]> {
  const { tail, since, until, after } = query;
  const all: HistoryQuery = { from: "oldest", since, until, after, before: null, through: null, anyOf: null };
  return tail === null ? readHistory(place, all, signal) : newest(place, { ...all, from: "newest" }, { tail, signal });
}

async function* newest(
  place: JournalPlace,
  query: HistoryQuery,
  { tail, signal }: { tail: number; signal: AbortSignal },
): AsyncGenerator<LogRecord[]> {
  const kept: LogRecord[][] = [];
  let count = 0;
  if (tail > 0)
    for await (const batch of readHistory(place, query, signal)) {
      kept.push(batch);
      count += batch.length;
      if (count >= tail) break;
    }
  const all = kept.reverse().flat();
  yield all.slice(Math.max(0, all.length - tail));
}

/** What comes after the place, in batches as they come. `isShown`: its own line is shown already. */
async function* follow(
  place: JournalPlace,
  from: Cursor | null,
  isShown: boolean,
  signal: AbortSignal,
): AsyncGenerator<LogRecord> {
  const start = from === null ? "--since=@0" : `--cursor=${from.entry}`;
  let isFirst = true;
  const read = readEntries(place, ["--follow", "--no-tail", start], { signal });
  for await (const entries of withoutWaiting(read, forwardPieces(new Set(from ? [from.entry] : []))))
    for (const entry of entries) {
      const isOwn = isFirst && isShown && from !== null && entry.at(-1)?.cursor === from.entry;
      isFirst = false;
      if (!isOwn) yield* entry;
      else if (from.line !== null) yield* entry.slice(from.line + 1);
    }
}

/** A line that goes on in another entry waits for it, and not for ever. */
async function* withoutWaiting(read: AsyncGenerator<Entry[]>, pieces: Pieces): AsyncGenerator<LogRecord[][]> {
  let coming = read.next();
  try {
    for (;;) {
      const timer = new AbortController();
      const isLate = pieces.isWaiting && sleep(LONGEST_WAIT, timer.signal).then(() => "late" as const);
      const next = await (isLate ? Promise.race([coming, isLate]) : coming);
      timer.abort();
      if (next === "late") yield pieces.rest();
      else if (next.done) return yield pieces.rest();
      else {
        coming = read.next();
        yield pieces.push(next.value);
      }
    }
  } finally {
    await read.return(undefined);
  }
}

/** Where the journal ends now, whoever wrote there; null when it is empty. */
async function lastCursor({ journal }: JournalPlace, signal: AbortSignal): Promise<string | null> {
  let cursor: string | null = null;
  for await (const entries of readEntries({ journal, matches: [], manager: null }, ["--lines=1"], { signal }))
    cursor = entries.at(-1)?.cursor ?? null;
  return cursor;
}
