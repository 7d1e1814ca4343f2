/**
 * One log file, read on through rotation. Its position is device, inode and offset, so it is found again wherever a
 * rotation put it: a renamed file is read to its end before the new one; of a file that was copied and cut (copytruncate)
 * the copy is found by what it holds before our offset. A rotated file that was compressed meanwhile is lost.
 */
import fs from "node:fs";
import path from "node:path";
import type { Admit } from "#lib/platform/line-file.ts";
import { SupervisorError } from "../supervisor.ts";
import { lineMark, MARKED, markBefore } from "./line-mark.ts";
import { isRotationOf } from "./rotation.ts";

const CHUNK = 256 * 1024;
/** bytes before our offset that must still be there: a file cut and grown again between two looks is noticed */
const ANCHOR = 64;
/** of a line without an end no more than this is kept */
export const LONGEST = 1024 * 1024;
/** a file system may keep its times by another clock */
const CLOCKS_DIFFER_MS = 2000;
const GONE = "the file that they were in was removed or packed before they were read";
const EMPTIED = "the file was emptied, and what was written just before may have gone with it";

export interface Position {
  /** `device.inode` */
  file: string;
  offset: number;
  /** of the line that ends there; none where there is no such line, or nobody can say */
  mark?: string;
}

export interface RawLine {
  text: string;
  /** where it begins and its mark: what tells it from every other line */
  begin: number;
  mark: string;
  /** where the next line begins */
  after: Position;
  /** why lines before it may be missing */
  lost?: string;
}

export interface LogFile {
  /** The next whole line, or null when there is none now. Throws `denied`. */
  next(): RawLine | null;
  /** What stands behind the last line end, once: the end of a file that nobody goes on writing. */
  rest(): RawLine | null;
  /** where the reading began; null: not yet */
  origin(): Position | null;
  /** modification time of what is being read, milliseconds since the epoch; null when there is no file */
  modified(): number | null;
  close(): void;
}

export interface LogFileOptions {
  file: string;
  /** begin there; null: at the offset that `start` gives for the file as it is now */
  position: Position | null;
  start: (descriptor: number, size: number) => number;
  /** null: whatever it is. As root, a path named by somebody else is that one's word */
  admit: Admit | null;
}

interface Source {
  descriptor: number;
  file: string;
  offset: number;
  anchor: Buffer;
  /** when it was last found as it was left, milliseconds since the epoch */
  seen: number;
}

export function openLogFile(options: LogFileOptions): LogFile {
  const { file, admit } = options;
  let source: Source | null = null;
  let buffer: Buffer = Buffer.alloc(0);
  let skipping = false;
  let origin: Position | null = null;
  let lost: string | null = null;

  const close = () => {
    if (source) fs.closeSync(source.descriptor);
    source = null;
  };
  const use = (opened: { descriptor: number; file: string }, offset: number) => {
    close();
    const anchor = readAt(opened.descriptor, Math.max(0, offset - ANCHOR), Math.min(ANCHOR, offset));
    source = { ...opened, offset, anchor, seen: Date.now() };
  };
  const begin = () => {
    const { position } = options;
    const current = openRegular(file, admit);
    const isThere = (opened: { descriptor: number; file: string }) =>
      position !== null && holdsPosition(opened.descriptor, position);
    if (position && !(current?.file === position.file && isThere(current))) {
      // renamed, or copied and cut: by its identity, or by what stands before our place
      const isRenamed = current?.file !== position.file;
      const rotated = siblings(file).map((one) => ({ one, id: identity(one) }));
      const wanted = rotated.filter(({ id }) => (isRenamed ? id === position.file : position.mark !== undefined));
      for (const { one } of wanted) {
        const opened = openSibling(one, admit);
        if (!opened) continue;
        if (isThere(opened) && (position.mark !== undefined || isLineStart(opened.descriptor, position.offset))) {
          if (current) fs.closeSync(current.descriptor);
          origin = { ...position, file: opened.file };
          skipping = isInLongLine(opened.descriptor, position.offset);
          return use(opened, position.offset);
        }
        fs.closeSync(opened.descriptor);
      }
    }
    if (!current) return;
    const { size } = fs.fstatSync(current.descriptor);
    // in place of a lost file the one that has its name is new from its first line
    const resumed = position?.file === current.file && isThere(current) ? position.offset : 0;
    if (position && position.file !== current.file) lost = GONE;
    else if (position && resumed !== position.offset) lost = EMPTIED;
    const offset = position ? resumed : options.start(current.descriptor, size);
    origin = { file: current.file, offset };
    skipping = position !== null && isInLongLine(current.descriptor, offset);
    use(current, offset);
  };
  /** Reads on in what is open; false at its end. */
  const fill = (): boolean => {
    if (!source) return false;
    const { descriptor, offset, anchor } = source;
    const read = readAt(descriptor, offset - anchor.length, anchor.length + CHUNK);
    if (read.length < anchor.length || !read.subarray(0, anchor.length).equals(anchor)) return afterCut(source);
    source.seen = Date.now();
    const fresh = read.subarray(anchor.length);
    if (fresh.length === 0) return false;
    source.offset += fresh.length;
    source.anchor = Buffer.from(read.subarray(-ANCHOR));
    buffer = buffer.length === 0 ? fresh : Buffer.concat([buffer, fresh]);
    return true;
  };
  const afterCut = (cut: Source): boolean => {
    const copy = siblings(file).find((one) => identity(one) !== cut.file && holds(one, cut, admit));
    const opened = copy ? openSibling(copy, admit) : null;
    if (opened) use(opened, cut.offset);
    else {
      lost = EMPTIED;
      cut.offset = 0;
      cut.anchor = Buffer.alloc(0);
      skipping = false;
      buffer = Buffer.alloc(0);
    }
    return true;
  };
  /** To the file that now has the name, once it holds something; until then what is open may still be written to. */
  const turn = (): boolean => {
    if (source && identity(file) === source.file) return false;
    const opened = openRegular(file, admit);
    if (!opened) return false;
    const empty = fs.fstatSync(opened.descriptor).size === 0;
    if (empty || fill()) {
      fs.closeSync(opened.descriptor);
      return !empty;
    }
    // a last line without its end ends with its file
    if (buffer.length > 0) buffer = Buffer.concat([buffer, Buffer.from("\n")]);
    use(opened, 0);
    return true;
  };
  const cut = (end: number): RawLine => {
    const begin = source!.offset - buffer.length;
    const raw = buffer.subarray(0, end);
    const text = raw.toString("utf8").replace(/\r$/, "");
    const mark = lineMark(raw);
    buffer = buffer.subarray(Math.min(end + 1, buffer.length));
    const after: Position = { file: source!.file, offset: source!.offset - buffer.length };
    // of a line that is cut nobody knows the end
    if (end < LONGEST) after.mark = mark;
    const line: RawLine = { text, begin, mark, after };
    if (lost !== null) line.lost = lost;
    lost = null;
    return line;
  };
  const next = (): RawLine | null => {
    if (!source) begin();
    for (;;) {
      const end = buffer.indexOf(10);
      if (end >= 0) {
        const line = cut(end);
        if (!skipping) return line;
        skipping = false;
      } else if (buffer.length > LONGEST) {
        const line = skipping ? null : cut(LONGEST);
        buffer = Buffer.alloc(0);
        skipping = true;
        if (line) return line;
      } else if (!fill() && !turn()) return null;
    }
  };

  return {
    next,
    rest: () => (buffer.length === 0 || skipping || !source ? null : cut(buffer.length)),
    origin: () => origin,
    modified: () => (source ? fs.fstatSync(source.descriptor).mtimeMs : null),
    close,
  };
}

