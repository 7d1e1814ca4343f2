/**
 * What a stream of lines is made of, as everybody outside sees it, and the bounds that it keeps.
 *
 * A stream holds lines. A line with `gap` stands where others were lost. With `markers=1` a line with `marker` says what
 * became of the service at that time; with `progress=1` a record with `progress` alone says how far a reading is. A client
 * that asks for neither gets what was printed, the gaps, and nothing else.
 */
import { z } from "zod";

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const MARKER_KINDS = ["started", "exited", "failed", "restarted", "recreated"] as const;

export const markerSchema = z.object({
  kind: z
    .enum(MARKER_KINDS)
    .describe(
      "`exited`: it ended as it should or was asked to; `failed`: it did not; `restarted`: its supervisor started it again by itself; `recreated`: under its name there is another container from here on",
    ),
  code: z.number().int().nullable().describe("exit code; null: none, or not known"),
  signal: z.string().nullable().describe("SIGKILL, where a signal ended it"),
});
export type LogMarker = z.infer<typeof markerSchema>;

export const lineSchema = z.object({
  cursor: z.string().describe("where to go on: `after` and `before` take it, and it is the id of an event"),
  time: z.string().describe("RFC 3339 in UTC, with the precision of the source"),
  service: z.string().describe("the service's id"),
  stream: z.enum(["stdout", "stderr"]),
  level: z.enum(LOG_LEVELS).nullable().describe("null: nothing in the line tells"),
  text: z.string().describe("ANSI colours are kept, every other control character is escaped"),
  fields: z.record(z.string(), z.unknown()).optional().describe("the parsed object where the line is JSON or logfmt"),
  truncated: z.literal(true).optional().describe("the line was longer than 256 KiB and is cut"),
  continues: z
    .literal(true)
    .optional()
    .describe(
      "it goes on with the message of the line before it of the same service and stream (a stack trace, say), and has that one's level. Where the answer leaves lines out, that one may be missing",
    ),
  gap: z
    .object({ lines: z.number().int().nullable(), reason: z.string() })
    .optional()
    .describe("no line of the service, but in place of so many lost ones; null: nobody knows how many"),
  marker: markerSchema
    .optional()
    .describe(
      "with markers=1: what became of the service then, and `text` says it. In the journal it is a line that is there in any case; elsewhere it is no line of the service, counts for no tail, and its cursor is that of the line before it: empty where there is none",
    ),
});

export type LogLine = z.infer<typeof lineSchema>;

export const progressSchema = z.object({
  progress: z.object({
    searchedTo: z
      .string()
      .nullable()
      .describe("time of the last line that was looked at: everything between it and where the reading began is done"),
    bytes: z.number().int().describe("read so far, as the source holds them; 0 where it does not say"),
    lines: z.number().int().describe("lines given out so far"),
    done: z.boolean().describe("what there was is read; with follow=1 only what comes is still to come"),
  }),
});

/** With `progress=1`, some four times a second. An event of its own name (`progress`) without an id. */
export type LogProgress = z.infer<typeof progressSchema>;

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

const SAID: Record<LogMarker["kind"], string> = {
  started: "Started",
  exited: "Exited",
  failed: "Failed",
  restarted: "Started again by its supervisor",
  recreated: "Another container of this name from here on",
};

/** What became of the service, where its own log does not say it. */
export function markLine(place: Pick<LogLine, "cursor" | "time" | "service">, marker: LogMarker): LogLine {
  const { kind, code, signal } = marker;
  const how = signal ? `, by ${signal}` : code === null ? "" : `, code ${code}`;
  const level = kind === "failed" ? "error" : "info";
  return { ...place, stream: "stdout", level, text: `${SAID[kind]}${how}`, marker };
}
