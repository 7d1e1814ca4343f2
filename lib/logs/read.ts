/** One service's lines by a selection: what there is of it, then what comes. */
import type { HistoryQuery, LogRecord } from "#lib/supervisors/supervisor.ts";
import { type Following, follow, type Taken } from "./follow.ts";
import { EVERYTHING, type LogSource, readHistory } from "./history.ts";
import { gapLine, type LogLine } from "./line.ts";
import { marksOf, timeAt, withMarks } from "./markers.ts";
import { isEarlier } from "./merge.ts";
import { shortMark } from "./merged-cursor.ts";
import type { Progress } from "./progress.ts";
import type { Selection } from "./query.ts";
import { Seam } from "./seam.ts";
import { hintOf, lineMaker, type ToLine } from "./to-line.ts";

/** lines of a tail that are kept while they are looked for; a longer one is found first and read then */
const SHORT_TAIL = 5000;
/** milliseconds of work between two turns of the event loop, and lines between two looks at the clock */
const SLICE = 12;
const LOOK = 8;
/** a writer that is faster than its file can be read is not waited for longer */
const ROUNDS = 5;
const TOO_SLOW = "they came faster than this reader took them";

export interface Reading {
  signal: AbortSignal;
  /** told how far it is */
  progress?: Progress | null;
}

/** Batches of lines in order. Throws SupervisorError; ends quietly when the signal aborts. */
export async function* readLines(
  source: LogSource,
  selection: Selection,
  { signal, progress = null }: Reading,
): AsyncGenerator<LogLine[]> {
  const toLine = lineMaker(source.service, selection);
  const order = { source, toLine, selection, signal, onProgress: progress?.of(0) };
  const marks = selection.markers ? await marksOf(source, signal) : [];
  const known = marks.length === 0 || selection.after === null ? null : await timeAt(source, selection.after, signal);
  if (!selection.follow) {
    yield* withMarks(readSelected(order, null), marks, { selection, known });
    return progress?.done();
  }
  const following = await follow(source, signal);
  try {
    const { joinedAt } = following;
    const seam = new Seam(joinedAt, selection.after === null ? null : shortMark(selection.after));
    // the log can be read: whoever waits for the first answer need not wait for the first line
    yield [];
    const past = joinedAt === null ? nothing() : readSelected({ ...order, seam }, joinedAt);
    yield* withMarks(past, marks, { selection, known });
    for await (const records of meanwhile(source, following, signal)) yield await linesOf(records, toLine);
    progress?.done();
    toLine.breakOff();
    yield* liveLines(following, order, seam);
  } finally {
    following.close();
  }
}

/** What came, and was dropped again, while a long history was read: it is history by now. */
export async function* meanwhile(
  source: LogSource,
  following: Following,
  signal: AbortSignal,
): AsyncGenerator<LogRecord[]> {
  let after = following.joinedAt;
  for (let round = 0; round < ROUNDS && following.isOvertaken() && !signal.aborted; round += 1) {
    const through = following.rejoin();
    yield* readHistory(source, { ...EVERYTHING, after, through }, signal);
    after = through;
  }
}

interface Order {
  source: LogSource;
  toLine: ToLine;
  selection: Selection;
  signal: AbortSignal;
  seam?: Seam;
  onProgress: HistoryQuery["onProgress"];
}

async function* nothing(): AsyncGenerator<LogLine[]> {
  yield [];
}

