/**
 * Bytes that cgroups have read from and written to disks, of many at once: descriptors stay open and are read at position
 * 0, as for memory. The first version of cgroups counts only what is not written back later by the kernel itself.
 */
import fs from "node:fs";
import path from "node:path";
import { cgroupVersion, isPlainCgroup } from "./cgroup.ts";
import { monotonic } from "./clock.ts";
import { isStacked } from "./disks.ts";

export interface Moved {
  /** bytes since the cgroup was made */
  read: number;
  written: number;
}

const GONE = new Set(["ENOENT", "ENODEV", "ENOTDIR", "EACCES", "EPERM", "EOPNOTSUPP"]);
/** milliseconds until a cgroup that is not accounted is looked for again */
const AGAIN = 60_000;
const LOOP = "7";

export class CgroupIo {
  readonly #files: (cgroup: string) => string[];
  readonly #open = new Map<string, number>();
  readonly #vain = new Map<string, number>();
  readonly #buffer = Buffer.alloc(16_384);

  constructor(root = "/sys/fs/cgroup") {
    const kinds = ["bfq", "throttle"].map((kind) => `blkio.${kind}.io_service_bytes_recursive`).reverse();
    this.#files =
      cgroupVersion(root) === "v2"
        ? (cgroup) => [path.join(root, cgroup, "io.stat")]
        : (cgroup) => kinds.map((file) => path.join(root, "blkio", cgroup, file));
  }

  /** By its path, as `/proc/PID/cgroup` gives it. Null: it is not accounted, or gone. */
  read(cgroup: string): Moved | null {
    const text = this.#text(cgroup) ?? (this.#reopen(cgroup) ? this.#text(cgroup) : null);
    return text === null ? null : parseMoved(text, isStacked);
  }

  /** Closes what is kept open for every path but these. */
  retain(cgroups: ReadonlySet<string>): void {
    for (const cgroup of [...this.#open.keys()]) if (!cgroups.has(cgroup)) this.#forget(cgroup);
    for (const cgroup of [...this.#vain.keys()]) if (!cgroups.has(cgroup)) this.#vain.delete(cgroup);
  }

  close(): void {
    this.retain(new Set());
  }

  #text(cgroup: string): string | null {
    const fd = this.#open.get(cgroup);
    if (fd === undefined) return null;
    return orGone(() => this.#buffer.toString("latin1", 0, fs.readSync(fd, this.#buffer, 0, this.#buffer.length, 0)));
  }

  /** A unit that was started anew has another cgroup under the same path. */
  #reopen(cgroup: string): boolean {
    this.#forget(cgroup);
    if (!isPlainCgroup(cgroup) || monotonic() - (this.#vain.get(cgroup) ?? -AGAIN) < AGAIN) return false;
    for (const file of this.#files(cgroup)) {
      const fd = orGone(() => fs.openSync(file, "r"));
      if (fd === null) continue;
      this.#open.set(cgroup, fd);
      return true;
    }
    this.#vain.set(cgroup, monotonic());
    return false;
  }

  #forget(cgroup: string): void {
    const fd = this.#open.get(cgroup);
    if (fd !== undefined) fs.closeSync(fd);
    this.#open.delete(cgroup);
  }
}

/**
 * `254:0 rbytes=1 wbytes=2 …`, or `254:0 Read 1` and `254:0 Write 2`. What goes to a disk that is made of others is counted
 * there too, so it counts only where nothing else does.
 */
export function parseMoved(text: string, stacked: (device: string) => boolean): Moved | null {
  // the older version's counters are there without being kept, in kernels that begin with a limit's being set
  if (/^Total/.test(text)) return null;
  const sums = { plain: { read: 0, written: 0 }, stacked: { read: 0, written: 0 } };
  for (const line of text.split("\n")) {
    const [device = "", ...fields] = line.split(" ");
    if (!device.includes(":") || device.startsWith(`${LOOP}:`)) continue;
    const sum = stacked(device) ? sums.stacked : sums.plain;
    const [first, second] = fields;
    if (first === "Read") sum.read += Number(second);
    else if (first === "Write") sum.written += Number(second);
    else
      for (const field of fields) {
        if (field.startsWith("rbytes=")) sum.read += Number(field.slice(7));
        if (field.startsWith("wbytes=")) sum.written += Number(field.slice(7));
      }
  }
  return sums.plain.read + sums.plain.written > 0 ? sums.plain : sums.stacked;
}

function orGone<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (GONE.has((error as NodeJS.ErrnoException).code ?? "")) return null;
    throw error;
  }
}
