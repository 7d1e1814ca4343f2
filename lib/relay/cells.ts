/**
 * One line of a log as a row of cells: what a terminal would show, as light. A character covers two cells across and two
 * down, which is as fine as half blocks and quadrants get. Colours count; what is no drawing at all is `OTHER`.
 */

/** a cell that holds writing: part of a prefix, or of another writer's line */
export const OTHER = -1;
/** the terminal's own colours: the ground is dark unless something says otherwise, and whoever reads tries both ways */
export const GROUND = 0;
export const INK = 255;

export interface Row {
  /** light of the upper and the lower half, 0 to 255 or OTHER, two to a character */
  upper: Int16Array;
  lower: Int16Array;
  /** characters that draw: blocks, coloured spaces, ASCII ink */
  drawn: number;
  /** what stands before the drawing, its digits all alike: lines of one writer have one */
  prefix: string;
}

// which quarters of a character a block fills: upper left, upper right, lower left, lower right
const BLOCKS: Record<string, number> = {
  "█": 0b1111,
  "▀": 0b1100,
  "▄": 0b0011,
  "▌": 0b1010,
  "▐": 0b0101,
  "▖": 0b0010,
  "▗": 0b0001,
  "▘": 0b1000,
  "▙": 0b1011,
  "▚": 0b1001,
  "▛": 0b1110,
  "▜": 0b1101,
  "▝": 0b0100,
  "▞": 0b0110,
  "▟": 0b0111,
  "■": 0b1111,
  "▓": 0b1111,
  "#": 0b1111,
  "@": 0b1111,
};
const EMOJI: Record<string, number> = { "⬛": 0, "⬜": 255, "🏴": 0, "🏳": 255 };
const SPACES = new Set([" ", "\u00a0", "\u2003", "\u2007", "\u3000"]);
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const ESCAPE = /\u001b(?:\[([0-9;:]*)([A-Za-z])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|.)/y;
/** wider than any code of version 40 in its largest drawing: the rest of such a line draws nothing */
const WIDEST = 2000;

/** Reads a line; one that draws nothing has nothing drawn, and all its writing as prefix. */
export function readRow(text: string): Row {
  const cells: number[] = [];
  const lower: number[] = [];
  const pen = new Pen();
  let drawn = 0;
  let start = -1;
  let written = 0;
  let prefix = "";
  for (let at = 0; at < text.length && cells.length < WIDEST; ) {
    if (text[at] === "\x1b") {
      ESCAPE.lastIndex = at;
      const found = ESCAPE.exec(text);
      if (found?.[2] === "m") pen.set(found[1] ?? "");
      at += found?.[0].length ?? 1;
      continue;
    }
    const sign = String.fromCodePoint(text.codePointAt(at)!);
    at += sign.length;
    if (sign === "\ufe0f") continue;
    const quarters = quartersOf(sign, pen);
    if (quarters === null) {
      // a plain space of the terminal's own colour may be light, dark, or nothing
      if (SPACES.has(sign)) push(cells, lower, [GROUND, GROUND, GROUND, GROUND]);
      else {
        push(cells, lower, [OTHER, OTHER, OTHER, OTHER]);
        if (start === -1) written = cells.length;
      }
      if (start === -1) prefix += sign;
      continue;
    }
    drawn += 1;
    if (start === -1) start = cells.length;
    push(cells, lower, quarters);
  }
  // cut after the last written sign: prefixes of different length leave the drawing at the same place
  return {
    upper: Int16Array.from(cells.slice(written)),
    lower: Int16Array.from(lower.slice(written)),
    drawn,
    prefix: prefix.trimEnd().replace(/\d+/g, "0"),
  };
}

function quartersOf(sign: string, pen: Pen): [number, number, number, number] | null {
  const emoji = EMOJI[sign];
  if (emoji !== undefined) return [emoji, emoji, emoji, emoji];
  const { ink, ground } = pen;
  const block = BLOCKS[sign];
  if (block === undefined) return SPACES.has(sign) && pen.isColoured ? [ground, ground, ground, ground] : null;
  const of = (bit: number) => ((block & bit) === 0 ? ground : ink);
  return [of(8), of(4), of(2), of(1)];
}

function push(upper: number[], lower: number[], [a, b, c, d]: [number, number, number, number]): void {
  upper.push(a, b);
  lower.push(c, d);
}

const BASE = [0, 76, 150, 180, 29, 105, 179, 229, 102, 90, 180, 220, 60, 130, 200, 255];

/** The colours that escape sequences have set, as light. */
class Pen {
  #ink = INK;
  #ground = GROUND;
  #reversed = false;
  isColoured = false;

  get ink(): number {
    return this.#reversed ? this.#ground : this.#ink;
  }

  get ground(): number {
    return this.#reversed ? this.#ink : this.#ground;
  }

  set(parameters: string): void {
    const codes = parameters.split(/[;:]/).map(Number);
    for (let at = 0; at < codes.length; at += 1) {
      const code = codes[at]!;
      if (code === 0) this.#reset();
      else if (code === 7) this.#reversed = true;
      else if (code === 27) this.#reversed = false;
      else if (code >= 30 && code <= 37) this.#ink = BASE[code - 30]!;
      else if (code >= 90 && code <= 97) this.#ink = BASE[code - 82]!;
      else if (code === 39) this.#ink = INK;
      else if (code >= 40 && code <= 47) this.#ground = BASE[code - 40]!;
      else if (code >= 100 && code <= 107) this.#ground = BASE[code - 92]!;
      else if (code === 49) this.#ground = GROUND;
      else if (code === 38 || code === 48) {
        const [light, used] = extended(codes, at + 1);
        if (code === 38) this.#ink = light ?? this.#ink;
        else this.#ground = light ?? this.#ground;
        at += used;
      }
      if ((code >= 40 && code <= 48) || (code >= 100 && code <= 107) || code === 7) this.isColoured = true;
      if (code === 49 || (code === 27 && this.#ground === GROUND)) this.isColoured = this.#reversed;
    }
  }

  #reset(): void {
    this.#ink = INK;
    this.#ground = GROUND;
    this.#reversed = false;
    this.isColoured = false;
  }
}

/** `5;n` of 256 colours, or `2;r;g;b`: its light, and how many codes it took. */
function extended(codes: number[], at: number): [number | null, number] {
  if (codes[at] === 2) return [lightOf(codes[at + 1] ?? 0, codes[at + 2] ?? 0, codes[at + 3] ?? 0), 4];
  if (codes[at] !== 5) return [null, 0];
  const index = codes[at + 1] ?? 0;
  if (index < 16) return [BASE[index] ?? 0, 2];
  if (index >= 232) return [8 + (index - 232) * 10, 2];
  const level = (value: number) => (value === 0 ? 0 : 55 + value * 40);
  const cube = index - 16;
  return [lightOf(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)), 2];
}

function lightOf(red: number, green: number, blue: number): number {
  return Math.min(255, Math.round(0.299 * red + 0.587 * green + 0.114 * blue));
}
