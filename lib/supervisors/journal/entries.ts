/**
 * Entries of `journalctl -o export`, taken apart as bytes: JSON takes journalctl three times as long to write, and gives
 * long messages as nothing and bytes as lists of numbers. A field is `NAME=text`, or `NAME`, a length of eight bytes and so many
 * bytes where the value holds line ends or is no UTF-8; a blank line ends the entry.
 */
import { isAscii } from "node:buffer";
import type { LogRecord } from "../supervisor.ts";
import { lineCursor } from "./cursor.ts";
import type { Entry } from "./pieces.ts";
import { markOf } from "./unit-marks.ts";

/** the fields that are read; those that begin with two underscores come in any case */
export const FIELDS =
  "MESSAGE,PRIORITY,MESSAGE_ID,_TRANSPORT,_PID,_LINE_BREAK,CONTAINER_PARTIAL_ID,CONTAINER_PARTIAL_LAST";

/** syslog's "error" and worse */
const ERROR = 3;
/** bytes of a field that are kept: journald takes 768 MB, and nobody shows them */
const LONGEST = 1024 * 1024;
const LINE_END = 10;
const DASH = 45;
const SUPPRESSED = "the journal's rate limit let no more pass (RateLimitBurst= in journald.conf)";
const NAMES = [
  ...(["__CURSOR", "__REALTIME_TIMESTAMP", "MESSAGE", "PRIORITY", "MESSAGE_ID", "_TRANSPORT", "_PID"] as const),
  ...(["_LINE_BREAK", "CONTAINER_PARTIAL_ID", "CONTAINER_PARTIAL_LAST"] as const),
];
type Name = (typeof NAMES)[number];
type Found = Partial<Record<Name, string>>;

/** Keeps what is unfinished between two chunks. */
export class Entries {
  readonly #manager: string | null;
  /** from the field on that is not all there yet */
  #rest: Buffer = Buffer.alloc(0);
  /** bytes that have to be there before it is worth looking again */
  #needed = 0;
  /** bytes of a field that are not kept; -1: up to the line end */
  #skipping = 0;
  #found: Found = {};
  #data: Buffer = this.#rest;
  #text = "";
  #isAscii = true;
  #second = Number.NaN;
  #secondText = "";

  /** `manager`: process id of the one whose word about a unit counts; null: the reader's own, whatever it is */
  constructor(manager: string | null) {
    this.#manager = manager;
  }

  /** The entries that are complete with this chunk. */
  push(chunk: Buffer): Entry[] {
    const data = this.#skip(chunk);
    this.#data = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    if (this.#data.length < this.#needed) {
      this.#rest = this.#data;
      return [];
    }
    this.#text = this.#data.toString("latin1");
    this.#isAscii = isAscii(this.#data);
    this.#needed = 0;
    const entries: Entry[] = [];
    let start = 0;
    for (let end = this.#field(start, entries); end >= 0; end = this.#field(start, entries)) start = end;
    this.#rest = this.#skipping === 0 ? this.#data.subarray(start) : Buffer.alloc(0);
    this.#needed = Math.max(0, this.#needed - start);
    return entries;
  }

  #skip(chunk: Buffer): Buffer {
    if (this.#skipping === 0) return chunk;
    const end = this.#skipping > 0 ? Math.min(this.#skipping, chunk.length) : chunk.indexOf("\n") + 1 || chunk.length;
    if (this.#skipping > 0) this.#skipping -= end;
    else if (chunk[end - 1] === LINE_END) this.#skipping = 0;
    return chunk.subarray(end);
  }

  /** Where the next field begins; -1: this one is not all there. */
  #field(at: number, entries: Entry[]): number {
    const text = this.#text;
    const end = text.indexOf("\n", at);
    if (end < 0) return text.length - at > LONGEST ? this.#long(at, text.indexOf("=", at) + 1, -1) : -1;
    if (end === at) {
      this.#add(this.#found, entries);
      this.#found = {};
      return at + 1;
    }
    const equals = text.indexOf("=", at);
    if (equals >= 0 && equals < end) {
      this.#put(at, equals, equals + 1, end);
      return end + 1;
    }
    // `-- No entries --`
    if (text.charCodeAt(at) === DASH) return end + 1;
    const from = end + 9;
    if (from > text.length) return this.#need(from);
    const size = Number(this.#data.readBigUInt64LE(end + 1));
    if (size > LONGEST) return from + LONGEST > text.length ? this.#need(from + LONGEST) : this.#long(at, from, size);
    if (from + size >= text.length) return this.#need(from + size + 1);
    this.#put(at, end, from, from + size);
    return from + size + 1;
  }

  /** Keeps the beginning. `size`: of the value; -1: up to the line end. */
  #long(at: number, from: number, size: number): number {
    this.#put(at, from - (size < 0 ? 1 : 9), from, from + LONGEST);
    const left = size < 0 ? -1 : from + size + 1 - this.#data.length;
    if (size >= 0 && left <= 0) return from + size + 1;
    this.#skipping = left;
    return -1;
  }

