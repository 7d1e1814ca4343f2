/** The rows of the ledger, out of sockets, claims and published ports. Pure. */
import type { HeldSocket } from "#lib/platform/socket-holders.ts";
import type { Port } from "#lib/supervisors/supervisor.ts";
import { type Firewall, reachOf } from "./firewall/read.ts";
import type { Listening } from "./shapes.ts";

/** what is said for a holder that cannot be seen */
export const UNKNOWN = "an unknown process";

export interface Owned {
  /** the service's id and name, where one has claimed it */
  service: { id: string; name: string; target: number | null } | null;
  socket: HeldSocket;
}

/** A port that an engine sends on to a service, whether or not a process listens for it. */
export interface Published {
  service: { id: string; name: string };
  port: Port;
}

/** By port, protocol and address. Several sockets of one owner on one address are one row. */
export function rowsOf(
  owned: readonly Owned[],
  published: readonly Published[],
  firewall: Omit<Firewall, "problem">,
): Listening[] {
  const rows = new Map<string, Listening>();
  const add = (place: Pick<Listening, "protocol" | "address" | "port">, owner: Listening["owner"]) => {
    const key = [place.protocol, place.address, place.port, owner.service ?? owner.pid].join(" ");
    if (!rows.has(key)) rows.set(key, { ...place, owner, ...reachedBy(place, owner, firewall) });
  };
  for (const { service, socket } of owned)
    add(placeOf(socket), service ? ownerOf(service, service.target, socket.holder?.pid ?? null) : strayOf(socket));
  for (const { service, port } of published) add(placeOf(port), ownerOf(service, port.target, null));
  return [...rows.values()].sort(
    (a, b) => a.port - b.port || a.protocol.localeCompare(b.protocol) || a.address.localeCompare(b.address),
  );
}

function placeOf({ protocol, address, port }: Pick<Listening, "protocol" | "address" | "port">) {
  return { protocol, address, port };
}

function ownerOf(
  { id, name }: { id: string; name: string },
  target: number | null,
  pid: number | null,
): Listening["owner"] {
  return { kind: "service", service: id, name, pid, target };
}

function strayOf({ holder }: HeldSocket): Listening["owner"] {
  if (!holder) return { kind: "unknown", service: null, name: UNKNOWN, pid: null, target: null };
  // a process can call itself anything, escape sequences among it
  const command = holder.command.replace(/[^\x20-\x7e]/g, "?") || "process";
  return { kind: "process", service: null, name: `${command} (${holder.pid})`, pid: holder.pid, target: null };
}

function reachedBy(
  place: Pick<Listening, "protocol" | "address" | "port">,
  owner: Listening["owner"],
  firewall: Omit<Firewall, "problem">,
): Pick<Listening, "reach" | "firewall" | "exposed"> {
  if (staysHere(place.address, firewall.networks)) return { reach: "local", firewall: null, exposed: null };
  const said = reachOf(firewall, place);
  const exposed =
    said.forwarded === null
      ? null
      : `It is sent on to ${said.forwarded}${owner.service ? ` in ${owner.name}` : ""} before the firewall's rules for this machine are asked. Publish it on 127.0.0.1, or close it in the chain DOCKER-USER.`;
  return { reach: "network", firewall: said.firewall, exposed };
}

/** Loopback, and the addresses that this machine has towards its own containers. */
function staysHere(address: string, networks: Firewall["networks"]): boolean {
  if (/^127\.|^::1$|^::ffff:127\./i.test(address)) return true;
  const own = networks.find((network) => network.address === address);
  return own !== undefined && /^(lo|docker|br-|veth|virbr|cni|podman)/.test(own.name);
}
