/** Lines that the engine put away before anybody read them. */
import type { LogRecord } from "../supervisor.ts";
import type { Cursor } from "./lines.ts";

const ROTATED = "the engine rotated its log before they were read";
const EMPTIED = "the log was emptied, and what was written just before may have gone with it";

/**
 * One record in front of the first line that is left, where the log begins behind the reader's place. None where the
 * container itself began behind it: what was made anew under its name has lost nothing.
 */
export function lostBefore(first: LogRecord, after: Cursor, created: string | null): LogRecord[] {
  const isNew = created !== null && Date.parse(created) > Date.parse(after.time);
  if (isNew || !(Date.parse(first.time) >= Date.parse(after.time))) return [];
  return [lost(`${after.time}/${after.ordinal}/${after.mark}`, first.time, ROTATED)];
}

/** `last`: the line that was read before. */
export function lostWhenEmptied(last: LogRecord): LogRecord {
  return lost(last.cursor, last.time, EMPTIED);
}

/** `last`: the line that was read before. */
export function lostToRotation(last: LogRecord): LogRecord {
  return lost(last.cursor, last.time, ROTATED);
}

function lost(cursor: string, time: string, text: string): LogRecord {
  return { cursor, time, stream: "stdout", text, priority: 4, lost: null };
}
