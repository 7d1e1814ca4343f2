/**
 * Log lines of one container: history first, then what comes, across restarts of the container.
 *
 * Every request names a number of newest lines where it can: `since` alone makes the engine read its whole file, 4 s for a
 * million lines. Following goes on from the cursor of the last line, so that nothing is lost or told twice in between.
 */
import fs from "node:fs";
import { sleep } from "#lib/platform/clock.ts";
import { readLogs as readJournal } from "../journal/follow.ts";
import { type LogQuery, type LogRecord, SupervisorError } from "../supervisor.ts";
import { awaitStart } from "./await-start.ts";
import { type Engine, translate } from "./connect.ts";
import type { Containers } from "./containers.ts";
import { followFile } from "./file-follow.ts";
import { journalOf } from "./journal.ts";
import { type Cursor, cursorAt, Lines, momentBefore, parseCursor } from "./lines.ts";
import { type LogPlaces, logPlace } from "./log-files.ts";
import { readPart, type Source, untilStuck } from "./log-stream.ts";
import { lostBefore } from "./lost.ts";
import { pollLog } from "./poll-log.ts";

export interface Reach {
  engine: Engine;
  containers: Containers;
  logPlaces: LogPlaces;
}

interface Order {
  name: string;
  query: LogQuery;
  signal: AbortSignal;
}

/** newest lines among which a cursor is looked for, before the whole log is asked for */
const WINDOW = 5_000;
/** lines read beyond those wanted, so that lines of one instant are counted from the first of them */
const MARGIN = 100;
const LONGEST_TAIL = 1_000_000;
/** milliseconds between two streams */
const SHORTEST_WAIT = 100;
const LONGEST_WAIT = 3_000;

/** History, then (with `follow`) what comes, until the signal aborts or the container is removed. */
export async function* readLogs(reach: Reach, order: Order): AsyncGenerator<LogRecord> {
  for await (const lines of readBatches(reach, order)) yield* lines;
}

/** The same, as many at a time as came together. */
export async function* readBatches(reach: Reach, order: Order): AsyncGenerator<LogRecord[]> {
  const { engine, containers } = reach;
  const { name, signal } = order;
  const isRemembered = containers.remembered(name) !== null;
  let begun = false;
  try {
    for await (const lines of linesOf(reach, order)) {
      begun = true;
      yield lines;
    }
  } catch (error) {
    if (signal.aborted) return;
    const isGone = error instanceof SupervisorError && error.reason === "not_found";
    if (isGone) containers.forget(name);
    if (!isGone || begun || !isRemembered) throw translate(error, engine.scope);
    // made anew under its name since it was last seen
    yield* readBatches(reach, order);
  }
}

async function* linesOf(
  { engine, containers, logPlaces }: Reach,
  { name, query, signal }: Order,
): AsyncGenerator<LogRecord[]> {
  const { id, detail } = await containers.find(name, signal);
  const journal = await journalOf(engine, logPlaces, { id, name, cursors: [query.after] }, signal);
  if (journal) {
    for await (const record of readJournal(journal, query, signal)) yield [record];
    return;
  }
  const after = cursorOf(query);
  const { created } = detail;
  const source: Source = { engine, id, tty: detail.tty, signal };
  const place = await logPlace(engine, logPlaces, id, signal);
  const file = query.follow ? await readable(place.file) : null;
  // from a cursor on it is all in the files, the past as well as what comes
  if (after && query.tail === null && file) return yield* followFile({ file, after, created }, signal);
  if (after && query.tail === null && query.follow && place.rotates) return yield* pollLog(source, after, created);
  // taken before the history: a line that comes meanwhile is after it
  let last = after ?? (query.follow ? await newestOf(source) : null);
  for await (const lines of history(source, query, { after, created })) {
    yield lines;
    last = cursorAt(lines) ?? last;
  }
  if (!query.follow) return;
  if (file) yield* followFile({ file, after: last, created }, signal);
  else yield* place.rotates ? pollLog(source, last, created) : follow(source, last, created);
}

async function readable(file: string | null): Promise<string | null> {
  if (file === null) return null;
  return (await fs.promises.access(file, fs.constants.R_OK).then(
    () => true,
    () => false,
  ))
    ? file
    : null;
}

interface Start {
  after: Cursor | null;
  /** when the container was made */
  created: string | null;
}

function history(source: Source, query: LogQuery, { after, created }: Start): AsyncGenerator<LogRecord[]> {
  if (after) return afterCursor(source, query, { after, created });
  return query.tail === null ? everything(source, query) : tailOf(source, query, query.tail);
}

