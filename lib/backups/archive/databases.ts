/**
 * SQLite databases of a folder that is written while it is read: a copy by SQLite's own online backup instead of the file,
 * with what stands in its log so far. The owner is never locked out, nothing is checkpointed and no file is made beside his.
 */
import fs from "node:fs";
import { copyOnline } from "#lib/db/online-copy.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { bytesOf } from "./tar-name.ts";

export interface TakenDatabase {
  size: number;
  /** Once; the copy is gone after it. */
  read(): AsyncIterable<Buffer>;
}

export interface Databases {
  /** A copy of the database there; null: it is read as a file, together with its logs. Once for each path. */
  take(path: string): Promise<TakenDatabase | null>;
  /** A log of a database that is taken: it must not come with the copy. */
  isPart(path: string): Promise<boolean>;
  close(): void;
}

interface Wanted {
  folder: string;
  /** absolute: beside it copies are made */
  stem: string;
  skip: (path: string, why: string) => void;
}

const LOGS = /-(?:wal|shm|journal)$/;
const MAGIC = "SQLite format 3\0";
/** so many are remembered until their logs have come by */
const MOST = 10_000;
/** Paths are those of a manifest, below the folder. */
export function databasesIn({ folder, stem, skip }: Wanted): Databases {
  const met = new Map<string, Promise<Copy | null>>();
  let made = 0;
  const find = (path: string): Promise<Copy | null> => {
    let found = met.get(path);
    if (!found) {
      const copy = new Copy(`${stem}.${made}.db.part`);
      made += 1;
      found = takeCopy(folder, path, copy).catch((error: unknown) => {
        copy.remove();
        skip(path, `was read as a file: SQLite could not copy it (${messageOf(error)})`);
        return null;
      });
      met.set(path, found);
      forgetOldest(met);
    }
    return found;
  };
  return {
    take: find,
    isPart: async (path) => {
      const owner = path.replace(LOGS, "");
      if (owner === path || !(met.has(owner) || isDatabase(folder, owner))) return false;
      return (await find(owner)) !== null;
    },
    close: () => {
      for (const copy of met.values()) copy.then((one) => one?.remove());
      met.clear();
    },
  };
}

function forgetOldest(met: Map<string, Promise<Copy | null>>): void {
  const [oldest] = met.entries();
  if (met.size <= MOST || !oldest) return;
  met.delete(oldest[0]);
  oldest[1].then((copy) => copy?.remove());
}

class Copy implements TakenDatabase {
  readonly file: string;
  size = 0;

  constructor(file: string) {
    this.file = file;
  }

  async *read(): AsyncGenerator<Buffer> {
    try {
      yield* fs.createReadStream(this.file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>;
    } finally {
      this.remove();
    }
  }

  remove(): void {
    for (const end of ["", "-journal", "-wal", "-shm"]) fs.rmSync(`${this.file}${end}`, { force: true });
  }
}

async function takeCopy(folder: string, path: string, copy: Copy): Promise<Copy | null> {
  const place = placeOf(folder, path);
  if (!place) return null;
  try {
    // whoever opens a database with a log makes the log's files: without them nobody has it open, and the file is whole
    if (place.hasLog && !fs.existsSync(`${place.file}-wal`)) return null;
    const before = openCount(place);
    await copyOnline(place.file, { to: copy.file, size: place.size }, () => {
      // a link that was put on the way meanwhile has led to another file
      if (before !== null && openCount(place) === before) throw new Error("its folder changed meanwhile");
    });
    copy.size = fs.statSync(copy.file).size;
    return copy;
  } finally {
    place.close();
  }
}

interface Place {
  file: string;
  device: bigint;
  inode: bigint;
  size: number;
  /** written with a write-ahead log, by its header */
  hasLog: boolean;
  close: () => void;
}

/** The way there, each folder opened below the one before it, so that none of them is a link. null: it is no database. */
function placeOf(folder: string, path: string): Place | null {
  const parts = path.split("/").map(bytesOf);
  const name = parts.pop()!;
  const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = fs.constants;
  const hasDescriptors = fs.existsSync("/proc/self/fd");
  let fd = fs.openSync(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  let plain = Buffer.from(folder);
  for (const part of parts) {
    plain = Buffer.concat([plain, Buffer.from("/"), part]);
    const next = hasDescriptors ? Buffer.concat([Buffer.from(`/proc/self/fd/${fd}/`), part]) : plain;
    try {
      const below = fs.openSync(next, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      fs.closeSync(fd);
      fd = below;
    } catch (error) {
      fs.closeSync(fd);
      throw error;
    }
  }
  const close = () => fs.closeSync(fd);
  try {
    const file = `${hasDescriptors ? `/proc/self/fd/${fd}` : plain.toString()}/${name.toString()}`;
    const stat = fs.lstatSync(file, { bigint: true });
    const header = stat.isFile() ? headerOf(file, stat) : null;
    if (!header?.toString("latin1").startsWith(MAGIC)) {
      close();
      return null;
    }
    return { file, device: stat.dev, inode: stat.ino, size: Number(stat.size), hasLog: header[18] === 2, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** A file that this very process has open as a database is not opened beside it: closing that would drop its locks. */
function headerOf(file: string, { dev, ino }: fs.BigIntStats): Buffer | null {
  if (openCount({ device: dev, inode: ino })) return Buffer.from(MAGIC);
  const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  try {
    const header = Buffer.alloc(20);
    return fs.readSync(fd, header, 0, 20, 0) === 20 ? header : null;
  } finally {
    fs.closeSync(fd);
  }
}

/** How often this process has the file open; null where the system does not tell. */
function openCount(file: { device: bigint; inode: bigint }): number | null {
  try {
    return fs.readdirSync("/proc/self/fd").filter((fd) => leadsTo(Number(fd), file)).length;
  } catch {
    // another system
    return null;
  }
}

function leadsTo(fd: number, { device, inode }: { device: bigint; inode: bigint }): boolean {
  try {
    const stat = fs.fstatSync(fd, { bigint: true });
    return stat.dev === device && stat.ino === inode;
  } catch {
    // the listing's own, which is closed by now
    return false;
  }
}

function isDatabase(folder: string, path: string): boolean {
  try {
    const place = placeOf(folder, path);
    place?.close();
    return place !== null;
  } catch {
    // gone, or behind a link: its log is a file like others
    return false;
  }
}
