/** What services move over disks and networks: a small interface that an adapter may have, found by asking. */
import type { ServiceRecord, Supervisor } from "./supervisor.ts";

/** Bytes since the service was started; null: nobody counts them, or not for this service alone. */
export interface Bytes {
  diskRead: number | null;
  diskWrite: number | null;
  networkIn: number | null;
  networkOut: number | null;
}

export interface ServiceTraffic extends Bytes {
  name: string;
  /** monotonic, in milliseconds */
  at: number;
}

/**
 * Can read what many services move, cheaply: files of the kernel, never a call per service. `records` are all that it has; of
 * those that are not due nothing is read, and what is kept open for them stays so.
 */
export interface TrafficSource {
  traffic(records: readonly ServiceRecord[], isDue: (name: string) => boolean): ServiceTraffic[];
}

/** Asking, not knowing the kind: can it read what its services move? */
export function isTrafficSource(supervisor: Supervisor): supervisor is Supervisor & TrafficSource {
  return "traffic" in supervisor;
}
