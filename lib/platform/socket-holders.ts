/**
 * Every listening socket of this machine with the process that holds it. The kernel's tables name a socket by its inode
 * alone: whose it is stands among the descriptors of all processes, some ten thousand links. They are walked only for an
 * inode that is new, a hundred processes a turn; one that was found stays found while that very link leads to it.
 */
import fs from "node:fs";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { allPids, isGoneOrHidden, readProcess, readText } from "./proc.ts";
import { type ListeningSocket, listeningByInode, readLink } from "./sockets.ts";

export interface Holder {
  pid: number;
  /** the kernel's name of the process, mostly at most 15 letters; it can call itself anything */
  command: string;
  /** its parent, the parent of that, … */
  ancestors: number[];
  /** its cgroups' paths, other than the root, longest first */
  cgroups: string[];
}

export interface HeldSocket extends Pick<ListeningSocket, "protocol" | "address" | "port"> {
  /** null: the kernel's own, or a process that may not be looked into */
  holder: Holder | null;
}

export interface HeldSockets {
  sockets: HeldSocket[];
  /** how many processes may not be looked into */
  hidden: number;
}

const BATCH = 100;
const AT_MOST = 40_000;
/** milliseconds until a socket that nobody seems to hold is looked for again */
const AGAIN = 15_000;

export class SocketHolders {
  readonly #root: string;
  readonly #found = new Map<string, { pid: number; link: string }>();
  readonly #vain = new Map<string, number>();
  #hidden = 0;

  constructor(root = "/proc") {
    this.#root = root;
  }

  async read(): Promise<HeldSockets> {
    const sockets = listeningByInode(`${this.#root}/${this.#seenFrom()}/net`);
    const unknown = new Set<string>();
    for (const inode of sockets.keys()) if (!this.#holds(inode)) unknown.add(inode);
    for (const inode of this.#found.keys()) if (!sockets.has(inode)) this.#found.delete(inode);
    for (const inode of this.#vain.keys()) if (!sockets.has(inode)) this.#vain.delete(inode);
    const isNew = (inode: string) => performance.now() - (this.#vain.get(inode) ?? -AGAIN) >= AGAIN;
    if ([...unknown].some(isNew)) await this.#search(unknown);
    const holders = new Map<number, Holder>();
    const held = [...sockets].map(([inode, { protocol, address, port }]): HeldSocket => {
      const pid = this.#found.get(inode)?.pid;
      if (pid !== undefined && !holders.has(pid)) holders.set(pid, holderOf(pid, this.#root));
      return { protocol, address, port, holder: pid === undefined ? null : holders.get(pid)! };
    });
    return { sockets: held, hidden: this.#hidden };
  }

  /** The machine's first process sees the machine's network, also where this one has a network of its own. */
  #seenFrom(): string {
    return readText(`${this.#root}/1/net/tcp`) === null ? "self" : "1";
  }

  #holds(inode: string): boolean {
    const known = this.#found.get(inode);
    return known !== undefined && readLink(known.link) === `socket:[${inode}]`;
  }

  async #search(wanted: Set<string>): Promise<void> {
    let [links, hidden] = [0, 0];
    // the first process last: it also holds what it has handed to a service
    const pids = allPids(this.#root).sort((a, b) => Number(a === 1) - Number(b === 1) || a - b);
    for (let at = 0; at < pids.length && wanted.size > 0 && links < AT_MOST; at += BATCH) {
      for (const pid of pids.slice(at, at + BATCH)) {
        const looked = this.#lookInto(pid, wanted);
        if (looked === null) hidden += 1;
        else links += looked;
      }
      await setImmediate();
    }
    this.#hidden = hidden;
    for (const inode of wanted) {
      this.#found.delete(inode);
      this.#vain.set(inode, performance.now());
    }
  }

  /** How many descriptors it has; null: they may not be seen. */
  #lookInto(pid: number, wanted: Set<string>): number | null {
    const folder = `${this.#root}/${pid}/fd`;
    try {
      const names = fs.readdirSync(folder);
      for (const name of names) {
        const link = `${folder}/${name}`;
        const inode = /^socket:\[(\d+)\]$/.exec(readLink(link) ?? "")?.[1];
        if (inode === undefined || !wanted.delete(inode)) continue;
        this.#found.set(inode, { pid, link });
        this.#vain.delete(inode);
      }
      return names.length;
    } catch (error) {
      if (!isGoneOrHidden(error)) throw error;
      return ["EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "") ? null : 0;
    }
  }
}

function holderOf(pid: number, root: string): Holder {
  const ancestors: number[] = [];
  for (let at = readProcess(pid, root)?.parent ?? 0; at > 0 && ancestors.length < 64; ) {
    ancestors.push(at);
    at = readProcess(at, root)?.parent ?? 0;
  }
  const lines = (readText(`${root}/${pid}/cgroup`) ?? "").split("\n");
  const paths = lines.map((line) => line.split(":").slice(2).join(":")).filter((path) => path.length > 1);
  return {
    pid,
    command: commandOf(pid, root),
    ancestors,
    cgroups: [...new Set(paths)].sort((a, b) => b.length - a.length),
  };
}

/** A runtime that names its threads is told by its file instead. */
function commandOf(pid: number, root: string): string {
  const named = (readText(`${root}/${pid}/comm`) ?? "").trim();
  const file = named === "MainThread" ? readLink(`${root}/${pid}/exe`) : null;
  return file ? path.basename(file).replace(/ \(deleted\)$/, "") : named;
}
