/**
 * What apps listen on. A process in fork mode listens by itself or through a child (`npm start`). The sockets of a
 * cluster belong to the daemon, which hands connections on, and nothing tells whose they are: with one cluster in the
 * daemon they are its own; with several, a socket goes to the app whose `PORT` it is, and else to none.
 */
import { allPids, readProcesses } from "#lib/platform/proc.ts";
import { listeningSockets } from "#lib/platform/sockets.ts";
import type { Port } from "../supervisor.ts";
import { isAlive, type Pm2Process } from "./parse.ts";

/** looking through `/proc` takes some milliseconds; a crash loop would ask ten times a second */
const FRESH_MS = 2000;

export interface Ports {
  of(app: string): Port[];
  refresh(apps: ReadonlyMap<string, readonly Pm2Process[]>): void;
}

export function createPorts(): Ports {
  let known = new Map<string, Port[]>();
  let at = Number.NEGATIVE_INFINITY;
  return {
    of: (app) => known.get(app) ?? [],
    refresh(apps) {
      if (performance.now() - at < FRESH_MS) return;
      at = performance.now();
      known = findPorts(apps);
    },
  };
}

function findPorts(apps: ReadonlyMap<string, readonly Pm2Process[]>): Map<string, Port[]> {
  const parents = new Map<number, number>();
  for (const { pid, parent } of readProcesses(allPids()).values()) parents.set(pid, parent);
  const appOf = new Map<number, string>();
  const clusters = new Map<string, readonly Pm2Process[]>();
  let daemon: number | null = null;
  for (const [name, members] of apps)
    for (const member of members)
      if (isAlive(member) && parents.has(member.pid)) {
        appOf.set(member.pid, name);
        if (!member.cluster) continue;
        clusters.set(name, members);
        daemon = parents.get(member.pid) ?? daemon;
      }
  const owners = new Map<number, string>();
  for (const pid of parents.keys()) {
    const owner = ancestorIn(appOf, parents, pid);
    if (owner !== null) owners.set(pid, owner);
  }
  const sockets = listeningSockets(daemon === null ? [...owners.keys()] : [...owners.keys(), daemon]);
  const found = new Map<string, Port[]>();
  const give = (app: string, ports: readonly Port[]) => {
    const all = new Map((found.get(app) ?? []).map((port) => [`${port.protocol} ${port.address} ${port.port}`, port]));
    for (const port of ports) all.set(`${port.protocol} ${port.address} ${port.port}`, port);
    found.set(
      app,
      [...all.values()].sort((a, b) => a.port - b.port),
    );
  };
  for (const [pid, owner] of owners) give(owner, sockets.get(pid) ?? []);
  const shared = (daemon === null ? null : sockets.get(daemon)) ?? [];
  for (const [name, members] of clusters)
    give(
      name,
      shared.filter(({ port }) => clusters.size === 1 || members.some((member) => member.port === port)),
    );
  return found;
}

/** The app that a process belongs to: its own, or that of the nearest ancestor that is an app's process. */
function ancestorIn(
  appOf: ReadonlyMap<number, string>,
  parents: ReadonlyMap<number, number>,
  pid: number,
): string | null {
  for (let at = pid, steps = 0; at > 1 && steps < 64; at = parents.get(at) ?? 0, steps += 1) {
    const app = appOf.get(at);
    if (app !== undefined) return app;
  }
  return null;
}
