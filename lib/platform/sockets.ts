/**
 * Who listens where, and who is connected to us, from `/proc`.
 *
 * A process's sockets are found through its descriptors, which only its owner and root may read: those of others are
 * left out without a word, so a list made by an ordinary user can be shorter than the truth. Each process is asked in
 * its own network namespace, and each namespace is read once a call.
 */
import fs from "node:fs";
import { allPids, isGoneOrHidden, readText } from "./proc.ts";

const PROC = "/proc";
const ESTABLISHED = "01";
const TCP_LISTEN = "0A";
/** what an unconnected UDP socket shows */
const UDP_BOUND = "07";

export interface ListeningSocket {
  protocol: "tcp" | "udp";
  /** `0.0.0.0`, `127.0.0.1`, `::`: a `::` mostly takes IPv4 too, and stays as it is */
  address: string;
  port: number;
  target: null;
}

interface Row {
  protocol: "tcp" | "udp";
  local: Endpoint;
  remote: Endpoint;
  state: string;
  inode: string;
}

interface Endpoint {
  address: string;
  port: number;
}

/** Listening TCP and bound UDP sockets of each process, by port; a process without one is not in the answer. */
export function listeningSockets(pids: readonly number[], root: string = PROC): Map<number, ListeningSocket[]> {
  const namespaces = new Map<string, Map<string, ListeningSocket>>();
  const found = new Map<number, ListeningSocket[]>();
  for (const pid of new Set(pids)) {
    const namespace = readLink(`${root}/${pid}/ns/net`);
    if (namespace === null) continue;
    let listening = namespaces.get(namespace);
    if (!listening) {
      listening = listeningByInode(`${root}/${pid}/net`);
      namespaces.set(namespace, listening);
    }
    const sockets = new Map<string, ListeningSocket>();
    for (const inode of socketInodes(pid, root)) {
      const socket = listening.get(inode);
      // several sockets on one address (SO_REUSEPORT) are one port to people
      if (socket) sockets.set(`${socket.protocol} ${socket.address} ${socket.port}`, socket);
    }
    if (sockets.size > 0) found.set(pid, [...sockets.values()].sort(byPort));
  }
  return found;
}

/**
 * Processes of this network namespace that hold the client end of a connection to `localPort`: what a page is served
 * through, as a reverse proxy or an ssh tunnel. This process itself is left out.
 */
export function establishedPeers(localPort: number, root: string = PROC): number[] {
  const inodes = new Set<string>();
  for (const pair of connections(localPort, root)) if (pair.client) inodes.add(pair.client);
  if (inodes.size === 0) return [];
  return allPids(root).filter(
    (pid) => pid !== process.pid && socketInodes(pid, root).some((inode) => inodes.has(inode)),
  );
}

/** Addresses connected to `localPort` whose end is not in this network namespace: other machines, and containers. */
export function foreignPeers(localPort: number, root: string = PROC): string[] {
  const addresses = connections(localPort, root)
    .filter((pair) => pair.client === null)
    .map((pair) => pair.address);
  return [...new Set(addresses)];
}

/** The lines of a file such as `/proc/net/tcp6`. */
export function parseSockets(text: string, protocol: "tcp" | "udp"): Row[] {
  const rows: Row[] = [];
  for (const line of text.split("\n").slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [, local, remote, state, , , , , , inode] = fields;
    if (!local || !remote || !state || !inode) continue;
    rows.push({ protocol, local: endpoint(local), remote: endpoint(remote), state, inode });
  }
  return rows;
}

/** Listening and bound sockets of a network namespace, by inode; `folder` is `/proc/PID/net`. */
export function listeningByInode(folder: string): Map<string, ListeningSocket> {
  const sockets = new Map<string, ListeningSocket>();
  for (const row of rowsOf(folder)) {
    const open = row.protocol === "tcp" ? row.state === TCP_LISTEN : row.state === UDP_BOUND && row.remote.port === 0;
    if (open && row.local.port !== 0)
      sockets.set(row.inode, { protocol: row.protocol, ...row.local, target: null } satisfies ListeningSocket);
  }
  return sockets;
}

/** Both ends of each connection to the port; `client` is the inode of the other end where it is in this namespace. */
function connections(localPort: number, root: string): { address: string; client: string | null }[] {
  const rows = rowsOf(`${root}/self/net`).filter((row) => row.protocol === "tcp" && row.state === ESTABLISHED);
  const key = (from: Endpoint, to: Endpoint) => `${from.address} ${from.port} ${to.address} ${to.port}`;
  const clients = new Map<string, string>();
  for (const row of rows) if (row.remote.port === localPort) clients.set(key(row.local, row.remote), row.inode);
  return rows
    .filter((row) => row.local.port === localPort)
    .map((row) => ({ address: row.remote.address, client: clients.get(key(row.remote, row.local)) ?? null }));
}

function rowsOf(folder: string): Row[] {
  return (["tcp", "udp"] as const).flatMap((protocol) =>
    ["", "6"].flatMap((family) => parseSockets(readText(`${folder}/${protocol}${family}`) ?? "", protocol)),
  );
}

function socketInodes(pid: number, root: string): string[] {
  const folder = `${root}/${pid}/fd`;
  const inodes: string[] = [];
  try {
    for (const name of fs.readdirSync(folder)) {
      const inode = /^socket:\[(\d+)\]$/.exec(readLink(`${folder}/${name}`) ?? "")?.[1];
      if (inode) inodes.push(inode);
    }
  } catch (error) {
    if (!isGoneOrHidden(error)) throw error;
  }
  return inodes;
}

/** Where a link of `/proc` leads; null when its process is gone or may not be looked into. */
export function readLink(file: string): string | null {
  try {
    return fs.readlinkSync(file);
  } catch (error) {
    if (isGoneOrHidden(error)) return null;
    throw error;
  }
}

/** `0100007F:1F90`, or four such words for IPv6: each 32-bit word is printed in the byte order of the machine. */
function endpoint(text: string): Endpoint {
  const [hex = "", port = "0"] = text.split(":");
  const bytes: number[] = [];
  for (let at = 0; at < hex.length; at += 8) {
    const word = Number.parseInt(hex.slice(at, at + 8), 16);
    bytes.push(word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24);
  }
  return { address: bytes.length === 4 ? bytes.join(".") : ipv6(bytes), port: Number.parseInt(port, 16) };
}

/** RFC 5952: the longest run of zero groups is `::`; an IPv4 address inside IPv6 is shown as IPv4. */
function ipv6(bytes: readonly number[]): string {
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (mapped) return bytes.slice(12).join(".");
  const groups = Array.from({ length: 8 }, (_, at) => (bytes[at * 2]! << 8) | bytes[at * 2 + 1]!);
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(":");
  if (best.length < 2) return hex(groups);
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}

function byPort(a: ListeningSocket, b: ListeningSocket): number {
  return a.port - b.port || a.protocol.localeCompare(b.protocol) || a.address.localeCompare(b.address);
}
