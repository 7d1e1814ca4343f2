/**
 * What an archive may say, checked entry by entry before any of it is obeyed. One that came from elsewhere must keep to itself:
 * its links stay inside, and it holds nothing but files, folders and links. One of our own may hold whatever was in its source,
 * a link to `/etc` included; but nothing is ever reached through a link, in neither.
 */
import { PathTable } from "./hostile-paths.ts";
import { HostileArchive } from "./open-damage.ts";
import { type TarEntry, TarReader } from "./tar-scan.ts";

export interface Limits {
  entries: number;
  /** bytes of content, holes included */
  bytes: number;
  /** how many times as large as the file the tar inside may be, once it is above a gibibyte */
  ratio: number;
}

export const FOREIGN_LIMITS: Limits = { entries: 2_000_000, bytes: 16 * 2 ** 40, ratio: 250 };

/** the largest file that ext4 can hold */
const FILE_MOST = 16 * 2 ** 40;
const FREE_OF_RATIO = 2 ** 30;
/** of Linux, in one call */
const PATH_MOST = 4095;
const NAME_MOST = 255;
const DEPTH_MOST = 256;

const KINDS = { folder: 1, implied: 2, file: 3, link: 4, fifo: 5, device: 6 } as const;
const KIND_WORDS = ["", "a folder", "a folder", "a file", "a link", "a named pipe", "a device"];

/** Empty, `.` and `..` where a name should be. */
const ODD_STEP = /(?:^|\/)\.{0,2}(?:\/|$)/;

/** The entries of a tar, each one admitted before it is handed over. Both ways to the next throw `HostileArchive` and `TarDamage`. */
export function admitted(tar: AsyncIterable<Uint8Array>, guard: Guard): TarReader {
  return new TarReader(tar, (entry) => guard.admit(entry));
}

/** Takes the entries of one archive, in their order. Throws `HostileArchive` at the first that must not be. */
export class Guard {
  /** what has been admitted */
  readonly counted = { entries: 0, bytes: 0 };
  private readonly paths = new PathTable(1);
  private readonly limits: Limits;
  private readonly foreign: boolean;
  private lastFolder = "";

  constructor(wanted: { limits: Limits; foreign: boolean }) {
    this.limits = wanted.limits;
    this.foreign = wanted.foreign;
  }

  admit(entry: TarEntry): void {
    this.count(entry);
    this.checkName(entry);
    if (this.foreign) this.checkKind(entry);
    this.checkFolders(entry.path);
    const kind = entry.type === "hardlink" ? this.kindOfTarget(entry) : KINDS[entry.type];
    if (this.foreign && entry.type === "link") checkStaysInside(entry);
    const met = this.paths.add(entry.path);
    const before = met[0] ?? 0;
    if (before !== 0 && !(before === KINDS.implied && kind === KINDS.folder))
      refuse(entry, `comes twice${before === kind ? "" : `, as ${KIND_WORDS[before]} and as ${KIND_WORDS[kind]}`}`);
    met[0] = kind;
  }

  /** How much came out of how much that was read. */
  inflated(sizes: { packed: number; unpacked: number }): void {
    if (sizes.unpacked > FREE_OF_RATIO && sizes.unpacked > sizes.packed * this.limits.ratio)
      throw new HostileArchive(`It grows to more than ${this.limits.ratio} times its size when it is unpacked`);
  }

  private count(entry: TarEntry): void {
    this.counted.entries++;
    this.counted.bytes += entry.size;
    if (this.counted.entries > this.limits.entries)
      throw new HostileArchive(`It holds more than ${this.limits.entries} entries`);
    if (entry.size > FILE_MOST) refuse(entry, "says to be larger than any file can be");
    if (this.counted.bytes > this.limits.bytes)
      throw new HostileArchive(`Its files say to hold more than ${this.limits.bytes} bytes`, entry.path);
  }

  private checkName(entry: TarEntry): void {
    const { name, path } = entry;
    if (name[0] === SLASH) refuse(entry, "begins with a slash, and would be written outside");
    if (path === "." && entry.type !== "folder") refuse(entry, "takes the place of the root, and is no folder");
    if (path !== "." && ODD_STEP.test(path))
      refuse(entry, /(^|\/)\.\.(\/|$)/.test(path) ? "leads upwards by .." : "is not written in its plain form");
    if (name.length <= NAME_MOST) return;
    if (name.length > PATH_MOST) refuse(entry, "is longer than a path can be");
    if (this.foreign && path.split("/").length > DEPTH_MOST) refuse(entry, "lies deeper than anything should");
    for (let from = 0; from < name.length; ) {
      const end = name.indexOf(SLASH, from);
      if ((end < 0 ? name.length : end) - from > NAME_MOST) refuse(entry, "has a name longer than a name can be");
      from = end < 0 ? name.length : end + 1;
    }
  }

  private checkKind(entry: TarEntry): void {
    if (entry.type === "device") refuse(entry, "is a device");
    if (entry.type === "fifo") refuse(entry, "is a named pipe, on which whoever reads it would wait");
  }

  /** Everything above an entry is a folder, and no link that was to be followed; and stays one. */
  private checkFolders(path: string): void {
    const end = path.lastIndexOf("/");
    if (end < 0 || path.slice(0, end) === this.lastFolder) return;
    for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) {
      const above = this.paths.add(path.slice(0, at));
      above[0] ||= KINDS.implied;
      if (above[0] > KINDS.implied)
        refuse({ path }, `lies below ${shown(path.slice(0, at))}, which is ${KIND_WORDS[above[0]]}`);
    }
    this.lastFolder = path.slice(0, end);
  }

  private kindOfTarget(entry: TarEntry): number {
    const target = entry.target ?? "";
    const kind = entry.link?.[0] === SLASH ? 0 : (this.paths.get(target)?.[0] ?? 0);
    if (kind < KINDS.file) refuse(entry, `is a second name of ${shown(target)}, which is no file before it`);
    if (this.foreign && kind !== KINDS.file) refuse(entry, `is a second name of ${KIND_WORDS[kind]}`);
    return kind;
  }
}

/**
 * `..` may stand only where a target begins: the folder that a link lies in is a folder, so these steps are counted for certain.
 * Behind a name they might turn back from somewhere else, where that name is a link itself.
 */
function checkStaysInside(entry: TarEntry): void {
  const target = entry.target ?? "";
  const leads = `is a link that leads out of the archive (${shown(target)})`;
  if (target.startsWith("/")) refuse(entry, leads);
  const steps = target.split("/").filter((step) => step !== "" && step !== ".");
  const up = steps.findIndex((step) => step !== "..");
  const ups = up < 0 ? steps.length : up;
  if (ups > entry.path.split("/").length - 1) refuse(entry, leads);
  if (steps.slice(ups).includes(".."))
    refuse(entry, `is a link that turns back on its way (${shown(target)}), and may lead out of the archive`);
}

function refuse(entry: { path: string }, reason: string): never {
  throw new HostileArchive(`${shown(entry.path)} ${reason}`, entry.path.slice(0, PATH_MOST));
}

/** A path in a sentence: escaped already, and not longer than one reads. */
function shown(path: string): string {
  return path.length > 200 ? `${path.slice(0, 120)}…${path.slice(-60)}` : path;
}

const SLASH = 0x2f;
