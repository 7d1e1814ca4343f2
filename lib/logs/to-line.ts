/** Records of a source made into lines, and only those that are wanted. */
import type { LogRecord } from "#lib/supervisors/supervisor.ts";
import { cleanText, visibleText } from "./clean-text.ts";
import { Continued } from "./continued.ts";
import { parseFields } from "./fields.ts";
import { levelOf } from "./level.ts";
import { gapLine, LOG_LEVELS, type LogLevel, type LogLine, markLine } from "./line.ts";
import type { Selection } from "./query.ts";

export interface ToLine {
  /** null: not wanted. What was lost is told whatever is wanted. */
  line(record: LogRecord): LogLine | null;
  /** The next record does not stand behind the last one. */
  breakOff(): void;
}

/** The one pass over every line: cheap questions first, so that what is not wanted costs little. */
export function lineMaker(service: string, wanted: Selection): ToLine {
  const { stream, regex, markers } = wanted;
  const words = wanted.q === null ? null : new RegExp(wanted.q.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"), "i");
  const isSought = words !== null || regex !== null;
  const worst = wanted.level === null ? -1 : LOG_LEVELS.indexOf(wanted.level);
  const continued = new Continued();
  const line = (record: LogRecord): LogLine | null => {
    const { cursor, time, mark } = record;
    if (record.lost !== undefined) {
      continued.breakOff();
      return gapLine({ cursor, time, service }, { lines: record.lost, reason: record.text });
    }
    // its place is that of the line before it, which the reader knows
    if (record.beside) return markers && mark ? markLine({ cursor: "", time, service }, mark) : null;
    if (stream !== null && record.stream !== stream) return null;
    const { text, truncated } = cleanText(record.text);
    const visible = isSought ? visibleText(text) : text;
    if (isSought && !((words?.test(visible) ?? true) && (regex?.test(visible) ?? true))) {
      // what comes after a line that was passed over may go on with it
      continued.breakOff();
      return null;
    }
    const fields = record.continues ? null : parseFields(text);
    const own = levelOf({ text, fields, priority: record.priority });
    const head = record.continues ? continued.told(record.stream) : continued.judge(record.stream, text, own);
    const level = head ?? own;
    if (worst >= 0 && rank(level) < worst) return null;
    const made: LogLine = { cursor, time, service, stream: record.stream, level, text };
    if (fields) made.fields = fields;
    if (truncated) made.truncated = true;
    if (head !== undefined) made.continues = true;
    if (markers && mark) made.marker = mark;
    return made;
  };
  return { line, breakOff: () => continued.breakOff() };
}

function rank(level: LogLevel | null): number {
  return LOG_LEVELS.indexOf(level ?? "info");
}

/** What a source may go by to leave lines out early; null: nothing. A colour may stand in the middle of what is looked for. */
export function hintOf({ q }: Selection): string[] | null {
  if (q === null || q.includes("\\")) return null;
  // characters that every encoding of a log writes as they are
  const runs = q.toLowerCase().match(/[a-z0-9 _.:=,;@#%+*()[\]{}!?^~|$-]+/g) ?? [];
  const longest = runs.sort((a, b) => b.length - a.length)[0];
  return longest ? [longest, "\x1b["] : null;
}
