/**
 * Reads a log line by line and gives the codes that are drawn or written in it. It keeps the rows of drawings that may not
 * be whole yet, one drawing a writer, so that lines of others in between do no harm.
 */
import { encodeQR } from "qr";
import { type Row, readRow } from "./cells.ts";
import { findCodes } from "./find.ts";
import { type Kind, kindOf } from "./kind.ts";
import { decodeMatrix, type Matrix } from "./matrix.ts";
import { payloadIn, pictureIn, stringsIn } from "./payload.ts";
import { readPicture } from "./picture.ts";

export interface SeenCode {
  /** null: it is drawn, and could not be read */
  payload: string | null;
  kind: Kind;
  matrix: Matrix;
  /** the numbers of the first and the last line that hold it */
  firstLine: number;
  lastLine: number;
}

interface Drawing {
  rows: Row[];
  lines: number[];
  /** lines of others since its last row */
  silence: number;
}

/** lines of others within a drawing, after which it is over */
const PATIENCE = 6;
/** rows of the largest code, drawn four cells high */
const MOST_ROWS = 400;
const MOST_WRITERS = 8;
/** signs that a row draws with at least to begin a drawing */
const LEAST = 4;
// one cheap look at every line: most have none of these signs, and looking is all that they may cost
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const HINTS = /[@\u001b\u2580-\u259f\u25a0\u2b1b\u2b1c]|##|\/\/|\\\/|;base64,|\\u001b/;
// blocks and squares, a run of ASCII ink, a coloured ground or reversed colours, also as JSON writes an escape
const DRAWS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  /[\u2580-\u259f\u25a0\u2b1b\u2b1c]|##|@@|(?:\u001b|\\u001b)\[[0-9;:]{0,40}m/;

export class Detector {
  /** how many pictures are looked into at most: each takes its time */
  #pictures: number;
  /** how many codes are given at most, and then those written out but once */
  #codes: number;
  readonly #written: Set<string> | null;

  constructor({ pictures = Number.POSITIVE_INFINITY, codes = Number.POSITIVE_INFINITY } = {}) {
    this.#pictures = pictures;
    this.#codes = codes;
    this.#written = Number.isFinite(codes) ? new Set() : null;
  }

  #drawings = new Map<string, Drawing>();

  /** True while a drawing may be under way: then `settle` is due when nothing comes for a moment. */
  get isWaiting(): boolean {
    return this.#drawings.size > 0;
  }

  /** One line of the log, without its end; gives what was completed by it. */
  push(text: string, line: number): SeenCode[] {
    if (this.#codes <= 0) return [];
    if (!HINTS.test(text)) return this.#drawings.size === 0 ? [] : this.#draw(text, line);
    const picture = this.#pictures > 0 ? pictureIn(text) : null;
    if (picture) this.#pictures -= 1;
    const payload = (picture && readPicture(picture)) ?? payloadIn(text);
    if (payload !== null) return this.#write(payload, line);
    if (!DRAWS.test(text)) return this.#drawings.size === 0 ? [] : this.#draw(text, line);
    const parts = partsOf(text);
    return parts.flatMap((part) => this.#draw(part, line));
  }

  /** What is whole among the drawings under way; the others go on. For a moment in which nothing comes. */
  peek(): SeenCode[] {
    const whole: SeenCode[] = [];
    for (const [prefix, drawing] of [...this.#drawings]) {
      const found = this.#read(drawing);
      if (found.length > 0) this.#drawings.delete(prefix);
      whole.push(...found);
    }
    return whole;
  }

  /** Nothing more comes for now, or at all: what is drawn so far is looked at. */
  settle(): SeenCode[] {
    const found = [...this.#drawings.values()].flatMap((drawing) => this.#read(drawing));
    this.#drawings.clear();
    return found.sort((left, right) => left.firstLine - right.firstLine);
  }

  #draw(text: string, line: number): SeenCode[] {
    const row = readRow(text);
    const known = this.#drawings.get(row.prefix);
    // within a drawing a row may be all light, and say nothing but its prefix; none begins with that
    if (!known && row.drawn < LEAST) return this.#pass(null);
    const over = this.#pass(row.drawn === 0 ? null : row.prefix);
    const drawing = known ?? { rows: [], lines: [], silence: 0 };
    drawing.rows.push(row);
    drawing.lines.push(line);
    if (row.drawn > 0) drawing.silence = 0;
    else if (!this.#drawings.has(row.prefix)) return over;
    this.#drawings.set(row.prefix, drawing);
    if (drawing.rows.length < MOST_ROWS && this.#drawings.size <= MOST_WRITERS) return over;
    return [...over, ...this.#end(drawing.rows.length >= MOST_ROWS ? row.prefix : [...this.#drawings.keys()][0]!)];
  }

  /** A line that is not of these drawings passed by. */
  #pass(but: string | null): SeenCode[] {
    const found: SeenCode[] = [];
    for (const [prefix, drawing] of this.#drawings) {
      if (prefix === but) continue;
      drawing.silence += 1;
      if (drawing.silence > PATIENCE) found.push(...this.#end(prefix));
    }
    return found;
  }

  #end(prefix: string): SeenCode[] {
    const drawing = this.#drawings.get(prefix);
    this.#drawings.delete(prefix);
    return drawing ? this.#read(drawing) : [];
  }

  /** A code that is written out rather than drawn. */
  #write(payload: string, line: number): SeenCode[] {
    if (this.#written?.has(payload)) return [];
    this.#written?.add(payload);
    this.#codes -= 1;
    return [{ payload, kind: kindOf(payload), matrix: matrixOf(payload), firstLine: line, lastLine: line }];
  }

  #read(drawing: Drawing): SeenCode[] {
    if (this.#codes <= 0) return [];
    const found = read(drawing, this.#codes);
    this.#codes -= found.length;
    return found;
  }
}

/** The codes of a drawing, so many of them at most. */
function read({ rows, lines }: Drawing, most: number): SeenCode[] {
  const found = findCodes(rows);
  const drawn = rows.filter((row) => row.drawn > 0);
  // an empty line may be a row of the code, or somebody else's
  const kept = found.length > 0 || drawn.length === rows.length ? rows : drawn;
  const numbers = kept === rows ? lines : lines.filter((_, index) => rows[index]!.drawn > 0);
  return (kept === rows ? found : findCodes(kept)).slice(0, most).map(({ matrix, firstRow, lastRow }) => {
    const payload = decodeMatrix(matrix);
    const kind = payload === null ? "text" : kindOf(payload);
    return { payload, kind, matrix, firstLine: numbers[firstRow]!, lastLine: numbers[lastRow]! };
  });
}

function matrixOf(payload: string): Matrix {
  // the library draws a border of one at least
  return encodeQR(payload, "raw", { ecc: "low", border: 1 })
    .slice(1, -1)
    .map((row) => row.slice(1, -1));
}

/** A line that holds a whole drawing: several lines in one record, or in a field of a JSON line. */
function partsOf(text: string): string[] {
  if (!text.includes("\\n")) return text.split(/\r?\n/);
  const drawn = stringsIn(text).find((value) => value.includes("\n") && DRAWS.test(value));
  return (drawn ?? text).split(/\r?\n/);
}
