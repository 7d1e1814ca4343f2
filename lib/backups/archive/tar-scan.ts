/**
 * Reads a tar as it comes: ustar, pax with local and global headers, GNU's long names, files with holes in all four of GNU's
 * dialects. Names are bytes and stay so. What is cut off, contradicts itself or is larger than any sane header is an error.
 */
import type { EntryType } from "./archive.ts";
import { ByteReader } from "./tar-bytes.ts";
import { TarDamage } from "./tar-damage.ts";
import { type Head, HeadReader, XATTR } from "./tar-head.ts";
import { BLOCK, padding, type RawHeader } from "./tar-header.ts";
import { pathOf, textOf } from "./tar-name.ts";
import { type PaxRecords, paxNumber, paxTime, type TarTime } from "./tar-pax.ts";
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
  /** All of it without waiting, instead of both; null where that cannot be: it has holes, or is not at hand in one piece. */
  whole(): Buffer | null;
}

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
export function scanTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry, void, undefined> {
  return new TarReader(source)[Symbol.asyncIterator]();
}

/**
 * The entries of a tar for whoever goes through many: a turn of the event loop for each would take longer than all the rest.
 * Whoever makes one closes it. Both ways to the next entry throw TarDamage.
 */
export class TarReader {
  #reader: ByteReader;
  #heads: HeadReader;
  #head: Head | null = null;
  #content: Content | null = null;
  #admit: (entry: TarEntry) => void;

  /** `admit` is asked about each entry before it is told, and throws where it must not be. */
  constructor(source: AsyncIterable<Uint8Array>, admit: (entry: TarEntry) => void = () => undefined) {
    this.#reader = new ByteReader(source);
    this.#heads = new HeadReader(this.#reader);
    this.#admit = admit;
  }

