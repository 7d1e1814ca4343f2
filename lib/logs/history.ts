/** What there is of one service's log, from either end, whatever its supervisor can do by itself. */
import {
  type HistoryQuery,
  hasLogHistory,
  type LogQuery,
  type LogReader,
  type LogRecord,
} from "#lib/supervisors/supervisor.ts";

export interface LogSource {
  /** the service's id */
  service: string;
  /** what its supervisor calls it */
  name: string;
  supervisor: LogReader;
}

export const EVERYTHING: HistoryQuery = {
  from: "oldest",
  since: null,
  until: null,
  after: null,
  before: null,
  through: null,
  anyOf: null,
};

const BATCH = 500;
/** lines read at first from the end of a log that cannot be read backwards; eight times as many each time after */
const NEWEST = 2000;
const LARGER = 8;
/** above this everything is read at once, and no more than this is kept of it */
const KEPT = 100_000;

/** Batches of records, each in order; with `from: "newest"` the newest batch is the first. */
export async function* readHistory(
  { supervisor, name }: LogSource,
  query: HistoryQuery,
  signal: AbortSignal,
): AsyncGenerator<LogRecord[]> {
  if (isNothing(query)) return;
  const own = hasLogHistory(supervisor) ? await supervisor.history(name, query, signal) : null;
  if (own) return yield* own;
  const read = (bounds: Partial<LogQuery>) => {
    const { since, until, after } = query;
    const wanted = { tail: null, since, until, after, follow: false, ...bounds };
    return inBatches(supervisor.logs(name, wanted, signal), query);
  };
  yield* query.from === "oldest" ? read({}) : fromNewest(read, query);
}

/** Behind a line and up to that same line: it would never come, and what has come since would be taken for the past. */
function isNothing({ after, through }: HistoryQuery): boolean {
  return after !== null && through !== null && markOf({ cursor: after }) === markOf({ cursor: through });
}

/** What tells a line from all others, whoever read it. */
export function markOf({ cursor }: Pick<LogRecord, "cursor">): string {
  const end = cursor.indexOf("~");
  return end < 0 ? cursor : cursor.slice(0, end);
}

/** The newest line there is, as far as lines have an end: who follows goes on behind it. null: there is none. */
export async function newestEnded(source: LogSource, signal: AbortSignal): Promise<LogRecord | null> {
  for await (const batch of readHistory(source, { ...EVERYTHING, from: "newest", endedOnly: true }, signal)) {
    const newest = batch.at(-1);
    if (newest) return newest;
  }
  return null;
}

async function* inBatches(records: AsyncIterable<LogRecord>, query: HistoryQuery): AsyncGenerator<LogRecord[]> {
  const before = query.before === null ? null : markOf({ cursor: query.before });
  const through = query.through === null ? null : markOf({ cursor: query.through });
  let batch: LogRecord[] = [];
  for await (const record of records) {
    const mark = before === null && through === null ? "" : markOf(record);
    if (before !== null && mark === before) break;
    batch.push(record);
    if (through !== null && mark === through) break;
    if (batch.length < BATCH) continue;
    yield batch;
    if (query.from === "oldest") query.onProgress?.(record.time, 0);
    batch = [];
  }
  const last = batch.at(-1);
  if (last && query.from === "oldest") query.onProgress?.(last.time, 0);
  yield batch;
}

/** More and more from the end, until the reader has enough: each reading is cut where the one before it began. */
async function* fromNewest(
  read: (bounds: Partial<LogQuery>) => AsyncIterable<LogRecord[]>,
  { before, through, after, onProgress }: HistoryQuery,
): AsyncGenerator<LogRecord[]> {
  const bounded = before !== null || through !== null || after !== null;
  let seen: string | null = null;
  for (let asked = NEWEST; ; asked *= LARGER) {
    const isAll = bounded || asked > KEPT;
    let kept: LogRecord[] = [];
    let count = 0;
    let met = false;
    let isCut = false;
    for await (const batch of read({ tail: isAll ? null : asked })) {
      count += batch.length;
      const end = seen === null ? -1 : batch.findIndex((record) => markOf(record) === seen);
      kept.push(...(end < 0 ? batch : batch.slice(0, end)));
      if (kept.length > 2 * KEPT) {
        kept = kept.slice(-KEPT);
        isCut = true;
      }
      met = end >= 0;
      if (met) break;
    }
    // where the line is gone from the log meanwhile, so is everything older
    if (seen !== null && !met) return;
    const first = kept[0];
    for (let at = kept.length; at > 0; at -= BATCH) yield kept.slice(Math.max(0, at - BATCH), at);
    if (kept[0]) onProgress?.(kept[0].time, 0);
    // what was dropped at the front is read in the next round, up to here
    if (!isCut && (isAll || (seen === null && count < asked))) return;
    if (first) seen = markOf(first);
    else if (seen !== null) return;
  }
}
