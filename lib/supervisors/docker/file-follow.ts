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
      const found = await tail.read();
      if (found) {
        quiet = 0;
        const fresh = known.drop(found);
        if (fresh.length > 0) yield fresh;
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
      for (let rest = await tail.read(); rest; rest = await tail.read()) yield known.drop(rest);
      await tail.close();
      tail = next;
      quiet = 0;
    }
  } finally {
    await tail.close();
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
  read(): Promise<LogRecord[] | null>;
  close(): Promise<void>;
}

/** Begins a moment before the cursor, in whichever file that is. */
async function openTail(file: string, after: Cursor | null): Promise<Tail | null> {
  if (!after) return tailOf(file, 0);
  const since = momentBefore(after.time);
  for (const one of [...(await rotated(file)), file]) {
    const lines = await openLineFile(one);
    if (!lines) continue;
    const offset = await bisectLines(lines, (line) => {
      const envelope = envelopeOf(line, 0, line.length);
      return envelope && envelope.time < since;
    });
    const isHere = offset < lines.size || one === file;
    await lines.close();
    if (isHere) return tailOf(one, offset);
  }
  return null;
}

async function tailOf(file: string, start: number): Promise<Tail | null> {
  const handle = await fs.promises.open(file).catch(() => null);
  if (!handle) return null;
  const id = identity(await handle.stat({ bigint: true }));
  const lines = new JsonLines();
  let offset = start;
  let size = CHUNK;
  return {
    id,
    async read() {
      const stats = await handle.stat();
      // with one file only the engine rotates by emptying it
      if (stats.size < offset) offset = 0;
      if (stats.size === offset) return null;
      const buffer = Buffer.allocUnsafe(Math.min(size, stats.size - offset));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
      const end = buffer.subarray(0, bytesRead).lastIndexOf(10) + 1;
      if (end === 0) {
        // a line that is longer than what was read, or one that is being written
        if (bytesRead === size) size *= 2;
        return bytesRead < buffer.length || bytesRead < size / 2 ? null : [];
      }
      offset += end;
      size = CHUNK;
      const data = buffer.subarray(0, end);
      lines.begin({ data, text: data.toString("latin1"), isAscii: isAscii(data) });
      lines.all();
      return lines.take();
    },
    close: () => handle.close(),
  };
}

/** The file that was begun after the one with this identity; null: there will be none. */
async function successor(file: string, id: string, signal: AbortSignal): Promise<Tail | "same" | null> {
  const since = performance.now();
  while (!signal.aborted) {
    const chain = await Promise.all(
      [...(await rotated(file)), file].map(async (one) => ({ one, id: await identityOf(one) })),
    );
    if (chain.at(-1)?.id === id) return "same";
    const at = chain.findIndex((link) => link.id === id);
    // of a file that is gone from the chain nobody knows what came after: the oldest there is
    const next = at < 0 ? chain.find((link) => link.id !== null) : chain[at + 1];
    const tail = next?.id ? await tailOf(next.one, 0) : null;
    // renamed while it was opened: look again
    if (tail && tail.id === next?.id) return tail;
    await tail?.close();
    if (performance.now() - since > MISSING) return null;
    await sleep(POLL, signal);
  }
  return null;
}

/** `….log.2`, `….log.1`; packed ones are as old as to be read long ago. */
async function rotated(file: string): Promise<string[]> {
  const base = `${path.basename(file)}.`;
  const folder = path.dirname(file);
  const names = await fs.promises.readdir(folder).catch(() => []);
  return names
    .filter((name) => name.startsWith(base) && /^\d{1,5}$/.test(name.slice(base.length)))
    .sort((a, b) => Number(b.slice(base.length)) - Number(a.slice(base.length)))
    .map((name) => path.join(/*turbopackIgnore: true*/ folder, name));
}

async function identityOf(file: string): Promise<string | null> {
  try {
    return identity(await fs.promises.stat(file, { bigint: true }));
  } catch {
    // between its renaming and the new one
    return null;
  }
}

function identity({ dev, ino }: { dev: bigint; ino: bigint }): string {
  return `${dev.toString(36)}.${ino.toString(36)}`;
}
