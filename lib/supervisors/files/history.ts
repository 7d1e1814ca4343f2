/** What there is of an app's log: its files and what rotation made of them, woven together by the times of their lines. */
import { type Admit, openAll, wordsOf } from "#lib/platform/line-file.ts";
import type { HistoryQuery, LogRecord } from "../supervisor.ts";
import { type Cursor, cursorOf, parseCursor, pathKey } from "./cursor.ts";
import type { FileSource } from "./follow.ts";
import { type Lane, type LaneLine, type LaneQuery, openLane, packedFiles, placeIn, readLane } from "./lane.ts";
import { LONGEST, type Position } from "./log-file.ts";

const BATCH = 500;
const LINE_END = 10;

interface Head {
  lane: Lane;
  batches: AsyncGenerator<LaneLine[]>;
  batch: LaneLine[];
  /** of the line ahead */
  at: number;
  /** behind the last line that stands before the one ahead; null: nothing of this file is known */
  place: Position | null;
  /** the place that the reader had in it is still there */
  isWhole: boolean;
  /** the cursor names no place in it */
  isByTime: boolean;
}

const GONE = "the file that they were in was removed, packed or emptied before they were read";

/** Batches in order. Throws `refused` for a cursor that is none. */
export async function* readHistory(
  source: FileSource,
  query: HistoryQuery,
  signal: AbortSignal,
): AsyncGenerator<LogRecord[]> {
  const after = query.after === null ? null : parseCursor(query.after);
  const high = query.before ?? query.through;
  const until = high === null ? null : parseCursor(high);
  const lanes: Lane[] = [];
  try {
    const files = await source.files();
    // the newest lines never are in a packed file: from there it is unpacked when the reading comes to it
    const packed = query.from === "oldest" && after === null;
    const opening = [...files].map(([file, stream]) => openLane(file, stream, { admit: source.admit, packed }));
    const closed = ({ files: opened }: Lane) => Promise.all(opened.map((file) => file.close()));
    lanes.push(...(await openAll(opening, closed)));
    if (signal.aborted) return;
    const heads = await Promise.all(lanes.map((lane) => headOf(lane, query, { after, until, admit: source.admit })));
    const isBehind = after && query.from === "oldest" && !heads.every(({ isWhole }) => isWhole);
    // the log can be read: the first line of it may be far away
    yield [];
    const batches = weave(heads, query.from, signal);
    yield* isBehind ? withLost(batches, query.after!) : batches;
  } finally {
    await Promise.all(lanes.flatMap(({ files }) => files.map((file) => file.close())));
  }
}

async function headOf(
  lane: Lane,
  query: HistoryQuery,
  { after, until, admit }: { after: Cursor | null; until: Cursor | null; admit: Admit | null },
): Promise<Head> {
  const key = pathKey(lane.path);
  const placeOf = (cursor: Cursor | null) => cursor?.places.find((place) => place.key === key) ?? null;
  const low = await lineStart(lane, placeOf(after));
  const isOwn = query.before !== null && until?.own.key === key;
  // the mark of its own line says nothing of the line before it
  const high = isOwn ? { file: until.own.file, offset: until.own.offset } : placeOf(until);
  // a file without a place was not written to lately: its times tell
  const isUnknown = until !== null && high === null && until.at === null;
  const from = low === null && after?.at != null ? after.at + 1 : null;
  const to = high === null && until?.at != null ? until.at : null;
  const bounds: LaneQuery = {
    ...{ from: query.from, low, high, ending: query.through === null && !query.endedOnly },
    since: latest(from, query.since),
    until: earliest(to, query.until),
    words: query.anyOf ? wordsOf(query.anyOf) : null,
    onProgress: query.onProgress,
  };
  const isToPacked = query.from === "newest" && after === null && !query.endedOnly;
  const batches = isUnknown ? nothing() : isToPacked ? throughPacked(lane, bounds, admit) : readLane(lane, bounds);
  const newest = lane.files.at(-1);
  const end = high ?? (newest ? { file: newest.id, offset: newest.size } : null);
  const first = lane.files[0];
  const start = low ?? (first ? { file: first.id, offset: 0 } : null);
  const isWhole = low === null || lane.files.length === 0 || ((await placeIn(lane.files, low))?.isWhole ?? false);
  // bounded by a time, its place is known with its first line only
  const isByTime = from !== null || to !== null;
  const place = isByTime ? null : query.from === "oldest" ? start : end;
  return { lane, batches, batch: [], at: 0, place, isWhole, isByTime };
}

async function* nothing(): AsyncGenerator<LaneLine[]> {
  yield [];
}

