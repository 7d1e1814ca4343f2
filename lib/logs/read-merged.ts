/** Lines of several services as one stream, in the order of their times, each with a cursor of the whole stream. */
import { sleep } from "#lib/platform/clock.ts";
import { AppError } from "#lib/platform/errors.ts";
import type { HistoryQuery } from "#lib/supervisors/supervisor.ts";
import { type Following, follow } from "./follow.ts";
import type { Counting } from "./histogram.ts";
import { EVERYTHING, type LogSource, readHistory } from "./history.ts";
import type { LogLine } from "./line.ts";
import { marksOf, withMarks } from "./markers.ts";
import { isEarlier, type Merged, mergeBackward, mergeForward, ReorderWindow } from "./merge.ts";
import { BY_TIME, MergedCursor, type MergedPlace, type Place, parseMergedCursor, shortMark } from "./merged-cursor.ts";
import type { Selection } from "./query.ts";
import { linesOf, meanwhile, missedLines, type Reading, readLines } from "./read.ts";
import { Seam } from "./seam.ts";
import { seekAfter, seekBefore } from "./seek.ts";
import { hintOf, lineMaker, type ToLine } from "./to-line.ts";

const SHORT_TAIL = 5000;
const MOST_SERVICES = 50;
/** characters that wait for a slow reader, over all services; the followers are read no further meanwhile */
const WAITING = 192 * 1024;
/** characters given out at once */
const AT_ONCE = 64 * 1024;
const LEAST = 4096;

interface One {
  index: number;
  source: LogSource;
  toLine: ToLine;
  following: Following | null;
  seam: Seam | null;
  onProgress: HistoryQuery["onProgress"];
}

/** Batches of lines. Throws SupervisorError where a log cannot be read, `validation` for a cursor of something else. */
export async function* readMerged(
  sources: readonly LogSource[],
  selection: Selection,
  { signal, progress = null }: Reading,
): AsyncGenerator<LogLine[]> {
  if (selection.isNewestFirst && selection.after !== null)
    throw wrong("order", "of several services, what is after a cursor is read oldest first");
  const all = inOrder(sources);
  const services = all.map(({ service }) => service);
  const after = selection.after === null ? null : parseMergedCursor(selection.after, services, "after");
  const before = selection.before === null ? null : parseMergedCursor(selection.before, services, "before");
  const ones: One[] = all.map((source, index) => ({
    index,
    source,
    toLine: lineMaker(source.service, selection),
    following: null,
    seam: null,
    onProgress: progress?.of(index),
  }));
  const marks = selection.markers ? (await Promise.all(all.map((source) => marksOf(source, signal)))).flat() : [];
  try {
    if (selection.follow)
      await Promise.all(
        ones.map(async (one) => {
          one.following = await follow(one.source, signal);
          const known = after?.places.get(one.index)?.mark ?? null;
          one.seam = new Seam(one.following.joinedAt, known === BY_TIME ? null : known);
        }),
      );
    yield [];
    const cursor = new MergedCursor(services, after?.places);
    const order = { ones, selection, signal, after, before };
    yield* withMarks(past(order, cursor), marks, { selection, known: after?.time ?? null });
    progress?.done();
    if (selection.follow) for await (const batch of live(order)) yield withCursors(batch, cursor);
  } finally {
    for (const one of ones) one.following?.close();
  }
}

/** Each service's lines by themselves, and what makes a cursor of all of them for a marker of one; see `countLines`. */
export function readApart(
  sources: readonly LogSource[],
  selection: Selection,
  signal: AbortSignal,
): { services: AsyncIterable<LogLine[]>[]; placeOf: NonNullable<Counting["placeOf"]> } {
  const all = inOrder(sources);
  const cursor = new MergedCursor(all.map(({ service }) => service));
  return {
    services: all.map((source) => readLines(source, selection, { signal })),
    placeOf: (index, { time }, line) => cursor.behind(index, line, time),
  };
}

