/** Finds a line again by its mark and its time, and reads on from there in either direction. */
import type { HistoryQuery, LogRecord } from "#lib/supervisors/supervisor.ts";
import { isEarlier } from "./merge.ts";
import { BY_TIME, type MergedPlace, type Place, shortMark } from "./merged-cursor.ts";

type Read = (bounds: Partial<HistoryQuery>) => AsyncIterable<LogRecord[]>;

/** milliseconds by which the lines of one log may be out of order */
const DISORDER = 2000;
/** a line may come so much later than its time says: milliseconds before the cursor's time that are read for a service that had said nothing */
const LATE = 5000;
const GONE = "the line before them is gone from the log, and what stood behind it may be as well";

/** What of this service is after a merged place. */
export function seekAfter(read: Read, merged: MergedPlace, index: number): AsyncIterable<LogRecord[]> {
  const place = merged.places.get(index);
  if (!place) return read({ from: "oldest", since: iso(Date.parse(merged.time) - LATE) });
  if (isByTime(place, merged))
    return byTime(read({ from: "oldest", since: iso(Date.parse(merged.time)) }), merged, { index, isAfter: true });
  const isGone = () => place.mark !== BY_TIME && beginsLater(read, place.at);
  const batches = read({ from: "oldest", since: iso(place.at - DISORDER) });
  return beyond(batches, place, { side: "after", isGone });
}

/** What of this service is before a merged place. A service that said nothing lately has no place there: the time tells. */
export function seekBefore(read: Read, merged: MergedPlace, index: number): AsyncIterable<LogRecord[]> {
  const place = merged.places.get(index);
  if (!place || isByTime(place, merged))
    return byTime(read({ from: "newest", until: iso(Date.parse(merged.time) + 1) }), merged, { index, isAfter: false });
  const batches = read({ from: "newest", until: iso(place.at + DISORDER) });
  return beyond(batches, place, { side: index === merged.own ? "before" : "through", isGone: () => false });
}

/** Told by the line of this very cursor, and not of one before it. */
function isByTime({ mark, at }: Place, { time }: MergedPlace): boolean {
  return mark === BY_TIME && at === Date.parse(time);
}

/** Lines that a merge puts on this side of the one that is at the place. */
async function* byTime(
  batches: AsyncIterable<LogRecord[]>,
  { time, own }: MergedPlace,
  { index, isAfter }: { index: number; isAfter: boolean },
): AsyncGenerator<LogRecord[]> {
  const isBefore = (record: LogRecord) => isEarlier(record.time, time) || (record.time === time && index < own);
  for await (const batch of batches) yield batch.filter((record) => isBefore(record) !== isAfter);
}

/** Drops lines until the marked one was met. Where it is gone from the log, its time decides, and forward it is told. */
async function* beyond(
  batches: AsyncIterable<LogRecord[]>,
  { mark, at }: Place,
  { side, isGone }: { side: "after" | "before" | "through"; isGone: () => boolean | Promise<boolean> },
): AsyncGenerator<LogRecord[]> {
  const isForward = side === "after";
  let held: LogRecord[][] | null = [];
  for await (const batch of batches) {
    if (!held) {
      yield batch;
      continue;
    }
    const met = batch.findLastIndex((record) => shortMark(record.cursor) === mark);
    if (met >= 0) {
      held = null;
      yield isForward ? batch.slice(met + 1) : batch.slice(0, side === "through" ? met + 1 : met);
      continue;
    }
    held.push(batch);
    if (!isPast(batch, at, isForward)) continue;
    yield* isForward ? behind(held, at, await isGone()) : held.map((waiting) => waiting.filter(isUpTo(at)));
    held = null;
  }
  if (!held) return;
  yield* isForward ? behind(held, at, await isGone()) : held.map((waiting) => waiting.filter(isUpTo(at)));
}

/** Is all that the log has left as late as that? Else the line is there, and only its time was another when it came. */
async function beginsLater(read: Read, at: number): Promise<boolean> {
  for await (const [first] of read({ from: "oldest", since: null })) if (first) return Date.parse(first.time) >= at;
  return false;
}

/** Where the marked line is gone, what is of its time may have stood behind it: rather twice than never. */
function behind(held: readonly LogRecord[][], at: number, isGone: boolean): LogRecord[][] {
  const left = held.flat().filter(({ time }) => (isGone ? Date.parse(time) >= at : Date.parse(time) > at));
  const [first] = left;
  if (!first || !isGone) return [left];
  return [[{ ...first, text: GONE, priority: 4, lost: null }, ...left]];
}

function isUpTo(at: number): (record: LogRecord) => boolean {
  return ({ time }) => Date.parse(time) <= at;
}

function isPast(batch: readonly LogRecord[], at: number, isForward: boolean): boolean {
  const farthest = isForward ? batch.at(-1) : batch[0];
  if (!farthest) return false;
  const time = Date.parse(farthest.time);
  return isForward ? time > at + DISORDER : time < at - DISORDER;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
