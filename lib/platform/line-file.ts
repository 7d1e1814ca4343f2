/** Large files of lines, read in blocks from either end, searched by a key that grows, and looked through as raw bytes. */
import fs from "node:fs";
import { type ByteWord, byteWord, hasBytes } from "./byte-search.ts";
import { unpack } from "./unpack.ts";

export interface LineFile {
  /** `device.inode`, of the file that was named */
  readonly id: string;
  readonly size: number;
  /** milliseconds since the epoch */
  readonly modified: number;
  /** into `target` where it is given and large enough, else into a buffer of its own */
  read(offset: number, length: number, target?: Buffer): Promise<Buffer>;
  close(): Promise<void>;
}

/**
 * Whole lines of a file: `text` has a character a byte, so that an index is an offset from `start`. `data` is good until the
 * next block is asked for: fresh memory for each would cost more than reading.
 */
export interface Block {
  data: Buffer;
  /** made when it is asked for */
  readonly text: string;
  start: number;
}

export interface Words {
  pattern: RegExp;
  /** those without letters, which the platform looks for faster still */
  plain: Buffer[];
  lettered: ByteWord[];
}

/** bytes at the edge of a block in which a place to cut is looked for first */
const CONTEXT = 16 * 1024;
const PROBE = 64 * 1024;
/** a block is not grown beyond this to find a good place to cut */
const LARGEST_BLOCK = 8 * 1024 * 1024;

/** Looks at what was opened, whatever its name said: null where it may be read, else why not. */
export type Admit = (opened: { file: string; descriptor: number; uid: bigint }) => string | null;

/**
 * null where it is gone, may not be read, or is no ordinary file. What ends in `.gz` is unpacked to a file without a name.
 * Throws `too_large` where all that is unpacked at once is.
 */
export async function openLineFile(file: string, admit: Admit | null = null): Promise<LineFile | null> {
  const handle = await openPlain(file);
  if (!handle) return null;
  const stats = await handle.stat({ bigint: true });
  if (!stats.isFile() || (admit !== null && admit({ file, descriptor: handle.fd, uid: stats.uid }) !== null)) {
    await handle.close();
    return null;
  }
  const unpacked = file.endsWith(".gz") ? await unpack(handle) : null;
  const plain = unpacked?.handle ?? handle;
  const size = unpacked ? (await plain.stat()).size : Number(stats.size);
  return {
    id: `${stats.dev.toString(36)}.${stats.ino.toString(36)}`,
    size,
    modified: Number(stats.mtimeMs),
    async read(offset, length, target) {
      const wanted = Math.max(0, Math.min(length, size - offset));
      const buffer = target && target.length >= wanted ? target.subarray(0, wanted) : Buffer.allocUnsafeSlow(wanted);
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await plain.read(buffer, filled, buffer.length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    },
    close: () => (unpacked ?? handle).close(),
  };
}

export interface BlockOptions {
  from: "oldest" | "newest";
  start: number;
  /** behind the last byte */
  end: number;
  /** bytes of a block */
  length: number;
  /** may the file be cut here, behind a line end? `text` goes from some line's start to `at` or beyond */
  isClean: (text: string, at: number) => boolean;
}

/** Blocks of whole lines; the next is read while one is worked on. A last line without its end belongs to the last block. */
export async function* readBlocks(file: LineFile, options: BlockOptions): AsyncGenerator<Block> {
  const step = options.from === "oldest" ? nextBlock : previousBlock;
  const size = Math.min(options.length, Math.max(0, options.end - options.start));
  const [one, other] = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)];
  let place = options.from === "oldest" ? options.start : options.end;
  let isOdd = false;
  let coming = step(file, options, place, one);
  for (let block = await coming; block; block = await coming) {
    place = options.from === "oldest" ? block.start + block.data.length : block.start;
    isOdd = !isOdd;
    coming = step(file, options, place, isOdd ? other : one);
    // whoever stops reading here does not hear of it
    coming.catch(() => undefined);
    yield block;
  }
}

async function nextBlock(file: LineFile, options: BlockOptions, start: number, target: Buffer): Promise<Block | null> {
  const { end } = options;
  if (start >= end) return null;
  for (let length = options.length; ; length *= 2) {
    const data = await file.read(start, Math.min(length, end - start), target);
    if (data.length === 0) return null;
    const isLargest = length >= LARGEST_BLOCK;
    const isLast = start + data.length >= end;
    const at = isLast ? data.length : lastCut(data, isLargest ? () => true : options.isClean);
    if (at > 0 || isLargest) return blockOf(at > 0 ? data.subarray(0, at) : data, start);
  }
}

async function previousBlock(
  file: LineFile,
  options: BlockOptions,
  end: number,
  target: Buffer,
): Promise<Block | null> {
  const { start: first, isClean } = options;
  if (end <= first) return null;
  for (let length = options.length; ; length *= 2) {
    const from = Math.max(first, end - length);
    const data = await file.read(from, end - from, target);
    if (data.length === 0) return null;
    const isWhole = from === first || length >= LARGEST_BLOCK;
    const at = isWhole ? 0 : firstCut(data, isClean);
    if (at < data.length) return blockOf(data.subarray(at), from + at);
  }
}

