/**
 * What a supervisor knows of ports beyond those that its services listen on now: whose process holds a socket, and which
 * ports a service takes when it is started. Both are small interfaces that an adapter may have, found by asking.
 */
import type { HeldSocket } from "#lib/platform/socket-holders.ts";
import type { Port, ServiceRecord, Supervisor } from "./supervisor.ts";

export interface SocketClaim {
  name: string;
  /** of several supervisors that claim one socket the nearest is right: a process itself, then the deepest group it is in */
  nearness: number;
  /** the port inside, where the socket only passes connections on */
  target: number | null;
}

/** what a claim by the process itself, or by a port published for it, has as its nearness */
export const NEAREST = Number.MAX_SAFE_INTEGER;

/** Knows which of its services holds a socket. */
export interface SocketOwner {
  /** One answer for each socket; null: none of its own. Costs at most one call, whatever their number. */
  claimSockets(sockets: readonly HeldSocket[], records: readonly ServiceRecord[]): Promise<(SocketClaim | null)[]>;
}

/** Knows which ports its services take when they are started. */
export interface PortPlanner {
  /** By name of the service, running or not; one that does not say is not in it. */
  plannedPorts(signal?: AbortSignal): Promise<Map<string, Port[]>>;
}

/** Asking, not knowing the kind: can it tell whose a socket is? */
export function isSocketOwner(supervisor: Supervisor): supervisor is Supervisor & SocketOwner {
  return "claimSockets" in supervisor;
}

/** Asking, not knowing the kind: does it know what its services will listen on? */
export function isPortPlanner(supervisor: Supervisor): supervisor is Supervisor & PortPlanner {
  return "plannedPorts" in supervisor;
}
