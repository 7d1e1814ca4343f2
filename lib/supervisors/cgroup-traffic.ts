/** What the processes of a cgroup move: over disks by the cgroup's own counters, over a network where they have one. */
import { CgroupReader } from "#lib/platform/cgroup.ts";
import { CgroupIo, type Moved } from "#lib/platform/cgroup-io.ts";
import { monotonic } from "#lib/platform/clock.ts";
import { machineNetworks, networkOf } from "#lib/platform/network-bytes.ts";
import { ProcessIo } from "#lib/platform/process-io.ts";
import type { ServiceTraffic } from "./traffic.ts";

export interface Place {
  name: string;
  cgroup: string | null;
  /** a process of it; null: none is known */
  pid: number | null;
}

export class CgroupTraffic {
  readonly #io: CgroupIo;
  /** for its list of processes alone */
  readonly #cgroups: CgroupReader;
  readonly #processes = new ProcessIo();

  constructor(cgroupRoot?: string) {
    this.#io = new CgroupIo(cgroupRoot);
    this.#cgroups = new CgroupReader(cgroupRoot);
  }

  read(places: readonly Place[], isDue: (name: string) => boolean): ServiceTraffic[] {
    const machine = machineNetworks();
    const due = places.filter(({ name }) => isDue(name));
    const found = due.map(({ name, cgroup, pid }): ServiceTraffic => {
      const disk = cgroup === null ? null : this.#disk(cgroup);
      const network = pid === null ? null : networkOf(pid, machine);
      return {
        name,
        at: monotonic(),
        diskRead: disk?.read ?? null,
        diskWrite: disk?.written ?? null,
        networkIn: network?.received ?? null,
        networkOut: network?.sent ?? null,
      };
    });
    const live = new Set(places.flatMap(({ cgroup }) => cgroup ?? []));
    this.#io.retain(live);
    this.#processes.retain(live);
    return found;
  }

  #disk(cgroup: string): Moved | null {
    return this.#io.read(cgroup) ?? this.#processes.read(cgroup, () => this.#cgroups.pids(cgroup));
  }

  close(): void {
    this.#io.close();
  }
}
