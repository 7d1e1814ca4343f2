/** A QR code as its modules, without quiet zone; decoded, and drawn again so that a phone can scan it. */
import { decodeQR } from "qr/decode.js";

/** rows of modules from the top, true where dark; the side is 21, 25, … 177 */
export type Matrix = readonly (readonly boolean[])[];

const QUIET = 4;
const PIXELS = 3;

/** What the code says, or null where it cannot be read. */
export function decodeMatrix(matrix: Matrix): string | null {
  const side = (matrix.length + 2 * QUIET) * PIXELS;
  const data = new Uint8Array(side * side * 4).fill(255);
  matrix.forEach((row, y) => {
    row.forEach((isDark, x) => {
      if (!isDark) return;
      for (let down = 0; down < PIXELS; down += 1) {
        const from = (((y + QUIET) * PIXELS + down) * side + (x + QUIET) * PIXELS) * 4;
        for (let right = 0; right < PIXELS; right += 1) data.fill(0, from + right * 4, from + right * 4 + 3);
      }
    });
  });
  try {
    // the picture is exact: what cannot be read at once is damaged, and a second look would only cost time
    return decodeQR({ width: side, height: side, data }, { timeLimit: 50 });
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

/** Dark on white with its quiet zone of four modules, crisp at any size. `title` is text for those who cannot see it. */
export function drawSvg(matrix: Matrix, title: string): string {
  const side = matrix.length + 2 * QUIET;
  const runs = matrix.flatMap((row, y) =>
    runsOf(row).map(([x, length]) => `M${x + QUIET} ${y + QUIET}h${length}v1h-${length}z`),
  );
  const escaped = title.replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges" role="img"><title>${escaped}</title><path fill="#fff" d="M0 0h${side}v${side}H0z"/><path fill="#000" d="${runs.join("")}"/></svg>`;
}

function runsOf(row: readonly boolean[]): [from: number, length: number][] {
  const runs: [number, number][] = [];
  for (let x = 0; x < row.length; x += 1) {
    if (!row[x]) continue;
    const from = x;
    while (row[x + 1]) x += 1;
    runs.push([from, x - from + 1]);
  }
  return runs;
}