function readSelected(order: Order, through: string | null): AsyncGenerator<LogLine[]> {
  const { tail, isNewestFirst } = order.selection;
  const query = { ...historyQuery(order.selection, through), onProgress: order.onProgress };
  if (isNewestFirst) return newestFirst(order, query, tail);
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

/** As they are found, each batch turned around. */
async function* newestFirst(order: Order, query: HistoryQuery, tail: number | null): AsyncGenerator<LogLine[]> {
  const { source, toLine, signal } = order;
  let left = tail ?? Number.POSITIVE_INFINITY;
  if (left === 0) return;
  for await (const batch of readHistory(source, { ...query, from: "newest" }, signal)) {
    toLine.breakOff();
    const lines = (await linesOf(batch, toLine)).reverse().slice(0, left);
    left -= lines.length;
    yield lines;
    if (left === 0) return;
  }
}

async function* shortTail(order: Order, query: HistoryQuery, tail: number): AsyncGenerator<LogLine[]> {
  const { source, toLine, signal, seam, selection } = order;
  // where every line is wanted they are made in their order, so that each is judged by the one before it
  const isAll = !selection.q && !selection.regex && !selection.level && !selection.stream;
  const found: LogLine[][] = [];
  const batches: LogRecord[][] = [];
  let count = 0;
  if (tail > 0)
    for await (const batch of readHistory(source, { ...query, from: "newest" }, signal)) {
      // whoever waits for the answer to begin need not wait for the last of its lines
      yield [];
      if (count === 0) seam?.read(batch);
      toLine.breakOff();
      if (isAll) batches.push(batch);
      else found.push(await linesOf(batch, toLine));
      count += (isAll ? batch : found.at(-1)!).length;
      if (count >= tail) break;
    }
  toLine.breakOff();
  for (const batch of batches.reverse()) found.unshift(await linesOf(batch, toLine));
  const all = found.reverse().flat();
  yield all.slice(Math.max(0, all.length - tail));
}

/** Looks from the end for the line before the first wanted one, keeping nothing, and reads on from there. */
async function* longTail(order: Order, query: HistoryQuery, tail: number): AsyncGenerator<LogLine[]> {
  const { source, toLine, signal } = order;
  let left = tail;
  for await (const batch of readHistory(source, { ...query, from: "newest" }, signal)) {
    yield [];
    toLine.breakOff();
    const lines = await linesOf(batch, toLine);
    if (lines.length > left) {
      toLine.breakOff();
      const after = lines[lines.length - left - 1]!.cursor;
      return yield* inOrder(order, { ...query, after });
    }
    left -= lines.length;
  }
  toLine.breakOff();
  yield* inOrder(order, query);
}

/** What comes, until the reader leaves. */
async function* liveLines(
  following: Following,
  { source, toLine, selection }: Order,
  seam: Seam,
): AsyncGenerator<LogLine[]> {
  const { until } = selection;
  let last = following.joinedAt;
  for (let taken = await following.take(); taken; taken = await following.take()) {
    const records = seam.cut(taken.records);
    const lines = await linesOf(records, toLine);
    const wanted = until === null ? lines : lines.filter(({ time }) => !isEarlier(until, time));
    const missed = missedLines({ service: source.service, taken, last });
    for (const line of wanted) {
      if (line.cursor === "") line.cursor = last ?? "";
      else last = line.cursor;
    }
    yield [...missed, ...wanted];
    last = taken.records.at(-1)?.cursor || last;
  }
}

/** Says how many lines a slow reader missed, where they would have been. `last`: cursor of the line before them. */
export function missedLines({
  service,
  taken,
  last,
}: {
  service: string;
  taken: Taken;
  last: string | null;
}): LogLine[] {
  const { missed, records } = taken;
  const [first] = records;
  if (missed === 0 || !first) return [];
  // with the cursor of the line behind the gap, who leaves in between would miss that line
  return [gapLine({ cursor: last ?? "", time: first.time, service }, { lines: missed, reason: TOO_SLOW })];
}

/** The wanted ones; gives way to others where an expression makes it long. */
export async function linesOf(records: readonly LogRecord[], toLine: ToLine): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  let since = performance.now();
  for (const [index, record] of records.entries()) {
    const line = toLine.line(record);
    if (line) lines.push(line);
    if (index % LOOK === 0 && performance.now() - since > SLICE) {
      await new Promise((resolve) => setImmediate(resolve));
      since = performance.now();
    }
  }
  return lines;
}