/** The one order in which a merged cursor counts them. */
function inOrder(sources: readonly LogSource[]): LogSource[] {
  return [...sources].sort((a, b) => (a.service < b.service ? -1 : 1));
}

/** Each service once, 50 at most. Throws `validation`. */
export function checkServices(services: readonly string[]): string[] {
  const each = [...new Set(services)];
  if (each.length === 0) throw wrong("service", "name at least one: ?service=local/docker/web");
  if (each.length > MOST_SERVICES) throw wrong("service", `${MOST_SERVICES} at most`);
  return each;
}

function wrong(path: string, message: string): AppError {
  return new AppError("validation", `${path}: ${message}`, { problems: [{ path, message }] });
}

interface Order {
  ones: readonly One[];
  selection: Selection;
  signal: AbortSignal;
  after: MergedPlace | null;
  before: MergedPlace | null;
}

async function* past(order: Order, cursor: MergedCursor): AsyncGenerator<LogLine[]> {
  const { tail, isNewestFirst } = order.selection;
  if (isNewestFirst) return yield* newestFirst(order, cursor);
  if (tail !== null && order.after) return yield* lastAfter(order, tail, cursor);
  for await (const batch of tail === null ? forward(order) : tailOf(order, tail, cursor))
    yield withCursors(batch, cursor);
}

/** The place after which is read is found from its own side only: what there is is counted first, and given out then. */
async function* lastAfter(order: Order, tail: number, cursor: MergedCursor): AsyncGenerator<LogLine[]> {
  let extra = -tail;
  for await (const batch of forward(order)) extra += batch.length;
  for await (const batch of forward(order)) {
    // what is passed over is behind every cursor all the same
    const lines = withCursors(batch, cursor);
    yield lines.slice(Math.max(0, Math.min(extra, lines.length)));
    extra -= lines.length;
  }
}

/**
 * A line's cursor is the place in the stream all the same: with it go the lines of the others that stand before it. Where
 * lines are left out those are not known, and a place among the wanted ones would be none among all.
 */
async function* newestFirst({ ones, selection, ...rest }: Order, cursor: MergedCursor): AsyncGenerator<LogLine[]> {
  let left = selection.tail ?? Number.POSITIVE_INFINITY;
  const order = { ones, selection, ...rest };
  const isAll = !selection.q && !selection.regex && !selection.level && !selection.stream;
  const sources = ones.map((one) => history(order, one, "newest", selection.since));
  const batches = mergeBackward(sources, {
    next: (index, line) => (line ? cursor.set(index, placeOf(line)) : cursor.unset(index)),
    taken: (index, line) => ({ ...line, cursor: isAll ? cursor.at(index, line.time) : cursor.alone(index, line) }),
  });
  for await (const batch of batches) {
    const lines = batch.slice(0, left).map(({ line }) => line);
    left -= lines.length;
    yield lines;
    if (left === 0) return;
  }
}

function forward(order: Order, since: string | null = order.selection.since): AsyncGenerator<Merged[]> {
  return mergeForward(order.ones.map((one) => history(order, one, "oldest", since)));
}

async function* tailOf(order: Order, tail: number, cursor: MergedCursor): AsyncGenerator<Merged[]> {
  if (tail === 0) return standAtEnd(order.ones, cursor);
  const kept: Merged[] = [];
  const isShort = tail <= SHORT_TAIL;
  let count = 0;
  let first: string | null = null;
  // the last line of each service before the cut: what is before it was not given out
  const ahead = new Map<number, Place>();
  let cut: ReadonlyMap<number, Place> | null = null;
  const backward = mergeBackward(
    order.ones.map((one) => history(order, one, "newest", order.selection.since)),
    {
      next: (index, line) => (line ? ahead.set(index, placeOf(line)) : ahead.delete(index)),
      taken(_, line) {
        if (count === tail) cut = new Map(ahead);
        count += 1;
        if (count <= tail) first = line.time;
        return line;
      },
    },
  );
  for await (const batch of backward) {
    if (isShort) kept.push(...batch.slice(0, tail - kept.length));
    if (count > tail) break;
  }
  for (const [index, place] of cut ?? ahead) cursor.set(index, place);
  if (isShort) yield kept.reverse();
  else yield* forward(order, first);
}