function blockOf(data: Buffer, start: number): Block {
  let text: string | null = null;
  return {
    data,
    start,
    get text() {
      text ??= data.toString("latin1");
      return text;
    },
  };
}

/** Looked for in the last part first, and in all of it only where there is none. */
function lastCut(data: Buffer, isClean: BlockOptions["isClean"]): number {
  for (const from of new Set([Math.max(0, data.length - CONTEXT), 0])) {
    const text = data.toString("latin1", from);
    for (let at = text.lastIndexOf("\n"); at >= 0; at = at === 0 ? -1 : text.lastIndexOf("\n", at - 1))
      if (isClean(text, at + 1)) return from + at + 1;
  }
  return 0;
}

/** The first line is cut off by the block and says nothing; what is judged needs some lines before it. */
function firstCut(data: Buffer, isClean: BlockOptions["isClean"]): number {
  const first = data.indexOf("\n") + 1;
  if (first === 0) return data.length;
  for (const to of new Set([Math.min(data.length, first + CONTEXT), data.length])) {
    const text = data.toString("latin1", first, to);
    for (let at = text.indexOf("\n") + 1; at > 0 && at < text.length; at = text.indexOf("\n", at) + 1)
      if (isClean(text, at)) return first + at;
  }
  return data.length;
}

/**
 * Offset of the first line that is not before what is looked for. `isBefore` answers null for a line that does not say.
 * Keys have to grow with the offsets; where they do so roughly, the answer is as rough.
 */
export async function bisectLines(file: LineFile, isBefore: (line: string) => boolean | null): Promise<number> {
  let low = 0;
  let high = file.size;
  while (high - low > PROBE) {
    const middle = Math.floor((low + high) / 2);
    const found = firstTelling((await file.read(middle, PROBE)).toString("latin1"), isBefore);
    if (found?.isBefore) low = middle + found.at;
    else high = middle;
  }
  let rest = "";
  for (let at = low; at < file.size; ) {
    const data = await file.read(at, PROBE);
    if (data.length === 0) break;
    at += data.length;
    rest += data.toString("latin1");
    let start = 0;
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n", start)) {
      if (isBefore(rest.slice(start, end)) === false) return low + start;
      start = end + 1;
    }
    low += start;
    rest = rest.slice(start);
  }
  return rest !== "" && isBefore(rest) === false ? low : file.size;
}

function firstTelling(text: string, isBefore: (line: string) => boolean | null) {
  let at = text.indexOf("\n") + 1;
  for (let end = text.indexOf("\n", at); at > 0 && end >= 0; end = text.indexOf("\n", at)) {
    const answer = isBefore(text.slice(at, end));
    if (answer !== null) return { at, isBefore: answer };
    at = end + 1;
  }
  return null;
}

/** Starts and ends of the lines that hold any of the words, whatever the case of their letters. */
export function linesWith(block: Block, words: Words): [start: number, end: number][] {
  const { pattern } = words;
  const found: [start: number, end: number][] = [];
  if (!mayHold(block.data, words)) return found;
  const { text } = block;
  pattern.lastIndex = 0;
  for (let hit = pattern.exec(text); hit; hit = pattern.exec(text)) {
    const start = hit.index === 0 ? 0 : text.lastIndexOf("\n", hit.index - 1) + 1;
    const newline = text.indexOf("\n", hit.index);
    const end = newline < 0 ? text.length : newline;
    found.push([start, end]);
    pattern.lastIndex = end;
  }
  return found;
}

function mayHold(data: Buffer, { plain, lettered }: Words): boolean {
  return plain.some((word) => data.includes(word)) || lettered.some((word) => hasBytes(data, word));
}

/** For `linesWith`. Words are ASCII. */
export function wordsOf(words: readonly string[]): Words {
  const lettered = words.filter((word) => /[a-z]/i.test(word));
  return {
    pattern: patternOf(words),
    plain: words.filter((word) => !lettered.includes(word)).map((word) => Buffer.from(word, "latin1")),
    lettered: lettered.map(byteWord),
  };
}

function patternOf(words: readonly string[]): RegExp {
  return new RegExp(words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("|"), "gi");
}

/** Is there a line of so many bytes? Hops from line end to line end, looking at next to nothing. */
export function hasLongLine(data: Buffer, length: number): boolean {
  let start = 0;
  while (start + length < data.length) {
    const newline = data.lastIndexOf(10, start + length);
    if (newline < start) return true;
    start = newline + 1;
  }
  return false;
}

/** Of several that are opened together, all or none: when one fails, the others are closed. */
export async function openAll<T>(
  opening: readonly Promise<T>[],
  close: (opened: T) => Promise<unknown> | undefined,
): Promise<T[]> {
  const settled = await Promise.allSettled(opening);
  const opened = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = settled.find((one) => one.status === "rejected");
  if (!failed) return opened;
  await Promise.all(opened.map(close));
  throw failed.reason;
}

async function openPlain(file: string): Promise<fs.promises.FileHandle | null> {
  try {
    return await fs.promises.open(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES", "EPERM", "ELOOP"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return null;
    throw error;
  }
}
