/** Figures that move gently around what was set, so that pages have something to draw. */
import { monotonic } from "#lib/platform/clock.ts";
import type { ServiceRecord, ServiceUsage } from "../supervisor.ts";

/** CPU as a fraction of one core and memory in bytes, of the whole service */
export interface Load {
  cpu: number;
  memory: number;
}

/** Readings of made-up services; CPU time adds up over the life of this object as a real counter does. */
export function createMeter() {
  const loads = new Map<string, Load>();
  const spent = new Map<string, { at: number; seconds: number }>();
  return {
    set(name: string, load: Load) {
      loads.set(name, load);
    },
    read(records: readonly ServiceRecord[]): ServiceUsage[] {
      const at = monotonic();
      return records
        .filter((record) => record.state === "running" || record.state === "paused")
        .map((record) => {
          const load = loads.get(record.name) ?? { cpu: 0.002, memory: 24_000_000 };
          const live = record.instances.filter((instance) => instance.pid !== null);
          const instances = live.map(({ id, pid }) => {
            const share = (1 + 0.08 * Math.sin(pid ?? 0)) / live.length;
            const key = `${record.name} ${id} ${pid}`;
            const last = spent.get(key) ?? { at, seconds: 0 };
            const rate = record.state === "paused" ? 0 : load.cpu * share * wave(at, pid ?? 0, 0.35);
            const seconds = last.seconds + (rate * (at - last.at)) / 1000;
            spent.set(key, { at, seconds });
            return { id, cpuSeconds: seconds, memory: Math.round(load.memory * share * wave(at, pid ?? 0, 0.012)) };
          });
          const sum = (of: (one: (typeof instances)[number]) => number) =>
            instances.reduce((total, one) => total + of(one), 0);
          return {
            name: record.name,
            at,
            cpuSeconds: sum((one) => one.cpuSeconds),
            memory: sum((one) => one.memory),
            instances,
          };
        });
    },
  };
}

/** Between 1 - depth and 1 + depth, with two periods that do not meet: 23 s and 5 s. */
function wave(at: number, phase: number, depth: number): number {
  return 1 + depth * (0.7 * Math.sin(at / 3700 + phase) + 0.3 * Math.sin(at / 800 + phase * 3));
}
