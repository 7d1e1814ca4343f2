/** Where in a file the wanted lines begin: read backwards from its end, so that a large file costs what is shown of it. */
import fs from "node:fs";
import { timeOfLine } from "./line-time.ts";

const CHUNK = 64 * 1024;
const NEWLINE = 10;

export interface Wanted {
  /** the newest so many lines; null: all */
  tail: number | null;
  /** milliseconds since the epoch; null: no bound */
  since: number | null;
  until: number | null;
}

/**
 * An offset at the start of a line, at or before the first wanted one; the reader drops what is too early. Lines are
 * taken to be in the order of their times. A file without times is searched by number of lines alone.
 */
export function findStart(descriptor: number, size: number, { tail, since, until }: Wanted): number {
  if (tail === null && since === null) return 0;
  if (tail === 0) return size;
  let counting = until === null;
  let lines = 0;
  let end = size;
  const buffer = Buffer.allocUnsafe(CHUNK);
  while (end > 0) {
    const start = Math.max(0, end - CHUNK);
    const chunk = buffer.subarray(0, fs.readSync(descriptor, buffer, 0, end - start, start));
    if (counting && tail !== null)
      // the line end at the very end of the file closes the last line and opens none
      for (let at = chunk.lastIndexOf(NEWLINE); at >= 0; at = at === 0 ? -1 : chunk.lastIndexOf(NEWLINE, at - 1)) {
        if (start + at === size - 1) continue;
        lines += 1;
        if (lines === tail) return start + at + 1;
      }
    const first = firstTime(chunk);
    if (first !== null && since !== null && first < since) return start === 0 ? 0 : start + chunk.indexOf(NEWLINE) + 1;
    if (first !== null && until !== null && first <= until) counting = true;
    end = start;
  }
  return 0;
}

/** Time of the first whole line that has one, among the first of a chunk. */
function firstTime(chunk: Buffer): number | null {
  let at = chunk.indexOf(NEWLINE) + 1;
  for (let tries = 0; tries < 50 && at > 0 && at < chunk.length; tries += 1) {
    const end = chunk.indexOf(NEWLINE, at);
    const time = timeOfLine(chunk.toString("utf8", at, end < 0 ? chunk.length : Math.min(end, at + 512)));
    if (time) return time.at;
    at = end + 1;
  }
  return null;
}
