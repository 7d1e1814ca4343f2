/**
 * Pieces joined into lines, each with a cursor to resume after it. The engine's `since` is inclusive and timestamps repeat,
 * so a cursor is the time, the how-manieth line of that time it is, and a mark of its text.
 */
import type { LogRecord } from "../supervisor.ts";
import { type Piece, stampOf } from "./demux.ts";

export interface Cursor {
  time: string;
  ordinal: number;
  mark: string;
}

interface Pending {
  time: string;
  parts: Buffer[];
  size: number;
}

interface Whole {
  time: string;
  text: string;
}

/** bytes of one line that are kept; nothing downstream shows more */
const LONGEST = 1024 * 1024;
/** milliseconds by which lines may be out of order */
export const DISORDER = 1000;
const CARRIAGE_RETURN = 13;
/** two digits to the base of 36, and how they are written: alone, and behind others */
const BASE = 36 * 36;
const PAIRS = Array.from({ length: BASE }, (_, number) => number.toString(36));
const PADDED = PAIRS.map((digits) => digits.padStart(2, "0"));
const CURSOR = /^(\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d))\/(\d{1,9})\/([0-9a-z]{1,16})$/;

export class Lines {
  /** lines of the past that the cursor covers are still to be dropped */
  #after: Cursor | null;
  /** a line of the cursor's own time came */
  #met = false;
  #time = "";
  #ordinal = 0;
  readonly #pending = new Map<Piece["stream"], Pending>();
  /** true: lines between the cursor and the first one that came may be missing */
  gap = false;
  /**
   * true: a stream went back in time, and nothing after that was taken. An engine that learns late of a rotation reads its
   * new file from the first line again
   */
  rewound = false;
  readonly #newest = { stdout: "", stderr: "" };
  /** pieces seen so far, and whether any was not a whole line */
  pieces = 0;
  partial = false;

  constructor(after: Cursor | null) {
    this.#after = after;
  }

  push(pieces: readonly Piece[]): LogRecord[] {
    const found: LogRecord[] = [];
    for (const piece of pieces) {
      const line = this.#join(piece);
      if (line) this.#count(line, piece.stream, found);
    }
    return found;
  }

  /** The lines whose end never came. */
  end(): LogRecord[] {
    const found: LogRecord[] = [];
    for (const [stream, line] of this.#pending) this.#count(wholeOf(line), stream, found);
    this.#pending.clear();
    return found;
  }

  #join({ stream, data, start, end, ended }: Piece): Whole | null {
    this.pieces += 1;
    const stamp = stampOf(data, start, end);
    const from = start + stamp.length;
    const pending = this.#pending.get(stream);
    if (pending) {
      if (pending.size < LONGEST) pending.parts.push(data.subarray(from, end));
      pending.size += end - from;
      if (ended) this.#pending.delete(stream);
      return ended ? wholeOf(pending) : null;
    }
    const time = stamp === "" ? this.#time || new Date().toISOString() : stamp.slice(0, -1);
    if (ended) return { time, text: textIn(data, from, end) };
    this.partial = true;
    this.#pending.set(stream, { time, parts: [data.subarray(from, end)], size: end - from });
    return null;
  }

  #count({ time, text }: Whole, stream: Piece["stream"], found: LogRecord[]): void {
    this.#ordinal = time === this.#time ? this.#ordinal + 1 : 1;
    this.#time = time;
    const line = { time, ordinal: this.#ordinal, mark: this.#after ? markOf(text) : "" };
    if (this.#after && this.#isCovered(line, this.#after)) return;
    if (this.rewound || (time < this.#newest[stream] && time.length === this.#newest[stream].length)) {
      this.rewound = true;
      return;
    }
    this.#newest[stream] = time;
    found.push({ cursor: cursorOf(time, this.#ordinal, text), time, stream, text, priority: null });
  }

  #isCovered(line: Cursor, after: Cursor): boolean {
    if (line.time === after.time) {
      this.#met = true;
      if (line.ordinal < after.ordinal) return true;
      // what stands behind the line itself is new, even where the other stream's clock was a moment behind
      this.#after = null;
      // another text where the seen line was: the log was rotated within one instant, and this was not seen
      return line.ordinal === after.ordinal && line.mark === after.mark;
    }
    const isOlder = compareTimes(line.time, after.time) < 0;
    if (!isOlder) {
      this.gap = !this.#met;
      this.#after = null;
    }
    return isOlder;
  }
}

function wholeOf({ time, parts }: Pending): Whole {
  const raw = Buffer.concat(parts);
  return { time, text: textIn(raw, 0, raw.length) };
}

/** Without the carriage return of a terminal. */
function textIn(data: Buffer, start: number, end: number): string {
  return data.toString("utf8", start, end > start && data[end - 1] === CARRIAGE_RETURN ? end - 1 : end);
}

/** The cursor of a line, however it was read. */
export function cursorOf(time: string, ordinal: number, text: string): string {
  return `${time}/${ordinal}/${markOf(text)}`;
}

/** null when it is no cursor of this adapter. */
export function parseCursor(text: string): Cursor | null {
  const match = CURSOR.exec(text);
  return match ? { time: match[1]!, ordinal: Number(match[2]), mark: match[3]! } : null;
}

/** Of the last of these lines. */
export function cursorAt(lines: readonly LogRecord[]): Cursor | null {
  const line = lines.at(-1);
  return line ? parseCursor(line.cursor) : null;
}

/** RFC 3339 as the engine takes a time, `1795259753.106240832`, to the last nanosecond; null when it is no time. */
export function engineTime(time: string): string | null {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)$/.exec(time);
  if (!match) return null;
  const seconds = Date.parse(`${match[1]}${match[3]}`) / 1000;
  return Number.isFinite(seconds) ? `${seconds}.${(match[2] ?? "").padEnd(9, "0")}` : null;
}

/** A moment before: the two streams of a container are written side by side, and a later line can bear an earlier time. */
export function momentBefore(time: string): string {
  return new Date(Math.max(0, Date.parse(time) - DISORDER)).toISOString();
}

function compareTimes(a: string, b: string): number {
  const [left, right] = [engineTime(a) ?? "0.0", engineTime(b) ?? "0.0"].map((text) => BigInt(text.replace(".", "")));
  return left! < right! ? -1 : left! > right! ? 1 : 0;
}

/** Tells two lines of one instant apart; no more is asked of it. FNV-1a over the beginning, and the length. */
function markOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length && at < 64; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return in36(hash >>> 0) + in36(text.length % BASE);
}

/** `toString(36)`, which takes as long as all the rest of a cursor. */
function in36(number: number): string {
  if (number < BASE) return PAIRS[number]!;
  return in36(Math.floor(number / BASE)) + PADDED[number % BASE]!;
}
