/** Passes a root's tar on into the archive: filtered, under its prefix, every file hashed, every entry told. */
import { createHash, hash as hashOf } from "node:crypto";
import type { ManifestEntry, Root } from "./archive.ts";
import type { Databases, TakenDatabase } from "./databases.ts";
import type { PathFilter } from "./pack-filter.ts";
import { TarDamage } from "./tar-damage.ts";
import { encodeEntry } from "./tar-encode.ts";
import { padding } from "./tar-header.ts";
import { bytesOf } from "./tar-name.ts";
import { timeText } from "./tar-pax.ts";
import { type Piece, type TarEntry, TarReader, zeros } from "./tar-scan.ts";

export interface Passing {
  root: Root;
  filter: PathFilter;
  /** null: databases are files like others */
  databases: Databases | null;
  /** hears of each entry; what it returns is waited for */
  told: (entry: ManifestEntry) => Promise<void> | null;
  foundDatabase: (path: string) => void;
  skip: (path: string, why: string) => void;
  moved: (bytes: number) => void;
}

const MAGIC = Buffer.from("SQLite format 3\0");
const EMPTY = Buffer.alloc(0);

/**
 * The blocks of the archive, without what ends it: as many together as could be made without waiting. Throws TarDamage.
 */
export async function* passEntries(tar: AsyncIterable<Uint8Array>, passing: Passing): AsyncGenerator<Uint8Array[]> {
  const reader = new TarReader(tar);
  let made: Uint8Array[] = [];
  try {
    for (;;) {
      let entry = reader.now();
      if (!entry) {
        if (made.length > 0) yield made;
        made = [];
        entry = await reader.next();
      }
      if (!entry) return;
      if (!isWanted(entry, passing)) continue;
      if (passing.databases && (await passing.databases.isPart(entry.path))) continue;
      const content = contentAtHand(entry, passing);
      if (content) {
        const wait = passWhole(entry, { content, made, passing });
        if (wait) await wait;
        continue;
      }
      if (made.length > 0) yield made;
      made = [];
      for await (const block of passEntry(entry, passing)) yield [block];
    }
  } finally {
    await reader.close();
  }
}

function isWanted({ path, type, target }: TarEntry, { root, filter, skip }: Passing): boolean {
  if (isOutside(path)) throw new TarDamage(`has an entry that leaves it (${path})`, 0);
  if (!filter.takes(path, type === "folder")) return false;
  if (type !== "hardlink" || filter.takes(target ?? "", false)) return true;
  skip(under(root.prefix, path), `a further name of ${target}, which is left out`);
  return false;
}

function isOutside(path: string): boolean {
  return path.startsWith("/") || (path.includes("..") && path.split("/").includes(".."));
}

const under = (prefix: string, path: string) => (prefix === "" ? path : path === "." ? prefix : `${prefix}/${path}`);

/** Null: it has to be waited for, or is a database that is copied by other means. */
function contentAtHand(entry: TarEntry, { databases }: Passing): Buffer | null {
  if (entry.type !== "file") return EMPTY;
  return databases ? null : entry.whole();
}

function passWhole(
  entry: TarEntry,
  { content, made, passing }: { content: Buffer; made: Uint8Array[]; passing: Passing },
): Promise<void> | null {
  made.push(...headOf(entry, passing.root.prefix));
  if (entry.type !== "file") return tell(entry, { size: entry.size, sha256: null }, passing);
  if (isDatabase(content)) passing.foundDatabase(under(passing.root.prefix, entry.path));
  if (content.length > 0) made.push(content, padding(content.length));
  passing.moved(content.length);
  return tell(entry, { size: entry.size, sha256: hashOf("sha256", content, "hex") }, passing);
}

