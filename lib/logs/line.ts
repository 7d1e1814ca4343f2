/** One line of a log as everybody outside sees it, and the bounds that it keeps. */
import { z } from "zod";

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const lineSchema = z.object({
  cursor: z.string().describe("where to go on: `after` and `before` take it, and it is the id of an event"),
  time: z.string().describe("RFC 3339 in UTC, with the precision of the source"),
  service: z.string().describe("the service's id"),
  stream: z.enum(["stdout", "stderr"]),
  level: z.enum(LOG_LEVELS).nullable().describe("null: nothing in the line tells"),
  text: z.string().describe("ANSI colours are kept, every other control character is escaped"),
  fields: z.record(z.string(), z.unknown()).optional().describe("the parsed object where the line is JSON or logfmt"),
  truncated: z.literal(true).optional().describe("the line was longer than 256 KiB and is cut"),
  gap: z
    .object({ lines: z.number().int().nullable(), reason: z.string() })
    .optional()
    .describe("no line of the service, but in place of so many lost ones; null: nobody knows how many"),
});

export type LogLine = z.infer<typeof lineSchema>;

/** bytes of `text` at most */
export const LONGEST_TEXT = 256 * 1024;

/** A line that stands where others are missing. */
export function gapLine(
  place: Pick<LogLine, "cursor" | "time" | "service">,
  gap: NonNullable<LogLine["gap"]>,
): LogLine {
  const count = gap.lines === null ? "Lines" : gap.lines === 1 ? "1 line" : `${gap.lines} lines`;
  return { ...place, stream: "stdout", level: "warn", text: `${count} missing: ${gap.reason}`, gap };
}
