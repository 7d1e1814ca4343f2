/** One service's lines by a selection: what there is of it, then what comes. */
import { requireService } from "#lib/services/read.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import type { HistoryQuery, LogRecord } from "#lib/supervisors/supervisor.ts";
import { type Following, follow, type Taken } from "./follow.ts";
import { EVERYTHING, type LogSource, readHistory } from "./history.ts";
import { gapLine, type LogLine } from "./line.ts";
import { isEarlier } from "./merge.ts";
import { shortMark } from "./merged-cursor.ts";
import type { Selection } from "./query.ts";
import { Seam } from "./seam.ts";
import { hintOf, lineMaker, type ToLine } from "./to-line.ts";

/** lines of a tail that are kept while they are looked for; a longer one is found first and read then */
const SHORT_TAIL = 5000;
/** milliseconds of work between two turns of the event loop, and lines between two looks at the clock */
const SLICE = 12;
const LOOK = 8;
const TOO_SLOW = "they came faster than this reader took them";

/** The service behind an id. Throws `not_found`. */
export function logSource(service: string): LogSource {
  requireService(service);
  const { source, record } = snapshot().find(service)!;
  return { service, name: record.name, supervisor: source };
}

/** Batches of lines in order. Throws SupervisorError; ends quietly when the signal aborts. */
export async function* readLines(
  source: LogSource,
  selection: Selection,
  signal: AbortSignal,
): AsyncGenerator<LogLine[]> {
  const toLine = lineMaker(source.service, selection);
  const order = { source, toLine, selection, signal };
  if (!selection.follow) return yield* readSelected(order, null);
  const following = await follow(source, signal);
  try {
    const { joinedAt } = following;
    const seam = new Seam(joinedAt, selection.after === null ? null : shortMark(selection.after));
    // the log can be read: whoever waits for the first answer need not wait for the first line
    yield [];
    if (joinedAt !== null) yield* readSelected({ ...order, seam }, joinedAt);
    yield* liveLines(following, order, seam);
  } finally {
    following.close();
  }
}

interface Order {
  source: LogSource;
  toLine: ToLine;
  selection: Selection;
  signal: AbortSignal;
  seam?: Seam;
}

function readSelected(order: Order, through: string | null): AsyncGenerator<LogLine[]> {
  const query = historyQuery(order.selection, through);
  const { tail } = order.selection;
  if (tail === null) return inOrder(order, query);
  return tail <= SHORT_TAIL ? shortTail(order, query, tail) : longTail(order, query, tail);
}

/** The bounds that a source is asked for. */
function historyQuery(selection: Selection, through: string | null): HistoryQuery {
  const { since, until, after, before } = selection;
  // what was not shown since the reader left is not much, and each line counts where it is joined to what comes
  const anyOf = after === null ? hintOf(selection) : null;
  return { ...EVERYTHING, since, until, after, before, through, anyOf };
}

async function* inOrder({ source, toLine, signal, seam }: Order, query: HistoryQuery): AsyncGenerator<LogLine[]> {
  for await (const batch of readHistory(source, query, signal)) {
    seam?.read(batch);
    yield await linesOf(batch, toLine);
  }
}

async function* shortTail(order: Order, query: HistoryQuery, tail: number): AsyncGenerator<LogLine[]> {
  const { source, toLine, signal, seam } = order;
  const found: LogLine[][] = [];
  let count = 0;
  if (tail > 0)
    for await (const batch of readHistory(source, { ...query, from: "newest" }, signal)) {
      if (found.length === 0) seam?.read(batch);
      const lines = await linesOf(batch, toLine);
      found.push(lines);
      count += lines.length;
      if (count >= tail) break;
    }
  const all = found.reverse().flat();
  yield all.slice(Math.max(0, all.length - tail));
}

/** Looks from the end for the line before the first wanted one, keeping nothing, and reads on from there. */
async function* longTail(order: Order, query: HistoryQuery, tail: number): AsyncGenerator<LogLine[]> {
  const { source, toLine, signal } = order;
  let left = tail;
  for await (const batch of readHistory(source, { ...query, from: "newest" }, signal)) {
    const lines = await linesOf(batch, toLine);
    if (lines.length > left) {
      const after = lines[lines.length - left - 1]!.cursor;
      return yield* inOrder(order, { ...query, after });
    }
    left -= lines.length;
  }
  yield* inOrder(order, query);
}

/** What comes, until the reader leaves. */
async function* liveLines(
  following: Following,
  { source, toLine, selection }: Order,
  seam: Seam,
): AsyncGenerator<LogLine[]> {
  const { until } = selection;
  for (let taken = await following.take(); taken; taken = await following.take()) {
    const records = seam.cut(taken.records);
    const lines = await linesOf(records, toLine);
    const wanted = until === null ? lines : lines.filter(({ time }) => !isEarlier(until, time));
    yield [...missedLines(source.service, taken), ...wanted];
  }
}

/** Says how many lines a slow reader missed, where they would have been. */
export function missedLines(service: string, { records, missed }: Taken): LogLine[] {
  const [first] = records;
  if (missed === 0 || !first) return [];
  return [gapLine({ cursor: first.cursor, time: first.time, service }, { lines: missed, reason: TOO_SLOW })];
}

/** The wanted ones; gives way to others where an expression makes it long. */
export async function linesOf(records: readonly LogRecord[], toLine: ToLine): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  let since = performance.now();
  for (const [index, record] of records.entries()) {
    const line = toLine(record);
    if (line) lines.push(line);
    if (index % LOOK === 0 && performance.now() - since > SLICE) {
      await new Promise((resolve) => setImmediate(resolve));
      since = performance.now();
    }
  }
  return lines;
}
