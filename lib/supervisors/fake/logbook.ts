/** The lines of one made-up service: replayed by query, then followed. */
import { type Channel, channel } from "#lib/platform/channel.ts";
import { timestamp } from "#lib/platform/clock.ts";
import type { LogQuery, LogRecord } from "../supervisor.ts";

const KEPT = 5000;

export interface Logbook {
  print(text: string, options?: { stream?: LogRecord["stream"]; at?: number; priority?: number }): void;
  read(query: LogQuery, signal: AbortSignal): AsyncIterable<LogRecord>;
}

/** Keeps the newest 5,000 lines; a cursor is a line's running number. */
export function createLogbook(): Logbook {
  const lines: LogRecord[] = [];
  const followers = new Set<Channel<LogRecord>>();
  let count = 0;

  return {
    print(text, options = {}) {
      for (const part of text.split("\n")) {
        count += 1;
        const line: LogRecord = {
          cursor: String(count),
          time: timestamp(options.at),
          stream: options.stream ?? "stdout",
          text: part,
          priority: options.priority ?? null,
        };
        lines.push(line);
        if (lines.length > KEPT) lines.shift();
        for (const follower of followers) follower.push(line);
      }
    },
    async *read(query, signal) {
      const coming = channel<LogRecord>(signal);
      if (query.follow) followers.add(coming);
      try {
        for (const line of select(lines, query)) {
          if (signal.aborted) return;
          yield line;
        }
        if (query.follow) yield* coming;
      } finally {
        followers.delete(coming);
      }
    },
  };
}

/** Copies before it is read, so that lines printed meanwhile come once, through the follower. */
function select(lines: readonly LogRecord[], query: LogQuery): LogRecord[] {
  const since = query.since === null ? Number.NEGATIVE_INFINITY : Date.parse(query.since);
  const until = query.until === null ? Number.POSITIVE_INFINITY : Date.parse(query.until);
  const chosen = lines.filter((line) => {
    const at = Date.parse(line.time);
    return at >= since && at <= until && (query.after === null || Number(line.cursor) > Number(query.after));
  });
  return query.tail === null ? chosen : chosen.slice(Math.max(0, chosen.length - query.tail));
}
