/**
 * A container's log out of its files, from either end. Times place everything: they survive rotation, packing, and the
 * container being made anew, as offsets do not.
 */
import { isAscii } from "node:buffer";
import {
  type Block,
  bisectLines,
  hasLongLine,
  type LineFile,
  linesWith,
  readBlocks,
  type Words,
  wordsOf,
} from "#lib/platform/line-file.ts";
import { type HistoryQuery, type LogRecord, SupervisorError } from "../supervisor.ts";
import { envelopeOf, isCleanCut, JsonLines } from "./json-lines.ts";
import { type Cursor, DISORDER, momentBefore, parseCursor } from "./lines.ts";
import type { Segment } from "./log-files.ts";
import { lostBefore } from "./lost.ts";

/** bytes that are taken apart at once, and that are only looked through */
const READ = 64 * 1024;
const SCAN = 1024 * 1024;
/** a piece of a line that has no end in its own line of the file is so long at least */
const PIECE = 16 * 1024;
const LINE_END = 10;

/** Batches in order, each of whole lines. */
export async function* fileHistory(
  segments: readonly Segment[],
  query: HistoryQuery,
  { signal, created }: { signal: AbortSignal; created: string | null },
): AsyncGenerator<LogRecord[]> {
  if (query.after !== null && (query.after === query.through || query.after === query.before)) return;
  const bounds = boundsOf(query);
  const isForward = query.from === "oldest";
  const words = query.anyOf ? wordsOf([...query.anyOf.map(asWritten), ...timesOf(query)]) : null;
  const edge = new Edge(query, created);
  const order = isForward ? await fromFirst(segments, bounds.since) : [...segments].reverse();
  for (const segment of order) {
    const file = await segment.open();
    if (!file || file.size === 0) continue;
    const start = bounds.since === null ? 0 : await bisectLines(file, isBefore(bounds.since));
    const end = bounds.until === null ? file.size : await bisectLines(file, isNotAfter(bounds.until));
    const blocks = readBlocks(file, { from: query.from, start, end, length: words ? SCAN : READ, isClean: isCleanCut });
    edge.begin(segment === segments[0] && start === 0);
    for await (const block of blocks) {
      if (signal.aborted) return;
      query.onProgress?.(timeIn(block), block.data.length);
      const batches = isForward && !words ? pieceByPiece(block) : [recordsOf(block, words)];
      for (const records of batches) {
        yield edge.cut(records);
        if (edge.isOver) return;
      }
    }
    // nothing older than this file's first lines is wanted
    if (!isForward && start > 0) break;
  }
  yield edge.rest();
}

/** Throws `refused` for cursors that this adapter never gave out. */
export function checkCursors({ after, before, through }: HistoryQuery): void {
  for (const cursor of [after, before, through]) if (cursor !== null) cursorOf(cursor);
}

/**
 * A block in batches. What is alive at once is what the collector keeps, and moves to where it is seldom looked at: with
 * whole blocks a million lines cost a hundred megabytes more.
 */
function* pieceByPiece({ data }: Block): Generator<LogRecord[]> {
  const lines = new JsonLines();
  for (let start = 0; start < data.length; ) {
    const newline = start + PIECE < data.length ? data.indexOf(LINE_END, start + PIECE) : -1;
    const end = newline < 0 ? data.length : newline + 1;
    const piece = data.subarray(start, end);
    lines.begin({ data: piece, text: piece.toString("latin1"), isAscii: isAscii(piece) });
    lines.all();
    start = end;
    if (start === data.length) lines.end();
    yield lines.take();
  }
}

function recordsOf(block: Block, words: Words | null): LogRecord[] {
  const { data } = block;
  // a word may stand across two pieces of a line
  const hits = words && !hasLongLine(data, PIECE) ? linesWith(block, words) : null;
  if (hits?.length === 0) return [];
  const lines = new JsonLines();
  lines.begin({ data, text: block.text, isAscii: isAscii(data) });
  if (hits) for (const [start, end] of hits) lines.alone(start, end);
  else lines.all();
  lines.end();
  return lines.take();
}

/** Of the block's first line: so far a backward reading has come, and a forward one some way beyond. */
function timeIn({ data }: Block): string | null {
  const text = data.toString("latin1", 0, Math.min(data.length, PIECE * 2));
  const end = text.indexOf("\n");
  return end < 0 ? null : (envelopeOf(text, 0, end)?.time ?? null);
}

/** The engine writes a word as JSON has it. */
function asWritten(word: string): string {
  return JSON.stringify(word).slice(1, -1);
}

/** The lines of the cursors are looked for by their times, or they would be left out as well. */
function timesOf({ after, before, through }: HistoryQuery): string[] {
  const cursors = [after, before, through].filter((cursor) => cursor !== null);
  return cursors.map((cursor) => cursorOf(cursor).time.replace(/\.?0*Z$/, ""));
}

interface Bounds {
  /** with a moment to spare, since times are not quite in order */
  since: string | null;
  until: string | null;
}

function boundsOf({ since, until, after, before, through }: HistoryQuery): Bounds {
  const from = [since, after && cursorOf(after).time].filter((time) => time !== null).sort();
  const to = [until, before && cursorOf(before).time, through && cursorOf(through).time];
  const last = to.filter((time) => time !== null).sort()[0];
  return {
    since: from.length > 0 ? momentBefore(from.at(-1)!) : null,
    until: last ? new Date(Date.parse(last) + DISORDER + 1).toISOString() : null,
  };
}

