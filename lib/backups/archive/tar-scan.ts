/**
 * Reads a tar as it comes: ustar, pax with local and global headers, GNU's long names, files with holes in all four of GNU's
 * dialects. Names are bytes and stay so. What is cut off, contradicts itself or is larger than any sane header is an error.
 */
import type { EntryType } from "./archive.ts";
import { ByteReader } from "./tar-bytes.ts";
import { TarDamage } from "./tar-damage.ts";
import { BLOCK, padding, parseHeader, type RawHeader } from "./tar-header.ts";
import { pathOf, textOf } from "./tar-name.ts";
import { type Pax, type PaxRecords, parsePax, paxNumber, paxTime, type TarTime } from "./tar-pax.ts";
import { checkSparse, oldSparse, paxSparse, type SparseMap } from "./tar-sparse.ts";

/** Bytes of a file and where in it they belong; what no piece covers is a hole. */
export interface Piece {
  offset: number;
  bytes: Buffer;
}

export interface TarEntry {
  /** as it stands in the archive, `./` and all */
  name: Buffer;
  /** as a manifest writes it; what is absolute or leads upwards still does */
  path: string;
  type: EntryType;
  /** as a reader of the file sees it, holes included; 0 for what is no file */
  size: number;
  /** permission bits with setuid, setgid and sticky */
  mode: number;
  uid: number;
  gid: number;
  mtime: TarTime;
  /** where a link leads, or the earlier name of a hard link; as it stands there */
  link: Buffer | null;
  /** the same as a manifest writes it: of a hard link as a path */
  target: string | null;
  device: { kind: "character" | "block"; major: number; minor: number } | null;
  /** every record that holds for it; `SCHILY.xattr.{name}` among them, keys as latin1 */
  pax: PaxRecords;
  /** null: no holes */
  sparse: SparseMap | null;
  /** the blocks before its content, where they can be written again as they are; null: they say more than they should */
  head: readonly Buffer[] | null;
  /** What is stored. Once, and before the next entry is asked for; what is left then is skipped. */
  pieces(): AsyncIterable<Piece>;
  /** The same as a reader of the file sees it: holes are zeros. Once, and instead of `pieces`. */
  content(): AsyncIterable<Buffer>;
}

/** Of pax headers: attributes and maps of holes stand in them. */
const MOST_PAX = 4 * 1024 * 1024;
const MOST_NAME = 64 * 1024;
const TYPES: Record<string, EntryType> = {
  "0": "file",
  "7": "file",
  S: "file",
  "1": "hardlink",
  "2": "link",
  "3": "device",
  "4": "device",
  "5": "folder",
  D: "folder",
  "6": "fifo",
};

/** Throws TarDamage. A source that ends without the two blocks that end a tar was cut off; one that is empty is none. */
export async function* scanTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry, void, undefined> {
  const reader = new ByteReader(source);
  const globals = new Map<string, Buffer>();
  try {
    for (let met = await readHead(reader, globals); met; met = await readHead(reader, globals)) {
      const { entry, finish } = await entryOf(met, reader);
      yield entry;
      await finish();
    }
    await reader.drain();
  } finally {
    await reader.close();
  }
}

/** `SCHILY.xattr.*` of an entry, by the attribute's name. */
export function attributesOf(entry: Pick<TarEntry, "pax">): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const [key, value] of entry.pax) if (key.startsWith(XATTR)) found.set(key.slice(XATTR.length), value);
  return found;
}

const XATTR = "SCHILY.xattr.";

/** A header with everything that stands before it and belongs to it. */
interface Head {
  position: number;
  header: RawHeader;
  block: Buffer;
  blocks: Buffer[];
  pax: Pax;
  longName: Buffer | null;
  longLink: Buffer | null;
  hasGlobals: boolean;
}

async function readHead(reader: ByteReader, globals: Map<string, Buffer>): Promise<Head | null> {
  const blocks: Buffer[] = [];
  let hasGlobals = globals.size > 0;
  let pax: Pax | null = null;
  let longName: Buffer | null = null;
  let longLink: Buffer | null = null;
  for (;;) {
    const { position } = reader;
    const block = await reader.exactly(BLOCK);
    if (!block) throw new TarDamage(position === 0 ? "is empty" : "is cut off", position);
    const header = parseHeader(block, position);
    if (!header) {
      if (pax || longName || longLink) throw new TarDamage("ends where an entry should follow", position);
      return checkEnd(reader);
    }
    blocks.push(block);
    const body = async (most: number) => {
      if (header.size < 0 || header.size > most) throw new TarDamage("has a header beyond all bounds", position);
      const whole = await reader.exactly(header.size + padding(header.size).length);
      if (!whole && header.size > 0) throw new TarDamage("is cut off", position);
      if (whole) blocks.push(whole);
      return (whole ?? EMPTY).subarray(0, header.size);
    };
    if (header.flag === "x" || header.flag === "X") pax = parsePax(await body(MOST_PAX), position);
    else if (header.flag === "g") {
      lay(globals, parsePax(await body(MOST_PAX), position).records);
      hasGlobals = true;
    } else if (header.flag === "L") longName = untilZero(await body(MOST_NAME));
    else if (header.flag === "K") longLink = untilZero(await body(MOST_NAME));
    else if (header.flag === "V") await body(0);
    else {
      const records = new Map(globals);
      lay(records, pax?.records ?? new Map());
      const all = { records, extents: pax?.extents ?? [] };
      return { position, header, block, blocks, pax: all, longName, longLink, hasGlobals };
    }
  }
}

/** One zero block may be the last; two end a tar, and what follows is no part of it. */
async function checkEnd(reader: ByteReader): Promise<null> {
  const second = await reader.exactly(BLOCK);
  if (second?.some((byte) => byte !== 0)) throw new TarDamage("goes on where it ends", reader.position);
  return null;
}

