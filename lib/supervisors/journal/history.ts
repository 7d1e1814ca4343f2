/**
 * What there is in the journal, from either end. `--cursor` excludes `--since` and takes the place of `--until`, and after a
 * cursor that the filter leaves out journalctl skips a line: so it begins at the cursor, and everything else is cut here.
 */
import { type Words, wordsOf } from "#lib/platform/line-file.ts";
import { type HistoryQuery, type LogRecord, SupervisorError } from "../supervisor.ts";
import { type Cursor, parseCursor } from "./cursor.ts";
import { type JournalPlace, readEntries } from "./journalctl.ts";
import { backwardPieces, type Entry, forwardPieces } from "./pieces.ts";

/** seconds: pieces of a line may lie before the time of the line, which is that of its last */
const PIECES_TAKE = 1;

interface Bounds {
  after: Cursor | null;
  before: Cursor | null;
  through: Cursor | null;
}

/** Batches in order. Throws `invalid_name` for a foreign cursor. */
export async function* readHistory(
  place: JournalPlace,
  query: HistoryQuery,
  signal: AbortSignal,
): AsyncGenerator<LogRecord[]> {
  const bounds = { after: cursorOf(query.after), before: cursorOf(query.before), through: cursorOf(query.through) };
  const words = query.anyOf && wordsOf(query.anyOf);
  let bytes = 0;
  const read = readEntries(place, rangeOf(query, bounds), {
    signal,
    onChunk: (length) => {
      bytes += length;
    },
  });
  for await (const entries of wholeEntries(read, query.from === "oldest", bounds)) {
    const batch: LogRecord[] = [];
    let isOver = false;
    let time: string | null = null;
    for (const entry of entries) {
      const last = entry.at(-1);
      if (!last) continue;
      time = last.time;
      const kept = cut(entry, last.cursor, { query, bounds });
      isOver ||= kept.isOver;
      const wanted = words
        ? kept.lines.filter(({ text, lost }) => lost !== undefined || holds(words, text))
        : kept.lines;
      // a backward batch is turned as a whole: the lines of an entry stay in their order
      if (query.from === "newest") for (let at = wanted.length - 1; at >= 0; at -= 1) batch.push(wanted[at]!);
      else batch.push(...wanted);
      if (isOver) break;
    }
    if (query.from === "newest") batch.reverse();
    query.onProgress?.(time, bytes);
    bytes = 0;
    yield batch;
    if (isOver) return;
  }
}

/** Entries whose pieces are put together, up to where a reading forward ends. */
async function* wholeEntries(
  read: AsyncIterable<Entry[]>,
  isForward: boolean,
  { after, before, through }: Bounds,
): AsyncGenerator<LogRecord[][]> {
  const ends = new Set([after, before, through].flatMap((cursor) => (cursor ? [cursor.entry] : [])));
  const pieces = isForward ? forwardPieces(ends) : backwardPieces(ends);
  const end = isForward ? (before ?? through)?.entry : undefined;
  for await (const entries of read) {
    const at = end === undefined ? -1 : entries.findIndex(({ cursor }) => cursor === end);
    if (at < 0) {
      yield pieces.push(entries);
      continue;
    }
    const whole = pieces.push(entries.slice(0, at + 1));
    // a line that goes on behind the end is shown as far as it got: who reads on from there gets the rest. Before a line
    // that is shown already the rest of it is shown already
    yield before ? whole : [...whole.slice(0, -1), ...pieces.rest(), ...whole.slice(-1)];
    return;
  }
  yield pieces.rest();
}

/** What journalctl is asked for. */
export function rangeOf(query: HistoryQuery, bounds: Bounds): string[] {
  const { from, since, until } = query;
  const isForward = from === "oldest";
  const end = bounds.before ?? bounds.through;
  const entry = isForward ? bounds.after : end;
  const range = isForward ? [] : ["--reverse"];
  if (entry)
    return [...range, `--cursor=${entry.entry}`, ...(isForward && until ? [`--until=@${inSeconds(until)}`] : [])];
  if (since !== null) range.push(`--since=@${inSeconds(since, -PIECES_TAKE)}`);
  if (until !== null) range.push(`--until=@${inSeconds(until)}`);
  return range;
}

function cut(
  entry: LogRecord[],
  cursor: string,
  { query: { from, since, until }, bounds: { after, before, through } }: { query: HistoryQuery; bounds: Bounds },
): { lines: LogRecord[]; isOver: boolean } {
  const isForward = from === "oldest";
  let lines = entry;
  let isOver = false;
  const end = before ?? through;
  if (end?.entry === cursor) {
    const last = before ? (before.line ?? entry.length - 1) : (through!.line ?? entry.length - 1) + 1;
    lines = lines.slice(0, last);
    isOver = isForward;
  }
  if (after?.entry === cursor) {
    lines = after.line === null ? [] : lines.slice(after.line + 1);
    isOver ||= !isForward;
  }
  const { time } = entry[0]!;
  if (since !== null && isEarlier(time, since)) return { lines: [], isOver: isOver || !isForward };
  if (until !== null && isEarlier(until, time)) return { lines: [], isOver };
  return { lines, isOver };
}

function cursorOf(text: string | null): Cursor | null {
  const cursor = text === null ? null : parseCursor(text);
  if (text !== null && !cursor) throw new SupervisorError("invalid_name", "This is not a cursor of the journal");
  return cursor;
}

function holds({ pattern }: Words, text: string): boolean {
  pattern.lastIndex = 0;
  return pattern.test(text);
}

/** Times in UTC as they sort, whatever their digits. */
function isEarlier(a: string, b: string): boolean {
  return a.slice(0, -1) < b.slice(0, -1);
}

/** Seconds since the epoch with the fraction that the text has: a Date would cut it to milliseconds. */
function inSeconds(time: string, more = 0): string {
  const milliseconds = Date.parse(time);
  if (Number.isNaN(milliseconds)) throw new SupervisorError("refused", `This is not a time: ${time.slice(0, 40)}`);
  const fraction = /\.(\d{1,9})/.exec(time)?.[1] ?? "0";
  return `${Math.floor(milliseconds / 1000) + more}.${fraction.slice(0, 6).padEnd(6, "0")}`;
}
