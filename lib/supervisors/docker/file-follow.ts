/**
 * What comes, out of the json-file itself: at once, and through rotation, where the engine's own stream stops or repeats.
 * A descriptor stays with its file wherever a rotation moves it: it is read to its end before the next one is begun.
 */
import { isAscii } from "node:buffer";
import fs from "node:fs";
import path from "node:path";
import { sleep } from "#lib/platform/clock.ts";
import { bisectLines, openLineFile } from "#lib/platform/line-file.ts";
import type { LogRecord } from "../supervisor.ts";
import { envelopeOf, JsonLines } from "./json-lines.ts";
import { type Cursor, DISORDER, momentBefore } from "./lines.ts";

const POLL = 50;
const CHUNK = 256 * 1024;
/** polls without news between two looks at what has the file's name now */
const LOOK = 4;
const TRIES = 5;
/** milliseconds that the file may be missing: it is, for a moment, while it is rotated */
const MISSING = 1500;

/** Batches after the cursor, or of everything where there is none. Ends when the file is removed or the signal aborts. */
export async function* followFile(
  file: string,
  after: Cursor | null,
  signal: AbortSignal,
): AsyncGenerator<LogRecord[]> {
  const known = new Known(after);
  const first = await openTail(file, after);
  if (!first) return;
  let tail: Tail = first;
  try {
    for (let quiet = 0; !signal.aborted; ) {
      const found = tail.read();
      if (found) {
        quiet = 0;
        yield known.drop(found);
        continue;
      }
      const next: Tail | "same" | null = quiet % LOOK === 0 ? await successor(file, tail.id, signal) : "same";
      quiet += 1;
      if (next === null) return;
      if (next === "same") {
        if (quiet === 1) yield known.release();
        await sleep(POLL, signal);
        continue;
      }
      // what was written between the last reading and the rotation
      for (let rest = tail.read(); rest; rest = tail.read()) yield known.drop(rest);
      tail.close();
      tail = next;
      quiet = 0;
    }
  } finally {
    tail.close();
  }
}

/** Lines up to the cursor are cut. Where the cursor's own line is gone, its time decides. */
class Known {
  #after: Cursor | null;
  #held: LogRecord[] = [];

  constructor(after: Cursor | null) {
    this.#after = after;
  }

  drop(records: LogRecord[]): LogRecord[] {
    const after = this.#after;
    if (!after) return records;
    const cursor = `${after.time}/${after.ordinal}/${after.mark}`;
    const at = records.findIndex((record) => record.cursor === cursor);
    if (at >= 0) {
      this.#after = null;
      return records.slice(at + 1);
    }
    this.#held.push(...records.filter(({ time }) => time > after.time));
    if (!(Date.parse(records.at(-1)?.time ?? "") > Date.parse(after.time) + DISORDER)) return [];
    return this.release();
  }

  /** The cursor's line did not come: what is later than it is new. */
  release(): LogRecord[] {
    this.#after = null;
    return this.#held.splice(0);
  }
}

interface Tail {
  readonly id: string;
  /** null: nothing new */
  read(): LogRecord[] | null;
  close(): void;
}

/** Begins a moment before the cursor, in whichever file that is. */
async function openTail(file: string, after: Cursor | null): Promise<Tail | null> {
  const since = after && momentBefore(after.time);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const chain = chainOf(file);
    for (const link of since === null ? chain.slice(-1) : chain) {
      const start = since === null ? { offset: 0, isHere: true } : await startIn(link.one, since);
      if (!start.isHere && link !== chain.at(-1)) continue;
      const tail = tailOf(link.one, start.offset);
      if (tail?.id === link.id) return tail;
      tail?.close();
      break;
    }
  }
  return null;
}

/** Where the lines from a time on begin. */
async function startIn(file: string, since: string): Promise<{ offset: number; isHere: boolean }> {
  const lines = await openLineFile(file);
  if (!lines) return { offset: 0, isHere: false };
  try {
    const offset = await bisectLines(lines, (line) => {
      const envelope = envelopeOf(line, 0, line.length);
      return envelope && envelope.time < since;
    });
    return { offset, isHere: offset < lines.size };
  } finally {
    await lines.close();
  }
}

/** Reads at once: what was written a moment ago is in memory, and asking a thread for it costs more than having it. */
function tailOf(file: string, start: number): Tail | null {
  const descriptor = openFile(file);
  if (descriptor === null) return null;
  const id = identity(fs.fstatSync(descriptor, { bigint: true }));
  const lines = new JsonLines();
  let offset = start;
  let size = CHUNK;
  return {
    id,
    read() {
      const stats = fs.fstatSync(descriptor);
      // with one file only the engine rotates by emptying it
      if (stats.size < offset) offset = 0;
      if (stats.size === offset) return null;
      const buffer = Buffer.allocUnsafe(Math.min(size, stats.size - offset));
      const data = buffer.subarray(0, fs.readSync(descriptor, buffer, 0, buffer.length, offset));
      const end = data.lastIndexOf(10) + 1;
      if (end === 0) {
        // a line that is longer than what was read, or one that is being written
        const isLong = data.length === size;
        if (isLong) size *= 2;
        return isLong ? [] : null;
      }
      offset += end;
      size = CHUNK;
      const whole = data.subarray(0, end);
      lines.begin({ data: whole, text: whole.toString("latin1"), isAscii: isAscii(whole) });
      lines.all();
      return lines.take();
    },
    close: () => fs.closeSync(descriptor),
  };
}

function openFile(file: string): number | null {
  try {
    return fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch {
    // renamed or removed since it was looked at: whoever asked looks again
    return null;
  }
}

/** The file that was begun after the one with this identity; null: there will be none. */
async function successor(file: string, id: string, signal: AbortSignal): Promise<Tail | "same" | null> {
  const since = performance.now();
  for (let tries = 0; !signal.aborted; tries += 1) {
    const chain = chainOf(file);
    if (chain.at(-1)?.id === id) return "same";
    const at = chain.findIndex((link) => link.id === id);
    // of a file that is gone from the chain nobody knows what came after: the oldest there is
    const next = at >= 0 ? chain[at + 1] : tries < TRIES ? undefined : chain[0];
    const tail = next ? tailOf(next.one, 0) : null;
    // renamed while it was opened: look again
    if (tail && tail.id === next?.id) return tail;
    tail?.close();
    if (performance.now() - since > MISSING) return null;
    await sleep(POLL, signal);
  }
  return null;
}

interface Link {
  one: string;
  id: string;
}

/** `….log.2`, `….log.1`, `….log`, as they stood at one moment: read until two readings agree. */
function chainOf(file: string): Link[] {
  let chain = readChain(file);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const again = readChain(file);
    if (JSON.stringify(again) === JSON.stringify(chain)) break;
    chain = again;
  }
  return chain;
}

/** Packed ones are so old as to be read long ago. */
function readChain(file: string): Link[] {
  const base = `${path.basename(file)}.`;
  const folder = path.dirname(file);
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  const rotated = names
    .filter((name) => name.startsWith(base) && /^\d{1,5}$/.test(name.slice(base.length)))
    .sort((a, b) => Number(b.slice(base.length)) - Number(a.slice(base.length)))
    .map((name) => path.join(/*turbopackIgnore: true*/ folder, name));
  return [...rotated, file].flatMap((one) => {
    const stats = fs.statSync(one, { bigint: true, throwIfNoEntry: false });
    return stats ? [{ one, id: identity(stats) }] : [];
  });
}

function identity({ dev, ino }: { dev: bigint; ino: bigint }): string {
  return `${dev.toString(36)}.${ino.toString(36)}`;
}