async function* passEntry(entry: TarEntry, passing: Passing): AsyncGenerator<Uint8Array> {
  const { root, databases, moved } = passing;
  let { size } = entry;
  const pieces = await firstPiece(entry);
  const taken = isDatabase(pieces.start) ? await databases?.take(entry.path) : null;
  if (isDatabase(pieces.start)) passing.foundDatabase(under(root.prefix, entry.path));
  const hash = createHash("sha256");
  if (taken) {
    size = taken.size;
    yield* passDatabase(taken, { entry, prefix: root.prefix, hash, moved });
  } else {
    yield* headOf(entry, root.prefix);
    let [at, stored] = [0, 0];
    for await (const { offset, bytes } of pieces.all) {
      for (const hole of zeros(offset - at)) hash.update(hole);
      hash.update(bytes);
      yield bytes;
      moved(offset - at + bytes.length);
      at = offset + bytes.length;
      stored += bytes.length;
    }
    for (const hole of zeros(size - at)) hash.update(hole);
    moved(size - at);
    yield padding(stored);
  }
  const wait = tell(entry, { size, sha256: hash.digest("hex") }, passing);
  if (wait) await wait;
}

function tell(
  entry: TarEntry,
  { size, sha256 }: Pick<ManifestEntry, "size" | "sha256">,
  { root, told }: Passing,
): Promise<void> | null {
  return told({
    path: under(root.prefix, entry.path),
    type: entry.type,
    size,
    mode: entry.mode,
    owner: `${entry.uid}:${entry.gid}`,
    mtime: timeText(entry.mtime),
    sha256,
    ...targetOf(entry, root.prefix),
  });
}

const isDatabase = (start: Buffer) => start.length >= MAGIC.length && start.compare(MAGIC, 0, 16, 0, 16) === 0;

function targetOf({ type, target }: TarEntry, prefix: string): { target?: string } {
  if (target === null) return {};
  return { target: type === "hardlink" ? under(prefix, target) : target };
}

/** What a file begins with, as much of it as tells a database, and all of it. */
async function firstPiece(entry: TarEntry): Promise<{ start: Buffer; all: AsyncIterable<Piece> | Iterable<Piece> }> {
  const source = entry.pieces()[Symbol.asyncIterator]();
  const first: Piece[] = [];
  let start: Buffer = Buffer.alloc(0);
  while (start.length < MAGIC.length) {
    const { value, done } = await source.next();
    if (done) return { start, all: first };
    first.push(value);
    start = start.length === 0 ? value.bytes : Buffer.concat([start, value.bytes]);
  }
  return { start, all: chain(first, source) };
}

async function* chain(first: readonly Piece[], rest: AsyncIterator<Piece>): AsyncGenerator<Piece> {
  yield* first;
  for (let step = await rest.next(); !step.done; step = await rest.next()) yield step.value;
}

/** As it stood there where that says no more and no less than it should. */
function headOf(entry: TarEntry, prefix: string): readonly Buffer[] {
  const isRight = prefix === "" && entry.name[0] === DOT && entry.name[1] === SLASH;
  if (entry.head && isRight) return entry.head;
  const link = entry.type === "hardlink" ? nameOf(prefix, entry.target ?? "") : entry.link;
  return encodeEntry({ ...entry, name: nameOf(prefix, entry.path), link, stored: storedOf(entry) });
}

const DOT = 0x2e;
const SLASH = 0x2f;

const nameOf = (prefix: string, path: string) =>
  Buffer.concat([Buffer.from("./"), path === "." && prefix === "" ? Buffer.alloc(0) : bytesOf(under(prefix, path))]);

function storedOf({ sparse, size }: TarEntry): number {
  if (!sparse) return size;
  return sparse.extents.reduce((sum, length, n) => (n % 2 === 1 ? sum + length : sum), 0);
}

interface Replaced {
  entry: TarEntry;
  prefix: string;
  hash: ReturnType<typeof createHash>;
  moved: (bytes: number) => void;
}

/** The copy that SQLite made, with the name and owner of the file. */
async function* passDatabase(
  taken: TakenDatabase,
  { entry, prefix, hash, moved }: Replaced,
): AsyncGenerator<Uint8Array> {
  const [name, stored] = [nameOf(prefix, entry.path), taken.size];
  yield* encodeEntry({ ...entry, name, stored, sparse: null });
  for await (const bytes of taken.read()) {
    hash.update(bytes);
    yield bytes;
    moved(bytes.length);
  }
  yield padding(stored);
}