  /** The next entry where its head is at hand; null where `next` must be asked. */
  now(): TarEntry | null {
    if (this.#content && !this.#content.passNow()) return null;
    const head = this.#head ?? this.#heads.now();
    if (!head) return null;
    this.#head = head;
    if (hasMap(head)) return null;
    return this.#tell(head, null);
  }

  /** The next entry, null at the end. */
  async next(): Promise<TarEntry | null> {
    await this.#content?.pass();
    const reader = this.#reader;
    let head = this.#head ?? this.#heads.now();
    for (; head === undefined; head = this.#heads.now())
      if (!(await reader.gather(this.#heads.needs)))
        throw new TarDamage(reader.position === 0 ? "is empty" : "is cut off", reader.position);
    if (head === null) return this.#end();
    const before = reader.position;
    const sparse = hasMap(head) ? await mapOf(head, reader) : null;
    return this.#tell(head, sparse && { ...sparse, length: reader.position - before });
  }

  /** Tells the source that nobody reads on. */
  close(): Promise<void> {
    return this.#reader.close();
  }

  /** One after the other, and closed after the last. */
  async *[Symbol.asyncIterator](): AsyncGenerator<TarEntry, void, undefined> {
    try {
      for (;;) {
        const entry = this.now() ?? (await this.next());
        if (!entry) return;
        yield entry;
      }
    } finally {
      await this.close();
    }
  }

  #tell(head: Head, sparse: ReadMap | null): TarEntry {
    this.#head = null;
    const { entry, content } = entryOf(head, { reader: this.#reader, sparse });
    this.#content = content;
    this.#admit(entry);
    return entry;
  }

  /** One zero block may be the last; two end a tar, and what follows is no part of it. */
  async #end(): Promise<null> {
    this.#reader.pass(BLOCK);
    const second = await this.#reader.exactly(BLOCK);
    if (second?.some((byte) => byte !== 0)) throw new TarDamage("goes on where it ends", this.#reader.position);
    await this.#reader.drain();
    return null;
  }
}

/** `SCHILY.xattr.*` of an entry, by the attribute's name. */
export function attributesOf(entry: Pick<TarEntry, "pax">): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const [key, value] of entry.pax) if (key.startsWith(XATTR)) found.set(key.slice(XATTR.length), value);
  return found;
}

/** Its bytes before the content are not the content's. */
type ReadMap = SparseMap & { length: number };

function hasMap(head: Head): boolean {
  const { header, pax } = head;
  if (header.flag === "S") return true;
  if (pax.extents.length === 0 && !MAPPED.some((key) => pax.records.has(key))) return false;
  return typeOf(head) === "file";
}

const MAPPED = ["GNU.sparse.major", "GNU.sparse.realsize", "GNU.sparse.size"];

async function mapOf({ header, block, blocks, pax }: Head, reader: ByteReader): Promise<SparseMap | null> {
  return header.flag === "S" ? oldSparse(block, reader) : paxSparse(pax, reader, blocks);
}

function nameOf({ header, pax, longName }: Head): Buffer {
  return pax.records.get("GNU.sparse.name") ?? pax.records.get("path") ?? longName ?? header.name;
}

/** Undefined: not known. */
function typeOf(head: Head): EntryType | undefined {
  const type = TYPES[head.header.flag];
  return type === "file" && nameOf(head).at(-1) === SLASH ? "folder" : type;
}

const SLASH = 0x2f;

function entryOf(
  head: Head,
  { reader, sparse }: { reader: ByteReader; sparse: ReadMap | null },
): { entry: TarEntry; content: Content } {
  const { header, position, pax, blocks } = head;
  const value = (key: string) => pax.records.get(key);
  const number = (key: string, otherwise: number) => {
    const told = value(key);
    return told ? paxNumber(told, position) : otherwise;
  };
  const [name, type] = [nameOf(head), typeOf(head)];
  if (!type)
    throw new TarDamage(`has an entry of a kind that is not known (${textOf(Buffer.from(header.flag))})`, position);
  // a hard link's header may repeat its file's size without its content
  let stored = type === "hardlink" ? 0 : number("size", header.size);
  if (stored < 0) throw new TarDamage("has an entry with a negative size", position);
  // GNU's dumps list a folder's names as its content; elsewhere readers differ in what such a size means
  if (stored > 0 && type !== "file" && header.flag !== "D")
    throw new TarDamage("has content where none can be", position);
  const total = stored;
  // the map of GNU's first dialect counts to the header
  if (sparse && header.flag !== "S") stored -= sparse.length;
  if (sparse) checkSparse(sparse, { stored, position });
  const link = type === "link" || type === "hardlink" ? (value("linkpath") ?? head.longLink ?? header.link) : null;
  if (name.length === 0 || name.includes(0) || link?.includes(0) || link?.length === 0)
    throw new TarDamage("has an entry with a name that is none", position);
  const uid = number("uid", header.uid);
  const gid = number("gid", header.gid);
  if (uid < 0 || gid < 0) throw new TarDamage("has an entry with an owner that is none", position);
  const time = value("mtime");
  const size = sparse?.size ?? stored;
  const content = new Content(reader, { extents: sparse?.extents ?? [0, stored], padding: padding(total).length });
  const entry: TarEntry = {
    name,
    path: pathOf(name),
    type,
    size: type === "file" ? size : 0,
    mode: header.mode,
    uid,
    gid,
    mtime: time ? paxTime(time, position) : { seconds: header.mtime, nanos: 0 },
    link,
    target: link && (type === "hardlink" ? pathOf(link) : textOf(link)),
    device: type === "device" ? deviceOf(header) : null,
    pax: pax.records,
    sparse: sparse && { size: sparse.size, extents: sparse.extents },
    head: isPlain(head) ? blocks : null,
    pieces: () => content,
    content: () => withZeros(content, size),
    whole: () => (sparse ? null : content.now()),
  };
  return { entry, content };
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
  /** of what is stored and of the zeros that fill its last block */
  #left: number;
  #isOver = false;

  constructor(reader: ByteReader, { extents, padding }: { extents: readonly number[]; padding: number }) {
    this.#reader = reader;
    this.#extents = extents;
    this.#left = padding;
    for (let n = 1; n < extents.length; n += 2) this.#left += extents[n]!;
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
    this.#left -= bytes.length;
    return { value: { offset, bytes }, done: false };
  }

  /** All of it, of what has no holes; null where it is not at hand. */
  now(): Buffer | null {
    const stored = this.#extents[1]!;
    if (this.#isOver || this.#done > 0 || this.#reader.atHand < stored) return null;
    this.#done = stored;
    this.#left -= stored;
    return this.#reader.take(stored);
  }

  /** Passes what nobody wanted; false where some of it is not at hand. */
  passNow(): boolean {
    this.#isOver = true;
    const some = Math.min(this.#left, this.#reader.atHand);
    this.#reader.pass(some);
    this.#left -= some;
    return this.#left === 0;
  }

  async pass(): Promise<void> {
    if (this.passNow()) return;
    const left = this.#left;
    this.#left = 0;
    await this.#reader.skip(left);
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

const HOLE = Buffer.alloc(64 * 1024);