async function* everything(source: Source, query: LogQuery): AsyncGenerator<LogRecord[]> {
  const lines = new Lines(null);
  yield* readPart(source, { since: query.since, until: query.until }, lines);
  // with `follow` the rest of an unfinished line is still to come, and the whole of it then
  if (!query.follow) yield lines.end();
}

/** The newest lines. The engine counts pieces of long lines as lines, so that it may have to be asked for more. */
async function* tailOf(source: Source, query: LogQuery, wanted: number): AsyncGenerator<LogRecord[]> {
  // the engine takes its tail first and looks at `until` only then
  let asked = query.until === null ? wanted + MARGIN : null;
  while (wanted > 0) {
    const lines = new Lines(null);
    let kept: LogRecord[] = [];
    const keep = (found: LogRecord[]) => {
      for (const line of found) kept.push(line);
      if (kept.length > 2 * wanted + 1000) kept = kept.slice(-wanted - 1);
    };
    for await (const found of readPart(source, { since: query.since, until: query.until, tail: asked }, lines))
      keep(found);
    if (!query.follow) keep(lines.end());
    // one line more than wanted: the first of all may have lost its beginning
    if (asked === null || lines.pieces < asked || kept.length > wanted || asked === LONGEST_TAIL)
      return yield kept.slice(-wanted);
    asked = Math.min(asked * 4, LONGEST_TAIL);
  }
}

/** Lines after a cursor, those that there are. */
async function* afterCursor(
  source: Source,
  query: LogQuery,
  { after, created }: Start & { after: Cursor },
): AsyncGenerator<LogRecord[]> {
  for (const window of query.until === null ? [WINDOW, null] : [null]) {
    const lines = new Lines(after);
    const kept: LogRecord[] = [];
    let isBegun = false;
    for await (const found of readPart(
      source,
      { since: momentBefore(after.time), until: query.until, tail: window },
      lines,
    )) {
      if (lines.gap && window !== null) break;
      const lost = !isBegun && lines.gap && found[0] ? lostBefore(found[0], after, created) : [];
      isBegun ||= found.length > 0;
      if (query.tail === null) yield [...lost, ...found];
      else kept.push(...lost, ...found);
    }
    if (lines.gap && window !== null) continue;
    if (!query.follow) kept.push(...lines.end());
    return yield query.tail === null ? kept : kept.slice(Math.max(0, kept.length - query.tail));
  }
}

/** The engine's own stream, which is exact as long as nothing is rotated. */
async function* follow(source: Source, from: Cursor | null, created: string | null): AsyncGenerator<LogRecord[]> {
  let last = from;
  let window: number | null = from ? WINDOW : null;
  let wait = SHORTEST_WAIT;
  while (!source.signal.aborted) {
    const lines = new Lines(last);
    const closing = new AbortController();
    const stream = { ...source, signal: AbortSignal.any([source.signal, closing.signal]) };
    const reading = untilStuck(
      readPart(stream, { since: last && momentBefore(last.time), tail: window, follow: true }, lines),
      async () => isAfter(await newestOf(source), last),
    );
    let step = await reading.next();
    let isFirst = true;
    try {
      for (; !step.done; step = await reading.next()) {
        if (lines.gap && window !== null) break;
        wait = SHORTEST_WAIT;
        const [first] = step.value;
        const isBehind = isFirst && lines.gap && last !== null && first !== undefined;
        if (isBehind) yield lostBefore(first, last!, created);
        isFirst = false;
        last = cursorAt(step.value) ?? last;
        yield step.value;
        if (lines.rewound) break;
      }
    } finally {
      closing.abort();
    }
    const isLost = lines.gap && window !== null;
    window = isLost || last === null ? null : WINDOW;
    if (isLost) continue;
    // the stream of a container ends with it; its next run writes to the same log
    if (!lines.rewound && step.value === "ended" && !(await awaitStart(source.engine, source.id, source.signal)))
      return;
    await sleep(wait, source.signal);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }
}

/** Where the log ends now; null when it is empty. */
async function newestOf(source: Source): Promise<Cursor | null> {
  const lines = new Lines(null);
  let newest: Cursor | null = null;
  for await (const found of readPart(source, { tail: MARGIN }, lines)) newest = cursorAt(found) ?? newest;
  return newest;
}

function isAfter(newest: Cursor | null, last: Cursor | null): boolean {
  return newest !== null && (last === null || newest.time > last.time);
}

function cursorOf({ after }: Pick<LogQuery, "after">): Cursor | null {
  if (after === null) return null;
  const cursor = parseCursor(after);
  if (!cursor) throw new SupervisorError("refused", "The cursor is none of this supervisor");
  return cursor;
}
