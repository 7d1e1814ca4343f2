/** Whose a socket is, as systemd sees it: of the unit whose cgroup the process is in, or of the one that a socket unit starts. */
import type { HeldSocket } from "#lib/platform/socket-holders.ts";
import type { SocketClaim } from "../port-owners.ts";
import type { Port } from "../supervisor.ts";
import type { BusConnection } from "./bus/connection.ts";
import type { BusValue } from "./bus/decode.ts";
import { listLoaded, readProperties } from "./calls.ts";
import { isServiceName } from "./names.ts";

const FIRST = 1;
const WANTED: ReadonlySet<string> = new Set(["Listen", "Triggers"]);

/** `units`: names by the path of their cgroup. `planned`: what socket units listen on, by the service that they start. */
export function claimSockets(
  sockets: readonly HeldSocket[],
  units: ReadonlyMap<string, string>,
  planned: ReadonlyMap<string, readonly Port[]>,
): (SocketClaim | null)[] {
  return sockets.map((socket) => {
    const { holder } = socket;
    if (holder?.pid === FIRST) {
      const isSame = (port: Port) => port.protocol === socket.protocol && port.port === socket.port;
      const found = [...planned].find(([, ports]) => ports.some(isSame));
      return found ? { name: found[0], nearness: 0, target: null } : null;
    }
    let nearest: SocketClaim | null = null;
    for (const path of holder?.cgroups ?? [])
      for (let at = path; at.length > 1; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
        const name = units.get(at);
        if (name && at.length > (nearest?.nearness ?? 0)) nearest = { name, nearness: at.length, target: null };
      }
    return nearest;
  });
}

/** What the loaded socket units listen on, by the service that each starts. */
export async function plannedPorts(bus: BusConnection): Promise<Map<string, Port[]>> {
  const rows = await listLoaded(bus, ["*.socket"]);
  const found = new Map<string, Port[]>();
  await Promise.all(
    rows.map(async ({ name }) => {
      const { Listen, Triggers } = await readProperties(bus, name, WANTED);
      const ports = ((Listen ?? []) as BusValue[][]).flatMap(([type, address]) =>
        portOf(String(type), String(address)),
      );
      for (const service of (Triggers ?? []) as string[])
        if (ports.length > 0 && isServiceName(service)) found.set(service, [...(found.get(service) ?? []), ...ports]);
    }),
  );
  return found;
}

/** `Stream` and `[::]:22`, `0.0.0.0:22` or a path, which is no port. */
export function portOf(type: string, address: string): Port[] {
  const protocol = ({ Stream: "tcp", Datagram: "udp" } as const)[type];
  const [, six, four, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([\d.]+)):(\d{1,5})$/.exec(address) ?? [];
  return protocol && port ? [{ protocol, address: six ?? four ?? "", port: Number(port), target: null }] : [];
}