/** Segments from the one on in which the bound may be: the first line of the next one tells. */
async function fromFirst(segments: readonly Segment[], since: string | null): Promise<readonly Segment[]> {
  if (since === null) return segments;
  for (let at = segments.length - 1; at > 0; at -= 1) {
    const file = await segments[at]!.open();
    const time = file && (await firstTime(file));
    if (time && time < since) return segments.slice(at);
  }
  return segments;
}

async function firstTime(file: LineFile): Promise<string | null> {
  const text = (await file.read(0, 8 * PIECE)).toString("latin1");
  const end = text.indexOf("\n");
  return end < 0 ? null : (envelopeOf(text, 0, end)?.time ?? null);
}

function isBefore(time: string): (line: string) => boolean | null {
  return (line) => {
    const envelope = envelopeOf(line, 0, line.length);
    return envelope && envelope.time < time;
  };
}

function isNotAfter(time: string): (line: string) => boolean | null {
  return (line) => {
    const envelope = envelopeOf(line, 0, line.length);
    return envelope && envelope.time <= time;
  };
}

/** Cuts exactly what the bounds leave, out of what was read with a moment to spare on both sides. */
class Edge {
  readonly #query: HistoryQuery;
  readonly #first: Cursor | null;
  readonly #last: Cursor | null;
  /** lines that are beyond the entry by their times, while the entry itself was not met */
  #held: LogRecord[] | null;
  isOver = false;
  readonly #created: string | null;
  /** the reading began with the first line that there is */
  #isAtBeginning: boolean | null = null;

  /** `created`: when the container was made */
  constructor(query: HistoryQuery, created: string | null) {
    this.#query = query;
    this.#created = created;
    const { from, after, before, through } = query;
    const low = after === null ? null : cursorOf(after);
    const high = before === null ? (through === null ? null : cursorOf(through)) : cursorOf(before);
    // `first` is where the reading enters, `last` where it ends
    this.#first = from === "oldest" ? low : high;
    this.#last = from === "oldest" ? high : low;
    this.#held = this.#first ? [] : null;
  }

  begin(isAtBeginning: boolean): void {
    this.#isAtBeginning ??= isAtBeginning;
  }

  cut(records: LogRecord[]): LogRecord[] {
    return this.#bounded(this.#leave(this.#enter(records)));
  }

  /** What was held back for an entry that never came. */
  rest(): LogRecord[] {
    const held = this.#held ?? [];
    this.#held = null;
    return this.#bounded(this.#leave(this.#withLost(held)));
  }

  #enter(records: LogRecord[]): LogRecord[] {
    const entry = this.#first;
    if (!entry || this.#held === null) return records;
    const { from, before } = this.#query;
    const isForward = from === "oldest";
    const at = records.findIndex((record) => isAt(record, entry));
    if (at >= 0) {
      this.#held = null;
      if (isForward) return records.slice(at + 1);
      return records.slice(0, before === null ? at + 1 : at);
    }
    const beyond = records.filter(({ time }) => (isForward ? time > entry.time : time < entry.time));
    const held = isForward ? [...this.#held, ...beyond] : [...beyond, ...this.#held];
    const isPast = beyond.some(({ time }) => Math.abs(Date.parse(time) - Date.parse(entry.time)) > DISORDER);
    this.#held = isPast ? null : held;
    return isPast ? this.#withLost(held) : [];
  }

  /** The line that the reader had last is not there any more, nor anything older. */
  #withLost(held: LogRecord[]): LogRecord[] {
    const [first] = held;
    const isBehind = this.#isAtBeginning === true && this.#query.after !== null && this.#query.from === "oldest";
    return isBehind && first && this.#first ? [...lostBefore(first, this.#first, this.#created), ...held] : held;
  }

  #leave(records: LogRecord[]): LogRecord[] {
    const exit = this.#last;
    if (!exit || records.length === 0) return records;
    const { from, through } = this.#query;
    const isForward = from === "oldest";
    const at = records.findIndex((record) => isAt(record, exit));
    if (at >= 0) {
      this.isOver = true;
      if (isForward) return records.slice(0, through === null ? at : at + 1);
      return records.slice(at + 1);
    }
    return records;
  }

  #bounded(records: LogRecord[]): LogRecord[] {
    const { since, until } = this.#query;
    if (since === null && until === null && !this.#last) return records;
    const exit = this.isOver ? null : this.#last;
    const isForward = this.#query.from === "oldest";
    const limit = exit ? Date.parse(exit.time) : 0;
    return records.filter(({ time }) => {
      if (since !== null && isEarlier(time, since)) return false;
      if (until !== null && isEarlier(until, time)) return false;
      if (!exit) return true;
      return isForward ? Date.parse(time) <= limit + DISORDER : Date.parse(time) >= limit - DISORDER;
    });
  }
}

function isAt({ cursor, time }: LogRecord, { time: wanted, ordinal, mark }: Cursor): boolean {
  return time === wanted && cursor === `${wanted}/${ordinal}/${mark}`;
}

/** Times in UTC as they sort, whatever their digits. */
function isEarlier(a: string, b: string): boolean {
  return a.slice(0, -1) < b.slice(0, -1);
}

function cursorOf(text: string): Cursor {
  const cursor = parseCursor(text);
  if (!cursor) throw new SupervisorError("refused", "The cursor is none of this supervisor");
  return cursor;
}
