/** One entry of `journalctl -o json`, as lines of a log. */
import type { LogRecord } from "../supervisor.ts";

/** An entry of several lines has one cursor: each line but the last adds its number, so that a reader can go on in the middle. */
const LINE = "#";
const CURSOR = /^(s=[0-9a-f]+;i=[0-9a-f]+;b=[0-9a-f]+;m=[0-9a-f]+;t=[0-9a-f]+;x=[0-9a-f]+)(?:#(\d{1,6}))?$/;
/** syslog's "error" and worse */
const ERROR = 3;

const SUPPRESSED = "the journal's rate limit let no more pass (RateLimitBurst= in journald.conf)";

export interface Cursor {
  /** journald's own */
  entry: string;
  /** the line of the entry that was read last; null: all of it */
  line: number | null;
}

/** null for what this adapter never gave out. */
export function parseCursor(text: string): Cursor | null {
  const found = CURSOR.exec(text);
  return found && { entry: found[1]!, line: found[2] === undefined ? null : Number(found[2]) };
}

/**
 * The lines of an entry, given as one line of JSON; none for what is no entry. journald does not keep apart what a program
 * wrote to its two outputs, both arrive on one stream: `stderr` stands for the priorities `err` and worse, which a program
 * gives itself with a `<3>` prefix or through syslog.
 */
export function linesOf(json: string): LogRecord[] {
  const entry = parse(json);
  const cursor = entry?.__CURSOR;
  const time = entry?.__REALTIME_TIMESTAMP;
  if (!entry || typeof cursor !== "string" || typeof time !== "string" || !/^\d{7,20}$/.test(time)) return [];
  const priority = typeof entry.PRIORITY === "string" && /^[0-7]$/.test(entry.PRIORITY) ? Number(entry.PRIORITY) : null;
  const message = messageOf(entry.MESSAGE);
  const lost = entry._TRANSPORT === "driver" ? suppressed(message) : null;
  if (lost !== null)
    return [{ cursor, time: microseconds(time), stream: "stdout", text: SUPPRESSED, priority: 4, lost }];
  const texts = message.split("\n");
  // a final line end ends the last line and begins no other
  if (texts.length > 1 && texts.at(-1) === "") texts.pop();
  return texts.map((text, index) => ({
    cursor: index === texts.length - 1 ? cursor : `${cursor}${LINE}${index}`,
    time: microseconds(time),
    stream: priority !== null && priority <= ERROR ? "stderr" : "stdout",
    text,
    priority,
  }));
}

/** `Suppressed 265421 messages from web.service`: what journald itself says of a unit over its rate limit. */
function suppressed(message: string): number | null {
  const found = /^Suppressed (\d{1,15}) messages from /.exec(message);
  return found ? Number(found[1]) : null;
}

/** Text; bytes where it is not UTF-8; a list where a program gave the field more than once; null where there is none. */
function messageOf(message: unknown): string {
  if (typeof message === "string") return message;
  if (!Array.isArray(message)) return "";
  if (message.every((byte) => typeof byte === "number")) return Buffer.from(message).toString("utf8");
  return message.map(messageOf).join("\n");
}

/** RFC 3339 with the journal's microseconds. */
function microseconds(time: string): string {
  const milliseconds = Number(time.slice(0, -3));
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${time.slice(-3)}Z`;
}

function parse(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    // a line cut off by the end of journalctl
    return null;
  }
}
