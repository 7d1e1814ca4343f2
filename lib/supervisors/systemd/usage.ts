/** CPU and memory of many units: from the files of their cgroups, or their processes where a cgroup is not accounted. */
import type { CgroupReader } from "#lib/platform/cgroup.ts";
import { monotonic } from "#lib/platform/clock.ts";
import { readProcesses } from "#lib/platform/proc.ts";
import type { ServiceRecord, ServiceUsage } from "../supervisor.ts";

/** `cgroupOf`: the path of a unit's cgroup; null for one that does not run. */
export function readUsage(
  cgroups: CgroupReader,
  records: readonly ServiceRecord[],
  cgroupOf: (name: string) => string | null,
): ServiceUsage[] {
  const running = records.flatMap((record) => {
    const cgroup = cgroupOf(record.name);
    return cgroup ? [{ record, cgroup }] : [];
  });
  const usage = running.map(({ record, cgroup }) => {
    const { cpuSeconds, memory } = readOne(cgroups, cgroup);
    const instances = record.instances.map(({ id }) => ({ id, cpuSeconds, memory }));
    return { name: record.name, at: monotonic(), cpuSeconds, memory, instances };
  });
  cgroups.retain(running.map(({ cgroup }) => cgroup));
  return usage;
}

/**
 * Under the first version of cgroups some units have no memory cgroup of their own, or none for CPU: then the processes'
 * own figures are added up. Those count shared pages for each, and forget processes that have ended.
 */
function readOne(cgroups: CgroupReader, cgroup: string): { cpuSeconds: number | null; memory: number | null } {
  const reading = cgroups.read(cgroup);
  const cpuSeconds = reading?.cpuSeconds ?? null;
  const memory = reading?.memory ?? null;
  if (cpuSeconds !== null && memory !== null) return { cpuSeconds, memory };
  const processes = [...readProcesses(cgroups.pids(cgroup)).values()];
  if (processes.length === 0) return { cpuSeconds, memory };
  return {
    cpuSeconds: cpuSeconds ?? processes.reduce((sum, process) => sum + process.cpuSeconds, 0),
    memory: memory ?? processes.reduce((sum, process) => sum + process.memory, 0),
  };
}
