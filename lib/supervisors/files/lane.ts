/** One file of an app with what rotation made of it, read in batches from either end. */
import fs from "node:fs";
import path from "node:path";
import {
  type Admit,
  type Block,
  bisectLines,
  type LineFile,
  linesWith,
  openAll,
  openLineFile,
  readBlocks,
  type Words,
} from "#lib/platform/line-file.ts";
import type { HistoryQuery, LogRecord } from "../supervisor.ts";
import { lineMark, MARKED, markBefore } from "./line-mark.ts";
import { type LineTime, timeOfLine } from "./line-time.ts";
import { LONGEST, type Position } from "./log-file.ts";
import { isRotationOf } from "./rotation.ts";

export interface LaneLine {
  text: string;
  time: string;
  /** milliseconds since the epoch */
  at: number;
  /** neither it nor a line before it says when: the time is the file's */
  isUntimed: boolean;
  file: string;
  begin: number;
  /** where the next line begins */
  end: number;
  mark: string;
}

export interface Lane {
  path: string;
  stream: LogRecord["stream"];
  /** oldest first; the last is the one that has the path's name */
  files: LineFile[];
}

export interface LaneQuery {
  from: "oldest" | "newest";
  /** milliseconds since the epoch */
  since: number | null;
  until: number | null;
  /** where reading begins and ends; a file that is not among the lane's counts as older than all of them */
  low: Position | null;
  high: Position | null;
  words: Words | null;
  /** what stands behind the last line end is a line as well */
  ending: boolean;
  onProgress?: HistoryQuery["onProgress"];
}

const READ = 64 * 1024;
/** two of them, the one that is read and the one that is looked through, stay in a processor's cache */
const SCAN = 1024 * 1024;
/** bytes in which a time is looked for */
const LOOK = 32 * 1024;
const LINES_BACK = 200;
/** milliseconds by which the lines of a file may be out of order */
const DISORDER = 2000;

/** Opens what there is. What is not admitted is not read. Throws `too_large` for what unpacks to too much. */
export async function openLane(
  file: string,
  stream: LogRecord["stream"],
  { admit, packed }: { admit: Admit | null; packed: boolean },
): Promise<Lane> {
  const current = await openLineFile(file, admit);
  const others = (await rotatedFiles(file)).filter((one) => packed || !one.endsWith(".gz"));
  const opening = [Promise.resolve(current), ...others.map((one) => openLineFile(one, admit))];
  const [, ...opened] = await openAll(opening, (one) => one?.close());
  const files = [...opened.filter((one) => one !== null).sort((a, b) => a.modified - b.modified), current];
  // renamed while they were opened: the same file twice
  const once = new Map(files.filter((one) => one !== null).map((one) => [one.id, one]));
  await Promise.all(files.filter((one) => one !== null && once.get(one.id) !== one).map((one) => one?.close()));
  return { path: file, stream, files: [...once.values()] };
}

/**
 * What is packed of a lane that was opened without it, the newest first: each is unpacked when it is asked for and let go
 * behind that. `since`: milliseconds since the epoch; what is older is not unpacked.
 */
export async function* packedFiles(
  { path: file, files }: Lane,
  { admit, since }: { admit: Admit | null; since: number | null },
): AsyncGenerator<LineFile> {
  const names = (await rotatedFiles(file)).filter((one) => one.endsWith(".gz"));
  const dated = await Promise.all(
    names.map(async (name) => ({ name, at: (await fs.promises.stat(name).catch(() => null))?.mtimeMs ?? 0 })),
  );
  for (const { name, at } of dated.sort((a, b) => b.at - a.at)) {
    if (since !== null && at < since - DISORDER) return;
    const opened = await openLineFile(name, admit);
    try {
      if (opened && !files.some(({ id }) => id === opened.id)) yield opened;
    } finally {
      await opened?.close();
    }
  }
}

/** Batches of lines in order; with `from: "newest"` the newest batch comes first. */
export async function* readLane({ files }: Lane, query: LaneQuery): AsyncGenerator<LaneLine[]> {
  const low = (await placeIn(files, query.low)) ?? { index: 0, offset: 0 };
  const high = query.high === null ? null : await placeIn(files, query.high);
  // the end is in a file that is gone, and so is all before it
  if (query.high !== null && !high) return;
  const last = high?.index ?? files.length - 1;
  const indexes = Array.from({ length: Math.max(0, last - low.index + 1) }, (_, n) => low.index + n);
  if (query.from === "newest") indexes.reverse();
  for (const index of indexes) {
    const file = files[index]!;
    const start = index === low.index ? low.offset : 0;
    const end = index === high?.index ? high.offset : file.size;
    if (start >= end) continue;
    yield* readFile(file, { ...query, ending: query.ending || index < files.length - 1 }, { start, end });
  }
}

