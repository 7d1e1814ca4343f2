/**
 * Lines of an app: the files that PM2 names for its processes, merged. PM2 keeps standard output and error apart and gives
 * neither an order nor a time, so lines are ordered by the times that they carry; a line without one stands with the line
 * before it in its file, and where a file has no times at all, its lines bear the time it was last written (history) or the
 * time they came (following): never earlier than they were printed. Since `since` and `until` can only judge lines by
 * those times, they let such lines pass by the file's.
 */
import fs from "node:fs";
import { sleep, timestamp } from "#lib/platform/clock.ts";
import type { Admit } from "#lib/platform/line-file.ts";
import { type LogQuery, type LogRecord, SupervisorError } from "../supervisor.ts";
import { cursorOf, parseCursor, pathKey } from "./cursor.ts";
import { type LineTime, timeOfLine } from "./line-time.ts";
import { type LogFile, openLogFile, type Position, type RawLine } from "./log-file.ts";
import { findStart } from "./start.ts";

const POLL_MS = 40;
/** looking at many files takes its time */
const POLL_MANY_MS = 200;
/** an app that was scaled up writes to new files */
const LOOK_AGAIN_MS = 10_000;
/** a file system may keep its times by another clock */
const CLOCKS_DIFFER_MS = 2000;
/** bytes in which a time is looked for */
const GLANCE = 4096;
/** lines between two turns of the event loop, of which a long history has many */
const BREATH = 2000;
/** files whose places stand in every cursor, in whatever order */
const FEW = 16;

export interface FileSource {
  /** paths of the files as they are now */
  files(): Promise<ReadonlyMap<string, LogRecord["stream"]>>;
  /** null: every file may be read */
  admit: Admit | null;
}

interface Reader {
  path: string;
  stream: LogRecord["stream"];
  log: LogFile;
  head: Head | null;
  /** behind the last line that was given out */
  position: Position | null;
  time: LineTime | null;
  /** milliseconds since the epoch: earlier lines are behind the cursor */
  since: number | null;
}

interface Head {
  line: RawLine;
  time: LineTime;
}

/** History in order, then, with `follow`, what comes. */
export async function* readLogs(source: FileSource, query: LogQuery, signal: AbortSignal): AsyncGenerator<LogRecord> {
  const after = query.after === null ? null : parseCursor(query.after);
  const positions = after?.places ?? null;
  const since = query.since === null ? null : Date.parse(query.since);
  const until = query.until === null ? null : Date.parse(query.until);
  const readers: Reader[] = [];
  /** one that was let go and is back has its place in no cursor any more */
  const opened = new Set<string>();
  const wanted = { tail: query.tail, since, until };
  /** `seen`: when the files were last looked at, milliseconds since the epoch; null: never */
  const open = (path: string, stream: LogRecord["stream"], seen: number | null) => {
    const fresh = seen !== null && isBornAfter(path, seen);
    const position = opened.has(path) ? null : (positions?.find((one) => one.key === pathKey(path)) ?? null);
    opened.add(path);
    // a file that has no place in a cursor of many was not written to lately: its times tell where it goes on
    const from = after?.at == null ? wanted : { tail: null, since: after.at + 1, until: null };
    const start = (descriptor: number, size: number) => {
      if (fresh) return 0;
      if (seen !== null) return startSince(descriptor, size, seen);
      return positions !== null && after?.at == null ? 0 : findStart(descriptor, size, from);
    };
    const log = openLogFile({ file: path, position, start, admit: source.admit });
    const isBehind = seen === null && position === null && after?.at != null;
    const least = isBehind ? from.since : fresh || position ? null : seen;
    readers.push({ path, stream, log, head: null, position, time: null, since: least });
  };
  let seen: number | null = null;
  const look = async () => {
    const now = Date.now();
    const files = await source.files();
    for (const [path, stream] of files) if (!readers.some((reader) => reader.path === path)) open(path, stream, seen);
    // few have their places in every cursor: they are read on though nobody names them for a while
    for (const reader of readers.length > FEW ? readers.filter(({ path }) => !files.has(path)) : []) {
      reader.log.close();
      readers.splice(readers.indexOf(reader), 1);
    }
    seen = now;
  };
  const wants = ({ time }: Head, reader: Reader) => {
    const least = Math.max(since ?? Number.NEGATIVE_INFINITY, reader.since ?? Number.NEGATIVE_INFINITY);
    return time.at >= least && (until === null || time.at <= until);
  };

  try {
    await look();
    const history: LogRecord[] = [];
    let count = 0;
    for (
      let reader = earliest(readers, false, !query.follow);
      reader;
      reader = earliest(readers, false, !query.follow)
    ) {
      count += 1;
      if (count % BREATH === 0) await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) return;
      const head = take(reader);
      if (!wants(head, reader)) continue;
      const records = toRecords(reader, head, readers);
      if (query.tail === null) yield* records;
      else history.push(...records);
      // what is kept is bounded by the tail, however many files there are
      if (query.tail !== null && history.length > query.tail * 2 + BREATH)
        history.splice(0, history.length - query.tail);
    }
    yield* query.tail === null ? [] : history.slice(Math.max(0, history.length - query.tail));
    let looked = performance.now();
    while (query.follow && !signal.aborted) {
      const reader = earliest(readers, true, false);
      if (reader) {
        count += 1;
        if (count % BREATH === 0) await new Promise((resolve) => setImmediate(resolve));
        const head = take(reader);
        if (wants(head, reader)) yield* toRecords(reader, head, readers);
        continue;
      }
      if (until !== null && Date.now() > until) return;
      await sleep(readers.length > FEW ? POLL_MANY_MS : POLL_MS, signal);
      if (performance.now() - looked < LOOK_AGAIN_MS) continue;
      looked = performance.now();
      // a daemon that went away leaves its files: those known are read on
      await look().catch(unlessGone);
    }
  } finally {
    for (const reader of readers) reader.log.close();
  }
}