/** Newest first, through what lies open and then what is packed. */
async function* throughPacked(lane: Lane, query: LaneQuery, admit: Admit | null): AsyncGenerator<LaneLine[]> {
  let high = query.high;
  if (high === null || (await placeIn(lane.files, high))) {
    yield* readLane(lane, query);
    high = null;
  }
  for await (const file of packedFiles(lane, { admit, since: query.since })) {
    // what is newer than a place in a packed file is not wanted
    if (high !== null && file.id !== high.file) continue;
    yield* readLane({ ...lane, files: [file] }, { ...query, high, ending: true });
    high = null;
  }
}

/** A place in the middle of a line, where the line had no end yet: the whole line is behind it. */
async function lineStart({ files }: Lane, low: Position | null): Promise<Position | null> {
  const place = await placeIn(files, low);
  const file = place?.isWhole ? files[place.index] : undefined;
  if (!file || !place || place.offset === 0 || place.offset >= file.size) return low;
  if ((await file.read(place.offset - 1, 1))[0] === LINE_END) return low;
  const from = Math.max(0, place.offset - LONGEST);
  const end = (await file.read(from, place.offset - from)).lastIndexOf(LINE_END);
  // of a line that was cut no more is given out
  return end < 0 && place.offset >= LONGEST ? low : { file: file.id, offset: from + end + 1 };
}

function latest(at: number | null, time: string | null): number | null {
  return time === null ? at : Math.max(at ?? Number.NEGATIVE_INFINITY, Date.parse(time));
}

function earliest(at: number | null, time: string | null): number | null {
  return time === null ? at : Math.min(at ?? Number.POSITIVE_INFINITY, Date.parse(time));
}

/** Before the first line that is left: what was behind the reader's place is gone. */
async function* withLost(batches: AsyncGenerator<LogRecord[]>, after: string): AsyncGenerator<LogRecord[]> {
  let isTold = false;
  for await (const batch of batches) {
    const [first] = batch;
    const lost: LogRecord | null = first ? { ...first, cursor: after, text: GONE, priority: 4, lost: null } : null;
    yield isTold || !lost ? batch : [lost, ...batch];
    isTold ||= lost !== null;
  }
}

async function* weave(heads: Head[], from: HistoryQuery["from"], signal: AbortSignal): AsyncGenerator<LogRecord[]> {
  const isForward = from === "oldest";
  let open: Head[] = [];
  for (const head of heads) if (await refill(head, isForward, signal)) open.push(head);
  let out: LogRecord[] = [];
  const flush = () => {
    const batch = isForward ? out : out.reverse();
    out = [];
    return batch;
  };
  try {
    while (open.length > 0 && !signal.aborted) {
      const head = choose(open, isForward);
      out.push(take(head, heads, isForward));
      if (out.length >= BATCH) yield flush();
      if (head.at >= 0 && head.at < head.batch.length) continue;
      // a search goes a long way between two hits: what was found is shown meanwhile
      if (open.length === 1) yield flush();
      if (!(await refill(head, isForward, signal))) open = open.filter((one) => one !== head);
    }
    yield flush();
  } finally {
    for (const { batches } of heads) await batches.return(undefined);
  }
}

/** A search goes through all of a file without a hit: who has left is asked of each block. */
async function refill(head: Head, isForward: boolean, signal: AbortSignal): Promise<boolean> {
  for (let next = await head.batches.next(); !next.done; next = await head.batches.next()) {
    head.batch = next.value;
    head.at = isForward ? 0 : head.batch.length - 1;
    if (head.batch.length > 0) return true;
    if (signal.aborted) return false;
  }
  return false;
}

/** The line that is next: of lines of one time, that of the first file; backwards that of the last. */
function choose(open: readonly Head[], isForward: boolean): Head {
  let best = open[0]!;
  for (const head of open) {
    const [time, other] = [head.batch[head.at]!.at, best.batch[best.at]!.at];
    if (isForward ? time < other : time >= other) best = head;
  }
  return best;
}

function take(head: Head, heads: readonly Head[], isForward: boolean): LogRecord {
  const line = head.batch[head.at]!;
  head.at += isForward ? 1 : -1;
  head.place = { file: line.file, offset: line.end, mark: line.mark };
  const places = heads.flatMap(({ lane, place }) => (place ? [{ path: lane.path, ...place }] : []));
  if (!isForward) head.place = { file: line.file, offset: line.begin };
  const own = { path: head.lane.path, file: line.file, offset: line.begin, mark: line.mark };
  const isPartial = heads.some(({ isByTime, place }) => isByTime && place === null);
  const cursor = cursorOf(own, places, { time: line.time, isPartial });
  return {
    cursor,
    time: line.time,
    stream: head.lane.stream,
    text: line.text,
    priority: null,
    ...(line.isUntimed ? { untimed: true } : {}),
  };
}
