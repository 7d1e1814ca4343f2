/** Places in the journal. */

/** An entry of several lines has one cursor: each line but the last adds its number, so that a reader can go on in the middle. */
const LINE = "#";
const CURSOR = /^(s=[0-9a-f]+;i=[0-9a-f]+;b=[0-9a-f]+;m=[0-9a-f]+;t=[0-9a-f]+;x=[0-9a-f]+)(?:#(\d{1,6}))?$/;

export interface Cursor {
  /** journald's own */
  entry: string;
  /** the line of the entry that was read last; null: all of it */
  line: number | null;
}

/** null for what no reader of the journal gave out. */
export function parseCursor(text: string): Cursor | null {
  const found = CURSOR.exec(text);
  return found && { entry: found[1]!, line: found[2] === undefined ? null : Number(found[2]) };
}

/** Of line `index` of an entry that has `count`. */
export function lineCursor(entry: string, index: number, count: number): string {
  return index === count - 1 ? entry : `${entry}${LINE}${index}`;
}