  #need(bytes: number): -1 {
    this.#needed = bytes;
    return -1;
  }

  #put(at: number, end: number, from: number, to: number): void {
    const name = nameAt(this.#text, at, end);
    if (!name) return;
    const value = this.#isAscii ? this.#text.slice(from, to) : this.#data.toString("utf8", from, to);
    const other = this.#found[name];
    // a program may give a field more than once
    this.#found[name] = other !== undefined && name === "MESSAGE" ? `${other}\n${value}` : value;
  }

  #add(found: Found, entries: Entry[]): void {
    const { __CURSOR: cursor, __REALTIME_TIMESTAMP: stamp } = found;
    if (cursor === undefined || stamp === undefined || !/^\d{7,20}$/.test(stamp)) return;
    const lines = linesOf(found, cursor, this.#time(stamp));
    const { MESSAGE_ID: id, _PID: pid, MESSAGE: message = "" } = found;
    if (id !== undefined && lines[0] && (this.#manager === null || pid === this.#manager)) {
      const mark = markOf(id, message);
      if (mark) lines[0].mark = mark;
    }
    entries.push({ lines, cursor, ...pieceOf(found) });
  }

  /** RFC 3339 with the journal's microseconds. */
  #time(stamp: string): string {
    const second = Number(stamp.slice(0, -6));
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = new Date(second * 1000).toISOString().slice(0, 20);
    }
    return `${this.#secondText}${stamp.slice(-6)}Z`;
  }
}

function nameAt(text: string, from: number, to: number): Name | null {
  for (const name of NAMES) if (name.length === to - from && text.startsWith(name, from)) return name;
  return null;
}

/**
 * journald does not keep apart what a program wrote to its two outputs, both arrive on one stream: `stderr` stands for the
 * priorities `err` and worse, which a program gives itself with a `<3>` prefix or through syslog.
 */
function linesOf(found: Found, cursor: string, time: string): LogRecord[] {
  const { MESSAGE: message = "", PRIORITY: word, _TRANSPORT: transport } = found;
  const priority = word !== undefined && /^[0-7]$/.test(word) ? Number(word) : null;
  const lost = transport === "driver" ? suppressed(message) : null;
  if (lost !== null) return [{ cursor, time, stream: "stdout", text: SUPPRESSED, priority: 4, lost }];
  const stream = priority !== null && priority <= ERROR ? "stderr" : "stdout";
  if (!message.includes("\n")) return [{ cursor, time, stream, text: message, priority }];
  const texts = message.split("\n");
  // a final line end ends the last line and begins no other
  if (texts.at(-1) === "") texts.pop();
  return texts.map((text, index) => {
    const record: LogRecord = { cursor: lineCursor(cursor, index, texts.length), time, stream, text, priority };
    if (index > 0) record.continues = true;
    return record;
  });
}

/** What a program prints to journald comes on one stream for each process; Docker's driver names the line that it has cut. */
function pieceOf(found: Found): Pick<Entry, "lane" | "more"> {
  const { CONTAINER_PARTIAL_ID: line, CONTAINER_PARTIAL_LAST: last, _TRANSPORT: transport, _PID: pid } = found;
  if (line !== undefined) return { lane: `line ${line}`, more: last !== "true" };
  if (transport !== "stdout" || pid === undefined) return { lane: null, more: false };
  return { lane: pid, more: found._LINE_BREAK === "line-max" };
}

/** `Suppressed 265421 messages from web.service`: what journald itself says of a unit over its rate limit. */
function suppressed(message: string): number | null {
  const found = /^Suppressed (\d{1,15}) messages from /.exec(message);
  return found ? Number(found[1]) : null;
}