/** A file without a time of birth counts as new: it is read rather twice than never. */
function isBornAfter(path: string, time: number): boolean {
  const stats = fs.statSync(path, { throwIfNoEntry: false });
  return !stats || stats.birthtimeMs === 0 || stats.birthtimeMs > time - CLOCKS_DIFFER_MS;
}

/** Of an old file that was not among the others so far. Where no line says when it was printed, what is there is old. */
function startSince(descriptor: number, size: number, since: number): number {
  const at = findStart(descriptor, size, { tail: null, since, until: null });
  if (at > 0) return at;
  const head = Buffer.alloc(GLANCE);
  const lines = head.toString("utf8", 0, fs.readSync(descriptor, head, 0, GLANCE, 0)).split("\n");
  return lines.some((line) => timeOfLine(line) !== null) ? 0 : size;
}

/** The reader whose next line is the earliest. `ending`: what has no line end counts as a line. */
function earliest(readers: readonly Reader[], live: boolean, ending: boolean): Reader | null {
  let best: Reader | null = null;
  for (const reader of readers) {
    reader.head ??= readHead(reader, live, ending);
    if (reader.head && (!best?.head || reader.head.time.at < best.head.time.at)) best = reader;
  }
  return best;
}

function readHead(reader: Reader, live: boolean, ending: boolean): Head | null {
  const line = reader.log.next() ?? (ending ? reader.log.rest() : null);
  if (!line) return null;
  const own = timeOfLine(line.text);
  if (own) reader.time = own;
  if (live && !own) {
    const at = Date.now();
    return { line, time: { at, text: timestamp(at) } };
  }
  if (reader.time) return { line, time: reader.time };
  const at = Math.floor(reader.log.modified() ?? Date.now());
  return { line, time: { at, text: timestamp(at) } };
}

function take(reader: Reader): Head {
  const { head } = reader;
  if (!head) throw new Error("no line");
  reader.head = null;
  reader.position = head.line.after;
  return head;
}

/** The line, and before it what was lost there. */
function toRecords(reader: Reader, { line, time }: Head, readers: readonly Reader[]): LogRecord[] {
  // a file of which no line was given out yet is resumed where its reading began
  const places = (readers.length > FEW ? readers.toSorted(byRecency) : readers).flatMap(
    ({ path, position, log, since }) => {
      const at = position ?? (since === null ? log.origin() : null);
      return at ? [{ path, ...at }] : [];
    },
  );
  const own = { path: reader.path, file: line.after.file, offset: line.begin, mark: line.mark };
  const { stream } = reader;
  const isPartial = readers.some(({ since, position }) => since !== null && position === null);
  const record: LogRecord = {
    cursor: cursorOf(own, places, { time: time.text, isPartial }),
    time: time.text,
    stream,
    text: line.text,
    priority: null,
  };
  if (line.lost === undefined) return [record];
  // reading on after it gives the line itself
  const before = places.map((place) => (place.path === reader.path ? { ...place, offset: line.begin } : place));
  const cursor = cursorOf({ ...own, path: `${own.path}\0` }, before, { time: time.text, isPartial });
  return [{ ...record, cursor, text: line.lost, priority: 4, lost: null }, record];
}

function byRecency(a: Reader, b: Reader): number {
  return (b.time?.at ?? 0) - (a.time?.at ?? 0);
}

function unlessGone(error: unknown): void {
  const gone = error instanceof SupervisorError && ["not_found", "unreachable", "timeout"].includes(error.reason);
  if (!gone) throw error;
}