async function* readFile(
  file: LineFile,
  query: LaneQuery,
  { start, end }: { start: number; end: number },
): AsyncGenerator<LaneLine[]> {
  const { from, since, until, words } = query;
  if (since !== null && file.modified < since - DISORDER) return;
  const isTimed = await hasTimes(file);
  const at = async (time: number) => bisectLines(file, (line) => before(line, time));
  const first = since !== null && isTimed ? Math.max(start, await at(since - DISORDER)) : start;
  const last = until !== null && isTimed ? Math.min(end, await at(until + DISORDER)) : end;
  const blocks = readBlocks(file, {
    ...{ from, start: first, end: last, length: words ? SCAN : READ },
    isClean: () => true,
  });
  for await (const block of blocks) {
    query.onProgress?.(isTimed ? timeIn(block) : null, block.data.length);
    const ending = query.ending || last < file.size;
    const lines = await linesOf(file, block, { words, isTimed, ending });
    yield lines.filter((line) => (since === null || line.at >= since) && (until === null || line.at <= until));
  }
}

/** Near the beginning of the block. */
function timeIn({ data }: Block): string | null {
  const head = data.toString("latin1", 0, Math.min(data.length, LOOK));
  return timeWithin(head, head.length)?.text ?? null;
}

function before(line: string, time: number): boolean | null {
  const own = timeOfLine(line.length > 512 ? line.slice(0, 512) : line);
  return own && own.at < time;
}

interface Taking {
  words: Words | null;
  isTimed: boolean;
  ending: boolean;
}

async function linesOf(file: LineFile, block: Block, { words, isTimed, ending }: Taking): Promise<LaneLine[]> {
  const hits = words ? linesWith(block, words) : null;
  if (hits?.length === 0) return [];
  const { data, text, start } = block;
  const carried = isTimed ? await timeBefore(file, start) : null;
  const lines: LaneLine[] = [];
  const modified = Math.floor(file.modified);
  let known = carried;
  const add = (from: number, newline: number) => {
    const to = Math.min(newline, from + LONGEST);
    const own = timeOfLine(text.slice(from, Math.min(to, from + 512)));
    known = own ?? known;
    const time = known ?? { at: modified, text: new Date(modified).toISOString() };
    const stop = data[to - 1] === 13 && to === newline ? to - 1 : to;
    lines.push({
      ...{ text: data.toString("utf8", from, stop), time: time.text, at: time.at, isUntimed: !known, file: file.id },
      ...{ begin: start + from, end: start + Math.min(newline + 1, data.length) },
      mark: lineMark(data.subarray(from, newline)),
    });
  };
  const isWhole = (end: number) => end < text.length || ending;
  if (hits)
    for (const [from, to] of hits) {
      if (!isWhole(to)) continue;
      known = timeWithin(text, from) ?? carried;
      add(from, to);
    }
  else
    for (let from = 0; from < text.length; ) {
      const newline = text.indexOf("\n", from);
      const to = newline < 0 ? text.length : newline;
      if (isWhole(to)) add(from, to);
      from = to + 1;
    }
  return lines;
}

/** Of the nearest line before that has one. */
function timeWithin(text: string, from: number): LineTime | null {
  let end = from - 1;
  for (let count = 0; count < LINES_BACK && end > 0; count += 1) {
    const begin = text.lastIndexOf("\n", end - 1) + 1;
    const time = timeOfLine(text.slice(begin, Math.min(end, begin + 512)));
    if (time) return time;
    end = begin - 1;
  }
  return null;
}

async function timeBefore(file: LineFile, offset: number): Promise<LineTime | null> {
  if (offset === 0) return null;
  const from = Math.max(0, offset - LOOK);
  const text = (await file.read(from, offset - from)).toString("latin1");
  return timeWithin(text, text.length);
}

async function hasTimes(file: LineFile): Promise<boolean> {
  const text = (await file.read(0, LOOK)).toString("latin1");
  return text.split("\n", LINES_BACK).some((line) => timeOfLine(line.slice(0, 512)) !== null);
}

/** null: it is in a file that is gone. */
export async function placeIn(
  files: readonly LineFile[],
  position: Position | null,
): Promise<{ index: number; offset: number; isWhole: boolean } | null> {
  if (!position) return null;
  const { offset } = position;
  const index = files.findIndex(({ id }) => id === position.file);
  if (index < 0) return null;
  if (await holdsPosition(files[index]!, position)) return { index, offset, isWhole: true };
  // copied and cut: the copy holds what stood before our place
  if (position.mark !== undefined)
    for (let at = index - 1; at >= 0; at -= 1)
      if (await holdsPosition(files[at]!, position)) return { index: at, offset, isWhole: true };
  // emptied since: what it holds now is new from its first line
  return { index, offset: 0, isWhole: false };
}

async function holdsPosition(file: LineFile, { offset, mark }: Position): Promise<boolean> {
  if (offset > file.size) return false;
  const length = Math.min(MARKED, offset);
  return mark === undefined || markBefore(await file.read(offset - length, length)) === mark;
}

async function rotatedFiles(file: string): Promise<string[]> {
  const folder = path.dirname(file);
  const names = await fs.promises.readdir(folder).catch(() => []);
  return names
    .filter((name) => isRotationOf(name, path.basename(file)))
    .map((name) => path.join(/*turbopackIgnore: true*/ folder, name))
    .filter((one) => one !== file);
}
