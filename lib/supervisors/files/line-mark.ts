/** Tells by a few bytes whether the line before an offset is still the one that was there. */
const LENGTH = 32;
/** bytes before an offset in which its line's end is found: a line end stands behind them */
export const MARKED = LENGTH + 1;
const LINE_END = 10;

/** Of a line, without its end: FNV-1a over its last bytes. */
export function lineMark(line: Buffer): string {
  let hash = 0x811c9dc5;
  for (let at = Math.max(0, line.length - LENGTH); at < line.length; at += 1)
    hash = Math.imul(hash ^ line[at]!, 0x01000193);
  return (hash >>> 0).toString(36);
}

/** Of the line that ends before an offset, by the bytes there. */
export function markBefore(bytes: Buffer): string {
  const end = bytes.at(-1) === LINE_END ? bytes.length - 1 : bytes.length;
  const line = bytes.subarray(Math.max(0, end - LENGTH), end);
  return lineMark(line.subarray(line.lastIndexOf(LINE_END) + 1));
}
