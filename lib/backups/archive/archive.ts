/**
 * What an archive is. On disk: `{time}.tar.zst` (with `.age` where it is encrypted), a tar in the pax format whose names
 * begin with `./`, zstd level 3 with checksum, beside `{time}.json`, its manifest. `zstd -d | tar x` restores it anywhere.
 *
 * Paths are bytes in a tar and text here: bytes that are no UTF-8, control characters and backslashes are written `\xNN`,
 * so that a path can be told, compared and turned back. They begin without `./` and without a slash; the root is `.`.
 */
import type { Readable } from "node:stream";
import type { Lost } from "./lost.ts";

/** One tree that goes into an archive. */
export interface Root {
  /** below which its entries stand in the archive: empty for a single tree, else `volumes/wa-db`, without slashes at its ends */
  prefix: string;
  from: /** read from the disk by this process; never left through a link */
    | { kind: "folder"; path: string }
    /** a tar stream whose names begin at the root, as `VolumeSource.readVolume` gives it */
    | { kind: "stream"; open: (signal: AbortSignal) => Promise<Readable> }
    /** what no file holds as such: a unit's text, an app's entry of the dump, a database's own dump */
    | { kind: "made"; files: readonly MadeFile[] };
  include: readonly string[];
  exclude: readonly string[];
  /** SQLite databases found in a folder are taken by SQLite's own online backup, so that they are whole while written */
  databases: "online" | "as-files";
}

export interface MadeFile {
  /** below the prefix */
  path: string;
  mode: number;
  data: Uint8Array | ((signal: AbortSignal) => Promise<Readable>);
}

export type EntryType = "file" | "folder" | "link" | "hardlink" | "fifo" | "device";

/** One line of the manifest. */
export interface ManifestEntry {
  path: string;
  type: EntryType;
  /** bytes as a reader of the file sees them, holes included */
  size: number;
  /** permission bits with setuid, setgid and sticky */
  mode: number;
  /** `1000:1000`: numeric user and group */
  owner: string;
  /** RFC 3339, with the precision of the archive */
  mtime: string;
  /** hexadecimal; of a file's content, null for what has none */
  sha256: string | null;
  /** where a link leads; of a hard link the path of the entry before it in this archive */
  target?: string;
}

/** What stands in the manifest before its entries. */
export interface ManifestHead {
  version: 1;
  id: string;
  source: Record<string, string>;
  title: string;
  host: string;
  createdAt: string;
  consistency: "live" | "pause" | "stop";
  /** of the archive as it lies there, encrypted or not */
  size: number;
  sha256: string;
  originalSize: number;
  files: number;
  entries: number;
  encrypted: boolean;
  tool: { name: string; version: string };
  /** paths of SQLite databases that were found */
  databases: string[];
  /** what was left out and why: sockets, files that went away while being read */
  skipped: { path: string; why: string }[];
  /** how many of them are missing from it, where any are */
  lost?: Lost;
  /** what a restore needs to know and a tar cannot say: a volume's labels and driver, a unit's name, a stack's parts */
  context: Record<string, unknown>;
}

/** Whom an archive is encrypted to. */
export type Lock = { kind: "recipient"; recipient: string } | { kind: "passphrase"; passphrase: string };
/** What opens one. */
export type Unlock = { kind: "identity"; identity: string } | { kind: "passphrase"; passphrase: string };

export interface Progress {
  /** bytes of content, and entries */
  bytes: number;
  files: number;
}

/** Where an archive lies: its two files without their endings. */
export interface ArchivePlace {
  /** absolute, without `.tar.zst` */
  stem: string;
  encrypted: boolean;
}