/** Where no line was asked for: the place in each log from which what comes is read. */
function standAtEnd(ones: readonly One[], cursor: MergedCursor): void {
  for (const { index, following } of ones)
    if (following?.joinedAt && following.joinedTime)
      cursor.set(index, { mark: shortMark(following.joinedAt), at: Date.parse(following.joinedTime) });
}

async function* history(
  { selection, signal, after, before }: Order,
  { index, source, toLine, following, seam, onProgress }: One,
  from: "oldest" | "newest",
  since: string | null,
): AsyncGenerator<LogLine[]> {
  if (following?.joinedAt === null) return;
  const { until } = selection;
  const through = following?.joinedAt ?? null;
  const anyOf = after || before ? null : hintOf(selection);
  const query: HistoryQuery = { ...EVERYTHING, from, since, until, through, anyOf, onProgress };
  const read = (bounds: Partial<HistoryQuery>) => readHistory(source, { ...query, ...bounds }, signal);
  const batches = after ? seekAfter(read, after, index) : before ? seekBefore(read, before, index) : read({});
  for await (const batch of batches) {
    seam?.read(batch);
    if (from === "newest") toLine.breakOff();
    // the search for the place may have begun before the selection does, or behind it
    const lines = await linesOf(batch, toLine);
    yield lines.filter(({ time }) => (since === null || !isEarlier(time, since)) && isUpTo(until, time));
  }
}

function isUpTo(until: string | null, time: string): boolean {
  return until === null || !isEarlier(until, time);
}

/** All followers at once into one window. */
async function* live({ ones, selection, signal }: Order): AsyncGenerator<Merged[]> {
  const window = new ReorderWindow(ones.length);
  const leaving = new AbortController();
  const both = AbortSignal.any([signal, leaving.signal]);
  const most = Math.max(LEAST, Math.floor(AT_ONCE / ones.length));
  const pump = async ({ index, source, toLine, following, seam }: One) => {
    const add = async (lines: LogLine[]) => {
      const wanted = lines.filter(({ time }) => isUpTo(selection.until, time));
      window.add(index, wanted, performance.now());
      while (window.size > WAITING && !both.aborted) await sleep(ReorderWindow.tick, both);
    };
    for await (const records of meanwhile(source, following!, both)) await add(await linesOf(records, toLine));
    const take = () => following!.take(most);
    for (let taken = await take(); taken && !both.aborted; taken = await take()) {
      const lines = await linesOf(seam?.cut(taken.records) ?? taken.records, toLine);
      const missed = missedLines({ service: source.service, taken, last: null });
      await add([...missed, ...lines]);
    }
  };
  const pumps = Promise.all(ones.map(pump));
  pumps.catch(() => leaving.abort());
  try {
    while (!both.aborted) {
      await sleep(ReorderWindow.tick, both);
      for (
        let out = window.take(performance.now(), AT_ONCE);
        out.length > 0;
        out = window.take(performance.now(), AT_ONCE)
      )
        yield out;
    }
    if (!signal.aborted) await pumps;
  } finally {
    leaving.abort();
  }
}

function withCursors(batch: readonly Merged[], cursor: MergedCursor): LogLine[] {
  return batch.map(({ source, line }) => {
    // what is no line of the service is no place in its log
    const isPlace = !line.gap && (!line.marker || line.cursor !== "");
    return { ...line, cursor: isPlace ? cursor.advance(source, line.cursor, line.time) : cursor.last };
  });
}

function placeOf({ cursor, time }: LogLine): Place {
  return { mark: shortMark(cursor), at: Date.parse(time) };
}
