/**
 * Lines of the engine's json-file: `{"log":"text\n","stream":"stdout","time":"…Z"}`, a line over 16 KiB in pieces without
 * the line end. Taken apart by position, since the engine always writes the same shape; anything else is parsed as JSON.
 */
import type { LogRecord } from "../supervisor.ts";
import { cursorOf } from "./lines.ts";

/** Where the parts of one line of the file stand. */
export interface Envelope {
  /** behind the last character of the text, as it is escaped; the line end cut off */
  textEnd: number;
  isStderr: boolean;
  isEnded: boolean;
  /** nine digits behind the second, as the engine's API gives it */
  time: string;
}

interface Pending {
  time: string;
  text: string;
  size: number;
}

const HEAD = '{"log":"';
const STDOUT = '","stream":"stdout","time":"';
const STDERR = '","stream":"stderr","time":"';
/** characters of a time with nine digits */
const FULL = 30;
/** bytes of one line that are kept */
const LONGEST = 1024 * 1024;
const ATTRIBUTES = /","stream":"(stdout|stderr)","attrs":\{.*\},"time":"$/;

/** null for what is no such line. `text` has a character a byte. */
export function envelopeOf(text: string, start: number, end: number): Envelope | null {
  if (text.charCodeAt(end - 1) !== 125 || !text.startsWith(HEAD, start)) return null;
  const timeStart = text.lastIndexOf('"', end - 3) + 1;
  if (timeStart <= start || end - 2 - timeStart > FULL) return null;
  const tail = timeStart - STDOUT.length;
  const isStderr = text.startsWith(STDERR, tail);
  let textEnd = tail;
  let stream = isStderr;
  if (!isStderr && !text.startsWith(STDOUT, tail)) {
    const found = ATTRIBUTES.exec(text.slice(start, timeStart));
    if (!found) return null;
    textEnd = start + found.index;
    stream = found[1] === "stderr";
  }
  const isEnded = endsLine(text, textEnd);
  const time = text.slice(timeStart, end - 2);
  return { textEnd: isEnded ? textEnd - 2 : textEnd, isStderr: stream, isEnded, time: fullTime(time) };
}

/** `\n`, and not a backslash before an n. */
function endsLine(text: string, end: number): boolean {
  if (text.charCodeAt(end - 1) !== 110 || text.charCodeAt(end - 2) !== 92) return false;
  let slashes = 1;
  while (text.charCodeAt(end - 2 - slashes) === 92) slashes += 1;
  return slashes % 2 === 1;
}

/** The file leaves out zeros at the end of a time, the API does not: cursors of both must be the same. */
function fullTime(time: string): string {
  if (time.length === FULL || !time.endsWith("Z")) return time;
  const [seconds = "", fraction = ""] = time.slice(0, -1).split(".");
  return `${seconds}.${fraction.padEnd(9, "0")}Z`;
}

/** Pieces joined and lines of one instant counted, over blocks of the file. */
export class JsonLines {
  #data: Buffer = Buffer.alloc(0);
  #text = "";
  #isAscii = true;
  #time = "";
  #ordinal = 0;
  readonly #pending: [stdout: Pending | null, stderr: Pending | null] = [null, null];
  #found: LogRecord[] = [];

  /** The next block; what was unfinished at the end of the one before goes on in it. */
  begin({ data, text, isAscii }: { data: Buffer; text: string; isAscii: boolean }): void {
    this.#data = data;
    this.#text = text;
    this.#isAscii = isAscii;
  }

  /** What was found since it was last asked. */
  take(): LogRecord[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }

  /** Every line of the block. */
  all(): void {
    const to = this.#text.length;
    for (let start = 0; start < to; ) {
      const newline = this.#text.indexOf("\n", start);
      const end = newline < 0 ? to : newline;
      this.line(start, end);
      start = end + 1;
    }
  }

  /** One line alone; what stands before it in the block tells the how-manieth of its instant it is. */
  alone(start: number, end: number): void {
    const own = envelopeOf(this.#text, start, end);
    if (!own) return;
    this.#time = own.time;
    this.#ordinal = 0;
    for (let before = start - 1; before > 0; ) {
      const from = this.#text.lastIndexOf("\n", before - 1) + 1;
      if (envelopeOf(this.#text, from, before)?.time !== own.time) break;
      this.#ordinal += 1;
      before = from - 1;
    }
    this.line(start, end);
  }

  line(start: number, end: number): void {
    const envelope = envelopeOf(this.#text, start, end);
    // torn by a crash, or nothing that the engine wrote
    if (!envelope) return;
    const { time, isStderr, isEnded } = envelope;
    const text = this.#unescape(start + HEAD.length, envelope.textEnd);
    const lane = isStderr ? 1 : 0;
    const pending = this.#pending[lane];
    if (pending) {
      if (pending.size < LONGEST) pending.text += text;
      pending.size += Buffer.byteLength(text);
    }
    const line = pending ?? { time, text, size: isEnded ? 0 : Buffer.byteLength(text) };
    this.#pending[lane] = isEnded ? null : line;
    if (isEnded) this.#count(line.time, isStderr, line.text);
  }

  /** Lines whose end was never written. */
  end(): void {
    for (const [lane, pending] of this.#pending.entries())
      if (pending) this.#count(pending.time, lane === 1, pending.text);
    this.#pending.fill(null);
  }

  #count(time: string, isStderr: boolean, raw: string): void {
    this.#ordinal = time === this.#time ? this.#ordinal + 1 : 1;
    this.#time = time;
    const text = raw.charCodeAt(raw.length - 1) === 13 ? raw.slice(0, -1) : raw;
    const cursor = cursorOf(time, this.#ordinal, text);
    this.#found.push({ cursor, time, stream: isStderr ? "stderr" : "stdout", text, priority: null });
  }

  #unescape(start: number, end: number): string {
    const raw = this.#isAscii ? this.#text.slice(start, end) : this.#data.toString("utf8", start, end);
    if (!raw.includes("\\")) return raw;
    try {
      return JSON.parse(`"${raw}"`) as string;
    } catch {
      // not escaped as it should be: better shown as it is than not at all
      return raw;
    }
  }
}

/** May the file be cut here: no line of either stream is under way, and another instant begins? */
export function isCleanCut(text: string, at: number): boolean {
  const seen = [false, false];
  const next = text.indexOf("\n", at);
  // the line behind it is not all there yet
  if (next < 0) return false;
  const following = envelopeOf(text, at, next);
  let end = at - 1;
  for (let count = 0; count < 64 && end > 0 && !(seen[0] && seen[1]); count += 1) {
    const start = text.lastIndexOf("\n", end - 1) + 1;
    const envelope = envelopeOf(text, start, end);
    if (envelope) {
      const lane = envelope.isStderr ? 1 : 0;
      if (!seen[lane] && !envelope.isEnded) return false;
      if (count === 0 && following?.time === envelope.time) return false;
      seen[lane] = true;
    }
    end = start - 1;
  }
  return true;
}