/** Behind the part that was kept of a line without an end: what is left of it is no line. */
function isInLongLine(descriptor: number, offset: number): boolean {
  return offset >= LONGEST && !readAt(descriptor, offset - LONGEST, LONGEST).includes(10);
}

/** A place without a mark in a file of another name has to be one where reading can have stopped. */
function isLineStart(descriptor: number, offset: number): boolean {
  if (offset === 0 || isInLongLine(descriptor, offset)) return true;
  return readAt(descriptor, offset - 1, 1)[0] === 10;
}

/** Never waits on a pipe, never reads a device, and never follows a user's word to a file that is not the user's. */
function openRegular(file: string, admit: Admit | null): { descriptor: number; file: string } | null {
  let descriptor: number;
  try {
    descriptor = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw new SupervisorError("denied", `The log ${file} cannot be read: ${code ?? "unknown error"}.`, {
      cause: error,
    });
  }
  const stats = fs.fstatSync(descriptor, { bigint: true });
  const refusal = admit?.({ file, descriptor, uid: stats.uid }) ?? null;
  if (stats.isFile() && refusal === null)
    return { descriptor, file: `${stats.dev.toString(36)}.${stats.ino.toString(36)}` };
  fs.closeSync(descriptor);
  const why = refusal ?? "it is no ordinary file";
  throw new SupervisorError("denied", `The log ${file} is not read: ${why}.`);
}

/** As `openRegular`, where what may not be read is simply not what is looked for. */
function openSibling(file: string, admit: Admit | null): { descriptor: number; file: string } | null {
  try {
    return openRegular(file, admit);
  } catch (error) {
    if (error instanceof SupervisorError) return null;
    throw error;
  }
}

/** Files beside it that a rotation could have made of it, the newest first. */
function siblings(file: string): string[] {
  const folder = path.dirname(file);
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  return names
    .filter((name) => isRotationOf(name, path.basename(file)))
    .filter((name) => !/\.(gz|zst|xz|bz2|zip)$/.test(name))
    .map((name) => path.join(/*turbopackIgnore: true*/ folder, name))
    .filter((one) => one !== file)
    .map((one) => ({ one, at: fs.statSync(one, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.at - a.at)
    .map(({ one }) => one);
}

function identity(file: string): string | null {
  const stats = fs.statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats ? `${stats.dev.toString(36)}.${stats.ino.toString(36)}` : null;
}

/** Is it a copy of what was cut: made since we last looked, with the same bytes before our offset? */
function holds(candidate: string, cut: Source, admit: Admit | null): boolean {
  if (cut.anchor.length === 0) return false;
  const opened = openSibling(candidate, admit);
  if (!opened) return false;
  try {
    if (fs.fstatSync(opened.descriptor).ctimeMs < cut.seen - CLOCKS_DIFFER_MS) return false;
    return readAt(opened.descriptor, cut.offset - cut.anchor.length, cut.anchor.length).equals(cut.anchor);
  } finally {
    fs.closeSync(opened.descriptor);
  }
}

/** Is what stands before the position what was there when it was given out? */
function holdsPosition(descriptor: number, { offset, mark }: Position): boolean {
  if (offset > fs.fstatSync(descriptor).size) return false;
  const length = Math.min(MARKED, offset);
  return mark === undefined || markBefore(readAt(descriptor, offset - length, length)) === mark;
}

function readAt(descriptor: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  return buffer.subarray(0, fs.readSync(descriptor, buffer, 0, length, position));
}
