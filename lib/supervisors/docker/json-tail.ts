/** One json-file that is being written, read on from where the reading was. */
import { isAscii } from "node:buffer";
import fs from "node:fs";
import type { LogRecord } from "../supervisor.ts";
import { JsonLines } from "./json-lines.ts";
import { lostWhenEmptied } from "./lost.ts";

export interface Tail {
  /** `device.inode` */
  readonly id: string;
  /** a line that is begun in this file may end in the next */
  readonly lines: JsonLines;
  /** null: nothing new */
  read(): LogRecord[] | null;
  close(): void;
}

const CHUNK = 256 * 1024;
const END = 64 * 1024;
/** bytes before our place that must still be there: a file emptied and filled again between two looks is noticed */
const ANCHOR = 64;

/** Reads at once: what was written a moment ago is in memory, and asking a thread for it costs more than having it. */
export function tailOf(file: string, start: number, lines: JsonLines = new JsonLines()): Tail | null {
  const descriptor = openFile(file);
  if (descriptor === null) return null;
  const id = identity(fs.fstatSync(descriptor, { bigint: true }));
  let offset = start;
  let size = CHUNK;
  let anchor = readAt(descriptor, Math.max(0, start - ANCHOR), Math.min(ANCHOR, start));
  let last: LogRecord | null = null;
  return {
    id,
    lines,
    read() {
      const stats = fs.fstatSync(descriptor);
      if (stats.size === offset) return null;
      const wanted = Math.max(0, Math.min(size, stats.size - offset));
      const buffer = readAt(descriptor, offset - anchor.length, anchor.length + wanted);
      // with one file only the engine rotates by emptying it
      if (stats.size < offset || !buffer.subarray(0, anchor.length).equals(anchor)) {
        offset = 0;
        anchor = Buffer.alloc(0);
        return last ? [lostWhenEmptied(last)] : [];
      }
      const data = buffer.subarray(anchor.length);
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
      anchor = Buffer.from(buffer.subarray(Math.max(0, anchor.length + end - ANCHOR), anchor.length + end));
      lines.begin({ data: whole, text: whole.toString("latin1"), isAscii: isAscii(whole) });
      lines.all();
      const found = lines.take();
      last = found.at(-1) ?? last;
      return found;
    },
    close: () => fs.closeSync(descriptor),
  };
}

export function identity({ dev, ino }: { dev: bigint; ino: bigint }): string {
  return `${dev.toString(36)}.${ino.toString(36)}`;
}

/** The last of a file, a character a byte, and where it begins. Empty where it cannot be read. */
export function readEnd(file: string): { text: string; offset: number } {
  const descriptor = openFile(file);
  if (descriptor === null) return { text: "", offset: 0 };
  try {
    const { size } = fs.fstatSync(descriptor);
    const offset = Math.max(0, size - END);
    return { text: readAt(descriptor, offset, size - offset).toString("latin1"), offset };
  } finally {
    fs.closeSync(descriptor);
  }
}

function readAt(descriptor: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  return buffer.subarray(0, fs.readSync(descriptor, buffer, 0, length, position));
}

function openFile(file: string): number | null {
  try {
    return fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch {
    // renamed or removed since it was looked at: whoever asked looks again
    return null;
  }
}
