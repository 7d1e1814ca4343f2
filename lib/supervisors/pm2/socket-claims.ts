/** Whose a socket is, as PM2 sees it: of the app that a process descends from, or of the cluster that the daemon listens for. */
import type { HeldSocket } from "#lib/platform/socket-holders.ts";
import { NEAREST, type SocketClaim } from "../port-owners.ts";
import type { Port, ServiceRecord } from "../supervisor.ts";
import { isAlive, type Pm2Process } from "./parse.ts";

export function claimSockets(
  sockets: readonly HeldSocket[],
  records: readonly ServiceRecord[],
  daemonPid: number | null,
): (SocketClaim | null)[] {
  const apps = new Map<number, string>();
  for (const { name, instances } of records) for (const { pid } of instances) if (pid !== null) apps.set(pid, name);
  return sockets.map(({ protocol, address, port, holder }) => {
    if (!holder) return null;
    const isSame = (one: Port) => one.protocol === protocol && one.port === port && one.address === address;
    const own =
      holder.pid === daemonPid
        ? records.find(({ ports }) => ports.some(isSame))?.name
        : [holder.pid, ...holder.ancestors].flatMap((pid) => apps.get(pid) ?? [])[0];
    return own === undefined ? null : { name: own, nearness: NEAREST, target: null };
  });
}

/**
 * What the variable `PORT` says, of apps that do not run: one that runs and listens elsewhere has it from the shell that PM2
 * was called in.
 */
export function portsPlanned(apps: ReadonlyMap<string, readonly Pm2Process[]>): Map<string, Port[]> {
  const found = new Map<string, Port[]>();
  for (const [name, members] of apps) {
    const port = members.some(isAlive) ? null : members[0]?.port;
    if (port && Number.isInteger(port) && port > 0 && port < 65_536)
      found.set(name, [{ protocol: "tcp", address: "::", port, target: null }]);
  }
  return found;
}
