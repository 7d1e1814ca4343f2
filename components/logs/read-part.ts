/** A part of the lines read to its end, for the pages of a scrolled list. */
import type { LogLine } from "#lib/logs/line.ts";
import { type LogAsk, logPath, type Part } from "./log-requests.ts";
import { readLogs } from "./read-logs.ts";

export interface LinePage {
  read: LogLine[];
  /** those of them that the view shows */
  kept: LogLine[];
  /** it was cut off: there are more */
  more: boolean;
}

interface PartReading {
  ask: LogAsk;
  part: Part;
  /** lines at most */
  most: number;
  signal: AbortSignal;
}

/** Up to `most` lines of a part. Throws `ApiProblem`. */
export async function readPart({ ask, part, most, signal }: PartReading): Promise<LinePage> {
  const enough = new AbortController();
  const page: LinePage = { read: [], kept: [], more: false };
  await readLogs(logPath(ask, part), {
    signal: AbortSignal.any([signal, enough.signal]),
    onLines: (lines) => {
      const taken = lines.slice(0, most - page.read.length);
      page.read.push(...taken);
      page.kept.push(...taken.filter(ask.keeps));
      page.more = page.read.length >= most;
      if (page.more) enough.abort();
    },
  });
  return page;
}
