/**
 * Bytes that groups of processes have read from and written to disks, added up from what the kernel counts for each: for
 * groups that it does not count as such. What a process moved before it was first seen, and after it was last, is left out.
 */
import type { Moved } from "./cgroup-io.ts";
import { monotonic } from "./clock.ts";
import { readText } from "./proc.ts";

interface Group {
  moved: Moved;
  processes: Map<number, Moved>;
  listedAt: number;
  /** milliseconds until they are listed again */
  every: number;
  wasSeen: boolean;
}

/** milliseconds: who belongs to a group changes seldom, and listing is the dear part. Up to half of it less, so that not all are due at once */
const LIST_EVERY = 60_000;
/** while it is always the same ones, they are listed ever more seldom */
const LONGEST = 4 * LIST_EVERY;

export class ProcessIo {
  readonly #groups = new Map<string, Group>();
  readonly #root: string;

  constructor(root = "/proc") {
    this.#root = root;
  }

  /** `list`: the group's processes now. Null: none may be looked into. */
  read(group: string, list: () => readonly number[]): Moved | null {
    const known = this.#groups.get(group) ?? {
      moved: { read: 0, written: 0 },
      processes: new Map<number, Moved>(),
      listedAt: Number.NEGATIVE_INFINITY,
      every: LIST_EVERY,
      wasSeen: false,
    };
    this.#groups.set(group, known);
    let pids: Iterable<number> = [...known.processes.keys()];
    if (monotonic() - known.listedAt >= known.every) {
      const listed = list();
      const isSame = listed.length === known.processes.size && listed.every((pid) => known.processes.has(pid));
      known.every = isSame ? Math.min(known.every * 2, LONGEST) : LIST_EVERY;
      pids = new Set([...pids, ...listed]);
      known.listedAt = monotonic() - (Math.random() * known.every) / 2;
    }
    for (const pid of pids) {
      const now = ioOf(readText(`${this.#root}/${pid}/io`));
      const before = known.processes.get(pid);
      if (now && before) {
        known.moved.read += Math.max(0, now.read - before.read);
        known.moved.written += Math.max(0, now.written - before.written);
      }
      known.wasSeen ||= now !== null;
      if (now) known.processes.set(pid, now);
      else known.processes.delete(pid);
    }
    if (known.processes.size > 0) return { ...known.moved };
    // it was started anew: its new processes are looked for at once
    if (known.wasSeen) known.listedAt = Number.NEGATIVE_INFINITY;
    known.wasSeen = false;
    return null;
  }

  /** Forgets every group but these. */
  retain(groups: ReadonlySet<string>): void {
    for (const group of [...this.#groups.keys()]) if (!groups.has(group)) this.#groups.delete(group);
  }
}

function ioOf(text: string | null): Moved | null {
  const [, read] = /^read_bytes: (\d+)$/m.exec(text ?? "") ?? [];
  const [, written] = /^write_bytes: (\d+)$/m.exec(text ?? "") ?? [];
  return read === undefined || written === undefined ? null : { read: Number(read), written: Number(written) };
}
