/** What the processes of a cgroup move: over disks by the cgroup's own counters, over a network where they have one. */
import { CgroupIo } from "#lib/platform/cgroup-io.ts";
import { monotonic } from "#lib/platform/clock.ts";
import { networkOf } from "#lib/platform/network-bytes.ts";
import type { ServiceTraffic } from "./traffic.ts";

export interface Place {
  name: string;
  cgroup: string | null;
  /** a process of it; null: none is known */
  pid: number | null;
}

export class CgroupTraffic {
  readonly #io: CgroupIo;

  constructor(cgroupRoot?: string) {
    this.#io = new CgroupIo(cgroupRoot);
  }

  read(places: readonly Place[]): ServiceTraffic[] {
    const found = places.map(({ name, cgroup, pid }): ServiceTraffic => {
      const disk = cgroup === null ? null : this.#io.read(cgroup);
      const network = pid === null ? null : networkOf(pid);
      return {
        name,
        at: monotonic(),
        diskRead: disk?.read ?? null,
        diskWrite: disk?.written ?? null,
        networkIn: network?.received ?? null,
        networkOut: network?.sent ?? null,
      };
    });
    this.#io.retain(new Set(places.flatMap(({ cgroup }) => cgroup ?? [])));
    return found;
  }

  close(): void {
    this.#io.close();
  }
}
