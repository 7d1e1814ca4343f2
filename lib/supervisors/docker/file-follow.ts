/**
 * What comes, out of the json-file itself: at once, and through rotation, where the engine's own stream stops or repeats.
 * A descriptor stays with its file wherever a rotation moves it: it is read to its end before the next one is begun.
 */
import fs from "node:fs";
import path from "node:path";
import { sleep } from "#lib/platform/clock.ts";
import { bisectLines, openLineFile } from "#lib/platform/line-file.ts";
import type { LogRecord } from "../supervisor.ts";
import { envelopeOf } from "./json-lines.ts";
import { identity, readEnd, type Tail, tailOf } from "./json-tail.ts";
import { type Cursor, DISORDER, momentBefore } from "./lines.ts";
import { lostBefore, lostToRotation } from "./lost.ts";

const POLL = 25;
/** polls without news between two looks at what has the file's name now */
const LOOK = 8;
const TRIES = 5;
/** milliseconds that the file may be missing: it is, for a moment, while it is rotated */
const MISSING = 1500;

/** Batches after the cursor, or of everything where there is none. Ends when the file is removed or the signal aborts. */
export async function* followFile(
  { file, after, created }: { file: string; after: Cursor | null; created: string | null },
  signal: AbortSignal,
): AsyncGenerator<LogRecord[]> {
  const first = await openTail(file, after);
  if (!first) return;
  const known = new Known(after, first.isOldest ? { created } : null);
  let tail: Tail = first.tail;
  let last: LogRecord | null = null;
  const told = (records: LogRecord[]) => {
    last = records.at(-1) ?? last;
    return records;
  };
  try {
    for (let quiet = 0; !signal.aborted; ) {
      const found = tail.read();
      if (found) {
        quiet = 0;
        yield told(known.drop(found));
        continue;
      }
      const next = quiet % LOOK === 0 ? await successor(file, tail, signal) : "same";
      quiet += 1;
      if (next === null) return;
      if (next === "same") {
        if (quiet === 1) yield told(known.release());
        await sleep(POLL, signal);
        continue;
      }
      // what was written between the last reading and the rotation
      for (let rest = tail.read(); rest; rest = tail.read()) yield told(known.drop(rest));
      if (!next.isSure && last) yield [lostToRotation(last)];
      tail.close();
      tail = next.tail;
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
  readonly #beginning: { created: string | null } | null;

  /** `beginning`: the reading begins with the first line that there is */
  constructor(after: Cursor | null, beginning: { created: string | null } | null) {
    this.#after = after;
    this.#beginning = beginning;
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
    const held = this.#held.splice(0);
    const after = this.#after;
    this.#after = null;
    const isBehind = after && this.#beginning && held[0];
    return isBehind ? [...lostBefore(held[0]!, after, this.#beginning!.created), ...held] : held;
  }
}

/** Begins a moment before the cursor, in whichever file that is. */
async function openTail(file: string, after: Cursor | null): Promise<{ tail: Tail; isOldest: boolean } | null> {
  const since = after && momentBefore(after.time);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const chain = chainOf(file);
    for (const link of since === null ? chain.slice(-1) : chain) {
      const start = since === null ? { offset: 0, isHere: true } : await startIn(link.one, since);
      if (!start.isHere && link !== chain.at(-1)) continue;
      const tail = tailOf(link.one, start.offset);
      if (tail?.id === link.id) return { tail, isOldest: link === chain[0] && start.offset === 0 };
      tail?.close();
      break;
    }
  }
  return null;
}

/** Where the lines from a time on begin. Who follows left off a moment ago, mostly: a look at the end is enough then. */
async function startIn(file: string, since: string): Promise<{ offset: number; isHere: boolean }> {
  const near = nearEnd(file, since);
  if (near !== null) return { offset: near, isHere: true };
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

/** Offset of the first line from that time on, where it is among the last of the file and not the first of all. */
function nearEnd(file: string, since: string): number | null {
  const { text, offset } = readEnd(file);
  let found: number | null = null;
  for (let end = text.lastIndexOf("\n"); end > 0; ) {
    const start = text.lastIndexOf("\n", end - 1) + 1;
    // what stands before the first line end is the rest of a line
    if (start === 0) return null;
    const envelope = envelopeOf(text, start, end);
    if (envelope && envelope.time < since) return found;
    if (envelope) found = offset + start;
    end = start - 1;
  }
  return null;
}

/** The file that was begun after this one, as far as anybody knows; null: there will be none. */
async function successor(
  file: string,
  { id, lines }: Tail,
  signal: AbortSignal,
): Promise<{ tail: Tail; isSure: boolean } | "same" | null> {
  if (identityNow(file) === id) return "same";
  const since = performance.now();
  for (let tries = 0; !signal.aborted; tries += 1) {
    const chain = chainOf(file);
    if (chain.at(-1)?.id === id) return "same";
    const at = chain.findIndex((link) => link.id === id);
    // of a file that is gone from the chain nobody knows what came after: the oldest there is
    const next = at >= 0 ? chain[at + 1] : tries < TRIES ? undefined : chain[0];
    const tail = next ? tailOf(next.one, 0, lines) : null;
    // renamed while it was opened: look again
    if (tail && tail.id === next?.id) return { tail, isSure: at >= 0 };
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
    const id = identityNow(one);
    return id === null ? [] : [{ one, id }];
  });
}

function identityNow(file: string): string | null {
  const stats = fs.statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats ? identity(stats) : null;
}
