/** Records of a source made into lines, and only those that are wanted. */
import type { LogRecord } from "#lib/supervisors/supervisor.ts";
import { cleanText, visibleText } from "./clean-text.ts";
import { parseFields } from "./fields.ts";
import { levelOf } from "./level.ts";
import { gapLine, LOG_LEVELS, type LogLine } from "./line.ts";
import type { Selection } from "./query.ts";

/** null: not wanted. What was lost is told whatever is wanted. */
export type ToLine = (record: LogRecord) => LogLine | null;

/** The one pass over every line: cheap questions first, so that what is not wanted costs little. */
export function lineMaker(service: string, wanted: Selection): ToLine {
  const { stream, regex } = wanted;
  const words = wanted.q === null ? null : new RegExp(wanted.q.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"), "i");
  const worst = wanted.level === null ? -1 : LOG_LEVELS.indexOf(wanted.level);
  const info = LOG_LEVELS.indexOf("info");
  return (record) => {
    if (record.lost !== undefined)
      return gapLine(
        { cursor: record.cursor, time: record.time, service },
        { lines: record.lost, reason: record.text },
      );
    if (stream !== null && record.stream !== stream) return null;
    const { text, truncated } = cleanText(record.text);
    if (words || regex) {
      const visible = visibleText(text);
      if (words && !words.test(visible)) return null;
      if (regex && !regex.test(visible)) return null;
    }
    const fields = parseFields(text);
    const level = levelOf({ text, fields, priority: record.priority });
    if (worst >= 0 && (level === null ? info : LOG_LEVELS.indexOf(level)) < worst) return null;
    const line: LogLine = { cursor: record.cursor, time: record.time, service, stream: record.stream, level, text };
    if (fields) line.fields = fields;
    if (truncated) line.truncated = true;
    return line;
  };
}

/** What a source may go by to leave lines out early; null: nothing. A colour may stand in the middle of what is looked for. */
export function hintOf({ q }: Selection): string[] | null {
  if (q === null || q.includes("\\")) return null;
  // characters that every encoding of a log writes as they are
  const runs = q.toLowerCase().match(/[a-z0-9 _.:=,;@#%+*()[\]{}!?^~|$-]+/g) ?? [];
  const longest = runs.sort((a, b) => b.length - a.length)[0];
  return longest ? [longest, "\x1b["] : null;
}
