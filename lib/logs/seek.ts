/** Finds a line again by its mark and its time, and reads on from there in either direction. */
import type { HistoryQuery, LogRecord } from "#lib/supervisors/supervisor.ts";
import { isEarlier } from "./merge.ts";
import { BY_TIME, type MergedPlace, type Place, shortMark } from "./merged-cursor.ts";

type Read = (bounds: Partial<HistoryQuery>) => AsyncIterable<LogRecord[]>;

/** milliseconds by which the lines of one log may be out of order */
const DISORDER = 2000;
/** a line may come so much later than its time says: milliseconds before the cursor's time that are read for a service that had said nothing */
const LATE = 5000;

/** What of this service is after a merged place. */
export function seekAfter(read: Read, merged: MergedPlace, index: number): AsyncIterable<LogRecord[]> {
  const place = merged.places.get(index);
  if (!place) return read({ from: "oldest", since: iso(Date.parse(merged.time) - LATE) });
  if (isByTime(place, merged))
    return byTime(read({ from: "oldest", since: iso(Date.parse(merged.time)) }), merged, { index, isAfter: true });
  return beyond(read({ from: "oldest", since: iso(place.at - DISORDER) }), place, "after");
}

/** What of this service is before a merged place. A service that said nothing lately has no place there: the time tells. */
export function seekBefore(read: Read, merged: MergedPlace, index: number): AsyncIterable<LogRecord[]> {
  const place = merged.places.get(index);
  if (!place || isByTime(place, merged))
    return byTime(read({ from: "newest", until: iso(Date.parse(merged.time) + 1) }), merged, { index, isAfter: false });
  const batches = read({ from: "newest", until: iso(place.at + DISORDER) });
  return beyond(batches, place, index === merged.own ? "before" : "through");
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

/** Drops lines until the marked one was met. Where it is gone from the log, its time decides. */
async function* beyond(
  batches: AsyncIterable<LogRecord[]>,
  { mark, at }: Place,
  side: "after" | "before" | "through",
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
    for (const waiting of held) yield waiting.filter((record) => isBeyond(record, at, isForward));
    held = null;
  }
  for (const waiting of held ?? []) yield waiting.filter((record) => isBeyond(record, at, isForward));
}

function isPast(batch: readonly LogRecord[], at: number, isForward: boolean): boolean {
  const farthest = isForward ? batch.at(-1) : batch[0];
  if (!farthest) return false;
  const time = Date.parse(farthest.time);
  return isForward ? time > at + DISORDER : time < at - DISORDER;
}

function isBeyond({ time }: LogRecord, at: number, isForward: boolean): boolean {
  return isForward ? Date.parse(time) > at : Date.parse(time) <= at;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
