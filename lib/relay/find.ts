/**
 * Finds QR codes in rows of cells. A drawing in text is exact, so nothing is measured or straightened: the three finder
 * patterns, their separators and the timing lines between them are looked for cell by cell, in each way that a module can be
 * drawn, dark on light and light on dark. Nothing but a code has all of these.
 */
import { OTHER, type Row } from "./cells.ts";
import type { Matrix } from "./matrix.ts";

export interface Found {
  matrix: Matrix;
  /** the first and the last of the rows it takes, from 0 */
  firstRow: number;
  lastRow: number;
}

/** cells that a module is wide and high: half blocks, full blocks two wide, quadrants, one sign, four wide and two high */
const SIZES = [
  [2, 1],
  [4, 2],
  [2, 2],
  [1, 1],
  [8, 4],
] as const;
const SMALLEST = 21;
const LARGEST = 177;
/** finder patterns that are tried as the first of a code: a drawing made of nothing else would take seconds */
const CORNERS = 100;

/** Every code in these rows, from the top; rows belong together and have nothing between them. */
export function findCodes(rows: readonly Row[]): Found[] {
  const found: Found[] = [];
  if (rows.length * 2 < SMALLEST) return found;
  const picture = pictureOf(rows);
  for (const isInverted of [false, true])
    for (const [wide, high] of SIZES) {
      const grid = new Grid(picture, { wide, high, isInverted });
      for (const code of grid.codes()) if (!found.some((one) => overlaps(one, code))) found.push(code);
    }
  return found.sort((left, right) => left.firstRow - right.firstRow);
}

interface Picture {
  /** 0 dark, 1 light, 2 neither */
  cells: Uint8Array;
  width: number;
  height: number;
}

function pictureOf(rows: readonly Row[]): Picture {
  const width = Math.max(...rows.map((row) => row.upper.length));
  const height = rows.length * 2;
  const cells = new Uint8Array(width * height);
  const threshold = thresholdOf(rows);
  rows.forEach((row, index) => {
    for (const [half, line] of [row.upper, row.lower].entries()) {
      const from = (index * 2 + half) * width;
      // a line that ends early goes on in the ground's colour, as on a terminal
      for (let x = 0; x < line.length; x += 1) cells[from + x] = line[x] === OTHER ? 2 : line[x]! >= threshold ? 1 : 0;
    }
  });
  return { cells, width, height };
}

/** Between the darkest and the lightest that is drawn. */
function thresholdOf(rows: readonly Row[]): number {
  let darkest = 255;
  let lightest = 0;
  for (const row of rows)
    for (const line of [row.upper, row.lower])
      for (const light of line) {
        if (light === OTHER) continue;
        if (light < darkest) darkest = light;
        if (light > lightest) lightest = light;
      }
  return (darkest + lightest + 1) / 2;
}

function overlaps(one: Found, other: Found): boolean {
  return one.firstRow <= other.lastRow && other.firstRow <= one.lastRow;
}

class Grid {
  readonly #picture: Picture;
  readonly #wide: number;
  readonly #high: number;
  readonly #dark: number;
  #corners = 0;

  constructor(picture: Picture, { wide, high, isInverted }: { wide: number; high: number; isInverted: boolean }) {
    this.#picture = picture;
    this.#wide = wide;
    this.#high = high;
    this.#dark = isInverted ? 1 : 0;
  }

  *codes(): Generator<Found> {
    const { width, height } = this.#picture;
    const acrossStep = this.#wide === 1 ? 1 : 2;
    for (let top = 0; top + SMALLEST * this.#high <= height; top += this.#high === 1 ? 1 : 2)
      for (let left = 0; left + SMALLEST * this.#wide <= width + this.#wide; left += acrossStep) {
        const side = this.#sideAt(left, top);
        if (side === null) continue;
        const lastRow = Math.floor((top + side * this.#high - 1) / 2);
        yield { matrix: this.#read(left, top, side), firstRow: Math.floor(top / 2), lastRow };
        // nothing else begins within it
        top += (side - 1) * this.#high;
        break;
      }
  }

  /** The side of the code whose first module is here; null when none begins here. */
  #sideAt(left: number, top: number): number | null {
    if (this.#corners >= CORNERS || !this.#isFinder(left, top, 1, 1)) return null;
    this.#corners += 1;
    const { height } = this.#picture;
    for (let side = SMALLEST; side <= LARGEST; side += 4) {
      if (top + side * this.#high > height + this.#high - 1) return null;
      const far = side - 7;
      if (
        this.#isFinder(left + far * this.#wide, top, -1, 1) &&
        this.#isFinder(left, top + far * this.#high, 1, -1) &&
        this.#hasTiming(left, top, side)
      )
        return side;
    }
    return null;
  }

  /** A finder pattern with the light line that parts it from the rest: to its right or left, below or above. */
  #isFinder(left: number, top: number, toRight: 1 | -1, down: 1 | -1): boolean {
    // the diagonal first: hardly anything else gets past it
    for (let step = 0; step < 7; step += 1)
      if (this.#isDark(left, top, step, step) !== (step !== 1 && step !== 5)) return false;
    for (let y = 0; y < 7; y += 1)
      for (let x = 0; x < 7; x += 1) {
        const ring = Math.max(Math.abs(x - 3), Math.abs(y - 3));
        if (this.#isDark(left, top, x, y) !== (ring !== 2)) return false;
      }
    const beside = toRight === 1 ? 7 : -1;
    const below = down === 1 ? 7 : -1;
    for (let step = 0; step < 7; step += 1)
      if (this.#isDark(left, top, beside, step) !== false || this.#isDark(left, top, step, below) !== false)
        return false;
    return true;
  }

  /** Dark and light in turn between the finders; one module may be off, by a sign that somebody else wrote there. */
  #hasTiming(left: number, top: number, side: number): boolean {
    let wrong = 0;
    for (let step = 8; step < side - 8; step += 1) {
      const isDark = step % 2 === 0;
      if (this.#isDark(left, top, step, 6) !== isDark) wrong += 1;
      if (this.#isDark(left, top, 6, step) !== isDark) wrong += 1;
      if (wrong > 1) return false;
    }
    return true;
  }

  #read(left: number, top: number, side: number): boolean[][] {
    return Array.from({ length: side }, (_, y) =>
      Array.from({ length: side }, (__, x) => this.#isDark(left, top, x, y) ?? false),
    );
  }

  /** Null where neither dark nor light is drawn. Beyond the end of a line is ground. */
  #isDark(left: number, top: number, x: number, y: number): boolean | null {
    const { cells, width, height } = this.#picture;
    const across = left + x * this.#wide;
    const down = top + y * this.#high;
    if (down < 0 || down >= height || across < 0) return null;
    const cell = across >= width ? 0 : cells[down * width + across]!;
    return cell === 2 ? null : cell === this.#dark;
  }
}
