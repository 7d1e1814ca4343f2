/** What became of a service, put between the lines of a log that does not say it itself. */
import { hasLogHistory, isMarkSource, type TimedMark } from "#lib/supervisors/supervisor.ts";
import { EVERYTHING, type LogSource } from "./history.ts";
import { type LogLine, markLine } from "./line.ts";
import { isEarlier } from "./merge.ts";
import type { Selection } from "./query.ts";

/** Oldest first. Empty where nobody knows, or the log tells it itself. */
export async function marksOf(
  { supervisor, name, service }: LogSource,
  signal: AbortSignal,
): Promise<ServiceTimedMark[]> {
  if (!isMarkSource(supervisor)) return [];
  return (await supervisor.marks(name, signal)).map((mark) => ({ ...mark, service }));
}

export interface ServiceTimedMark extends TimedMark {
  /** id of the service */
  service: string;
}

/** Time of the line that has this cursor; null where that cannot be told without reading the log from its start. */
export async function timeAt(
  { supervisor, name }: LogSource,
  cursor: string,
  signal: AbortSignal,
): Promise<string | null> {
  if (!hasLogHistory(supervisor)) return null;
  const query = { ...EVERYTHING, from: "newest", through: cursor } as const;
  for await (const batch of (await supervisor.history(name, query, signal)) ?? []) {
    const last = batch.at(-1);
    if (last) return last.time;
  }
  return null;
}

/**
 * Each mark where its time is among the lines. Before the first line only from a given time on: what is older than a tail
 * is not asked for. A mark bears the cursor of the line before it. `known`: time of the line that the reader has already,
 * behind which every mark is news.
 */
export async function* withMarks(
  batches: AsyncGenerator<LogLine[]>,
  marks: readonly ServiceTimedMark[],
  { selection, known }: { selection: Selection; known: string | null },
): AsyncGenerator<LogLine[]> {
  const { since, until, before, tail, after, isNewestFirst } = selection;
  if (marks.length === 0) return yield* batches;
  const from = tail === null ? known : null;
  const waiting = marks
    .filter(({ time }) => from === null || isEarlier(from, time))
    .filter(({ time }) => !(since !== null && isEarlier(time, since)) && !(until !== null && isEarlier(until, time)))
    .sort((a, b) => (isEarlier(a.time, b.time) ? -1 : 1));
  if (isNewestFirst) waiting.reverse();
  const isDue = ({ time }: TimedMark, line: LogLine) =>
    isNewestFirst ? !isEarlier(time, line.time) : isEarlier(time, line.time);
  const isWhole = tail === null && after === null && before === null;
  let isFirst = !isWhole && from === null;
  let cursor = from === null ? "" : (after ?? "");
  const markAt = ({ time, service, ...mark }: ServiceTimedMark, place: string) =>
    markLine({ cursor: place, time, service }, mark);
  for await (const batch of batches) {
    const out: LogLine[] = [];
    for (const line of batch) {
      while (waiting[0] && isDue(waiting[0], line)) {
        const mark = waiting.shift()!;
        // what is newer than a place that is scrolled back from is on the page already
        if (!isFirst || (isNewestFirst && before === null))
          out.push(markAt(mark, isNewestFirst ? line.cursor : cursor));
      }
      isFirst = false;
      cursor = line.cursor;
      out.push(line);
    }
    yield out;
  }
  // where no line was shown, the past was not asked for
  if (isWhole || from !== null || (!isFirst && before === null && !isNewestFirst))
    yield waiting.map((mark) => markAt(mark, isNewestFirst ? "" : cursor));
}
