/**
 * CPU and memory of each process itself, as PM2 counts them, from `/proc`. Where `/proc` shows other processes than the
 * daemon sees (a container without the host's pids), PM2's own figure of memory from its last list is taken.
 */
import { monotonic } from "#lib/platform/clock.ts";
import { readProcess, readText } from "#lib/platform/proc.ts";
import type { InstanceUsage, ServiceRecord, ServiceUsage } from "../supervisor.ts";
import type { ServiceTraffic } from "../traffic.ts";

export interface UsageContext {
  /** parent of every app's process; null when not known, then `/proc` is trusted */
  daemonPid: number | null;
  /** bytes by process number, from the last list */
  memory: ReadonlyMap<string, number>;
}

export function readUsage(records: readonly ServiceRecord[], { daemonPid, memory }: UsageContext): ServiceUsage[] {
  const at = monotonic();
  const usages: ServiceUsage[] = [];
  for (const { name, instances: known } of records) {
    const instances: InstanceUsage[] = [];
    for (const { id, pid } of known) {
      if (pid === null) continue;
      const reading = readProcess(pid);
      const own = reading && (daemonPid === null || reading.parent === daemonPid) ? reading : null;
      instances.push({ id, cpuSeconds: own?.cpuSeconds ?? null, memory: own?.memory ?? memory.get(id) ?? null });
    }
    if (instances.length === 0) continue;
    usages.push({
      name,
      at,
      cpuSeconds: total(instances.map((one) => one.cpuSeconds)),
      memory: total(instances.map((one) => one.memory)),
      instances,
    });
  }
  return usages;
}

/** Disks by what the kernel counts for each process; whose bytes of the machine's network they are nobody tells. */
export function readTraffic(records: readonly ServiceRecord[], daemonPid: number | null): ServiceTraffic[] {
  return records.flatMap(({ name, instances }): ServiceTraffic[] => {
    const pids = instances.flatMap(({ pid }) => pid ?? []);
    const own = pids.filter((pid) => daemonPid === null || readProcess(pid)?.parent === daemonPid);
    const texts = own.map((pid) => readText(`/proc/${pid}/io`));
    if (texts.length === 0) return [];
    const field = (name: string) =>
      total(texts.map((text) => Number(text?.match(new RegExp(`^${name}: (\\d+)$`, "m"))?.[1] ?? Number.NaN)));
    const counted = { diskRead: field("read_bytes"), diskWrite: field("write_bytes") };
    return [{ name, at: monotonic(), ...counted, networkIn: null, networkOut: null }];
  });
}

function total(values: readonly (number | null)[]): number | null {
  const given = values.filter((value): value is number => value !== null && !Number.isNaN(value));
  return given.length === 0 ? null : given.reduce((sum, value) => sum + value, 0);
}
