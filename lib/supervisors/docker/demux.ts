/**
 * The engine's log stream, taken apart into pieces of lines. Without a terminal it comes in frames of an 8-byte header
 * (stream, three zeros, length) and a payload; with one it is raw text. A line over 16 KiB comes in several pieces, each with
 * its own timestamp in front and no line end but after the last.
 */

export interface Piece {
  stream: "stdout" | "stderr";
  /** as sent, its timestamp in front, stands here from `start` to `end`; its line end is cut off */
  data: Buffer;
  start: number;
  end: number;
  /** the line ends with this piece */
  ended: boolean;
}

const HEADER = 8;
const NEWLINE = 10;
/** what the engine reads of a line at once */
const PIECE = 16_384;
/** longer than any timestamp and the blank after it */
const STAMP = 40;

export class Demux {
  #raw: boolean;
  #rest: Buffer = Buffer.alloc(0);

  constructor(tty: boolean) {
    this.#raw = tty;
  }

  /** The pieces that are complete with this chunk. */
  push(chunk: Buffer): Piece[] {
    const data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const found: Piece[] = [];
    const used = this.#raw ? takeRaw(data, found) : this.#takeFrames(data, found);
    this.#rest = used < data.length ? data.subarray(used) : Buffer.alloc(0);
    return found;
  }

  /** What is left when the stream is over: a last line without its end. */
  end(): Piece[] {
    const data = this.#rest;
    this.#rest = Buffer.alloc(0);
    return this.#raw && data.length > 0 ? [{ stream: "stdout", data, start: 0, end: data.length, ended: false }] : [];
  }

  #takeFrames(data: Buffer, found: Piece[]): number {
    let at = 0;
    while (data.length - at >= HEADER) {
      // no header: it is a terminal's raw text after all
      if (data[at]! > 2 || data.readUIntBE(at + 1, 3) !== 0) {
        this.#raw = true;
        return at + takeRaw(data.subarray(at), found);
      }
      const end = at + HEADER + data.readUInt32BE(at + 4);
      if (end > data.length) break;
      splitLines(data, { stream: data[at] === 2 ? "stderr" : "stdout", start: at + HEADER, end }, found);
      at = end;
    }
    return at;
  }
}

/** A frame is one piece; Podman may put several lines into one. */
function splitLines(
  data: Buffer,
  { stream, start, end }: { stream: Piece["stream"]; start: number; end: number },
  found: Piece[],
): void {
  while (start < end) {
    const newline = data.indexOf(NEWLINE, start);
    const ended = newline >= 0 && newline < end;
    found.push({ stream, data, start, end: ended ? newline : end, ended });
    start = ended ? newline + 1 : end;
  }
}

function takeRaw(data: Buffer, found: Piece[]): number {
  let start = 0;
  for (;;) {
    const newline = data.indexOf(NEWLINE, start);
    const end = newline >= 0 ? newline : data.length;
    start = cutPieces(data, { start, end, ended: newline >= 0 }, found);
    if (newline < 0) return start;
    found.push({ stream: "stdout", data, start, end, ended: true });
    start = end + 1;
  }
}

/** Cuts where a full piece is followed by the timestamp of the next; gives where the last, uncut piece begins. */
function cutPieces(data: Buffer, line: { start: number; end: number; ended: boolean }, found: Piece[]): number {
  let { start } = line;
  for (;;) {
    const next = start + stampOf(data, start, line.end).length + PIECE;
    if (next + (line.ended ? 0 : STAMP) > line.end || stampOf(data, next, line.end) === "") return start;
    found.push({ stream: "stdout", data, start, end: next, ended: false });
    start = next;
  }
}

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d) /;

/** The timestamp and the blank after it; empty where there is none. */
export function stampOf(data: Buffer, start: number, end: number): string {
  return TIMESTAMP.exec(data.toString("latin1", start, Math.min(start + STAMP, end)))?.[0] ?? "";
}
