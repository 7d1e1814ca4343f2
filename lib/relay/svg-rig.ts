/** Reads a drawn code back, for tests: every module out of the path, then what they say. */
import { decodeMatrix, type Matrix } from "./matrix.ts";

/** Throws for what is no drawing of ours. `quiet`: light modules around it, the fewest of any side. */
export function readSvg(svg: string): { payload: string | null; quiet: number; matrix: Matrix } {
  const side = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const [light, dark] = [...svg.matchAll(/<path fill="(#\w+)" d="([^"]*)"\/>/g)];
  if (light?.[1] !== "#fff" || dark?.[1] !== "#000") throw new Error("it is not dark on light");
  const cells = Array.from({ length: side }, () => Array<boolean>(side).fill(false));
  for (const [, x, y, length] of dark[2]!.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    cells[Number(y)]!.fill(true, Number(x), Number(x) + Number(length));
  const quiet = cells.findIndex((row) => row.includes(true));
  const matrix = cells.slice(quiet, side - quiet).map((row) => row.slice(quiet, side - quiet));
  return { payload: decodeMatrix(matrix), quiet, matrix };
}