async function entryOf(head: Head, reader: ByteReader): Promise<{ entry: TarEntry; finish: () => Promise<void> }> {
  const { header, position, pax, blocks } = head;
  const value = (key: string) => pax.records.get(key);
  const number = (key: string, otherwise: number) => {
    const told = value(key);
    return told ? paxNumber(told, position) : otherwise;
  };
  const name = value("GNU.sparse.name") ?? value("path") ?? head.longName ?? header.name;
  let type = TYPES[header.flag];
  if (!type)
    throw new TarDamage(`has an entry of a kind that is not known (${textOf(Buffer.from(header.flag))})`, position);
  if (type === "file" && name.at(-1) === 0x2f) type = "folder";
  // a hard link's header may repeat its file's size without its content
  let stored = type === "hardlink" ? 0 : number("size", header.size);
  if (stored < 0) throw new TarDamage("has an entry with a negative size", position);
  // GNU's dumps list a folder's names as its content; elsewhere readers differ in what such a size means
  if (stored > 0 && type !== "file" && header.flag !== "D")
    throw new TarDamage("has content where none can be", position);
  const total = stored;
  let sparse: SparseMap | null = null;
  if (header.flag === "S") sparse = await oldSparse(head.block, reader);
  else if (type === "file") {
    const before = reader.position;
    sparse = await paxSparse(pax, reader, blocks);
    stored -= reader.position - before;
  }
  if (sparse) checkSparse(sparse, { stored, position });
  const link = type === "link" || type === "hardlink" ? (value("linkpath") ?? head.longLink ?? header.link) : null;
  if (name.length === 0 || name.includes(0) || link?.includes(0) || link?.length === 0)
    throw new TarDamage("has an entry with a name that is none", position);
  const uid = number("uid", header.uid);
  const gid = number("gid", header.gid);
  if (uid < 0 || gid < 0) throw new TarDamage("has an entry with an owner that is none", position);
  const time = value("mtime");
  const content = new Content(reader, sparse?.extents ?? [0, stored]);
  const entry: TarEntry = {
    name,
    path: pathOf(name),
    type,
    size: type === "file" ? (sparse?.size ?? stored) : 0,
    mode: header.mode,
    uid,
    gid,
    mtime: time ? paxTime(time, position) : { seconds: header.mtime, nanos: 0 },
    link,
    target: link && (type === "hardlink" ? pathOf(link) : textOf(link)),
    device: type === "device" ? deviceOf(header) : null,
    pax: pax.records,
    sparse,
    head: isPlain(head) ? blocks : null,
    pieces: () => content,
    content: () => withZeros(content, sparse?.size ?? stored),
  };
  return { entry, finish: () => content.finish(padding(total).length) };
}

function deviceOf({ flag, major, minor }: RawHeader): TarEntry["device"] {
  return { kind: flag === "3" ? "character" : "block", major, minor };
}

/** POSIX's own dialect, holding for itself, and without names of users: those of another machine mean nothing here. */
function isPlain({ header, pax, longName, longLink, hasGlobals }: Head): boolean {
  const isOwn = header.isPosix && !longName && !longLink && !hasGlobals && "S7D".includes(header.flag) === false;
  return isOwn && !header.hasNames && !pax.records.has("uname") && !pax.records.has("gname");
}

/** What is stored of one entry, as far as somebody wants it. */
class Content implements AsyncIterable<Piece>, AsyncIterator<Piece> {
  #reader: ByteReader;
  #extents: readonly number[];
  #at = 0;
  #done = 0;
  #isOver = false;

  constructor(reader: ByteReader, extents: readonly number[]) {
    this.#reader = reader;
    this.#extents = extents;
  }

  [Symbol.asyncIterator](): AsyncIterator<Piece> {
    return this;
  }

  async next(): Promise<IteratorResult<Piece>> {
    if (this.#isOver) throw new TypeError("content of an entry that has been passed");
    while (this.#at < this.#extents.length && this.#done === this.#extents[this.#at + 1]) {
      this.#at += 2;
      this.#done = 0;
    }
    if (this.#at >= this.#extents.length) return { value: undefined, done: true };
    const offset = this.#extents[this.#at]! + this.#done;
    const bytes = await this.#reader.some(this.#extents[this.#at + 1]! - this.#done);
    if (!bytes) throw new TarDamage("is cut off", this.#reader.position);
    this.#done += bytes.length;
    return { value: { offset, bytes }, done: false };
  }

  /** Passes what nobody wanted. */
  async finish(pad: number): Promise<void> {
    let left = -this.#done;
    for (let n = this.#at + 1; n < this.#extents.length; n += 2) left += this.#extents[n]!;
    this.#isOver = true;
    await this.#reader.skip(left + pad);
  }
}

async function* withZeros(pieces: AsyncIterable<Piece>, size: number): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const { offset, bytes } of pieces) {
    yield* zeros(offset - at);
    yield bytes;
    at = offset + bytes.length;
  }
  yield* zeros(size - at);
}

/** So many zero bytes, in pieces that are one and the same. */
export function* zeros(length: number): Generator<Buffer> {
  for (let left = length; left > 0; left -= HOLE.length) yield left < HOLE.length ? HOLE.subarray(0, left) : HOLE;
}

const EMPTY = Buffer.alloc(0);
const HOLE = Buffer.alloc(64 * 1024);

function lay(below: Map<string, Buffer>, above: ReadonlyMap<string, Buffer>): void {
  for (const [key, value] of above) {
    if (value.length === 0 && !key.startsWith(XATTR)) below.delete(key);
    else below.set(key, value);
  }
}

function untilZero(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}
