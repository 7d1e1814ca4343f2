/** CPU and memory of containers: from their cgroups where those can be read, else asked of the engine now and then. */
import fs from "node:fs";
import { CgroupReader } from "#lib/platform/cgroup.ts";
import { monotonic } from "#lib/platform/clock.ts";
import { isAbort } from "#lib/platform/errors.ts";
import { type ServiceRecord, type ServiceUsage, SupervisorError } from "../supervisor.ts";
import type { Engine } from "./connect.ts";
import type { Containers } from "./containers.ts";
import { containerPath } from "./names.ts";

interface Stats {
  /** the zero time of Go: the engine cannot read the cgroup itself, and its zeros mean nothing */
  read?: string;
  cpu_stats?: { cpu_usage?: { total_usage?: number } };
  memory_stats?: { usage?: number; stats?: { total_inactive_file?: number; inactive_file?: number } };
}

interface Target {
  id: string;
  name: string;
  pid: number | null;
}

/** milliseconds: the engine takes long over its figures, and a cgroup that was not found is not looked for at once */
const ASK_EVERY = 15_000;
const SEARCH_EVERY = 60_000;
const AT_ONCE = 4;

export class UsageReader {
  readonly #engine: Engine;
  readonly #containers: Containers;
  readonly #cgroups: CgroupReader;
  /** where each container's cgroup is; null with the time of the vain search */
  readonly #paths = new Map<string, { path: string | null; at: number }>();
  #asked: { at: number; readings: Map<string, ServiceUsage> } = { at: Number.NEGATIVE_INFINITY, readings: new Map() };

  constructor(engine: Engine, containers: Containers, cgroupRoot?: string) {
    this.#engine = engine;
    this.#containers = containers;
    this.#cgroups = new CgroupReader(cgroupRoot);
  }

  /** Readings of those among `records` that have processes. */
  async read(records: readonly ServiceRecord[]): Promise<ServiceUsage[]> {
    const found: ServiceUsage[] = [];
    const missing: Target[] = [];
    const live = new Set<string>();
    const all = this.#containers.byName();
    for (const record of records) {
      if (record.state !== "running" && record.state !== "paused") continue;
      const known = all.get(record.name);
      if (!known) continue;
      const target = { id: known.id, name: record.name, pid: known.detail.pid };
      live.add(target.id);
      const usage = this.#fromCgroup(target);
      if (usage) found.push(usage);
      else missing.push(target);
    }
    for (const id of this.#paths.keys()) if (!live.has(id)) this.#paths.delete(id);
    this.#cgroups.retain([...this.#paths.values()].flatMap(({ path }) => path ?? []));
    return missing.length === 0 ? found : [...found, ...(await this.#fromEngine(missing))];
  }

  /** Where a container's cgroup was found by the last reading. */
  placeOf(id: string): string | null {
    return this.#paths.get(id)?.path ?? null;
  }

  close(): void {
    this.#cgroups.close();
    this.#paths.clear();
  }

  #fromCgroup(target: Target): ServiceUsage | null {
    if (!this.#engine.local) return null;
    let place = this.#paths.get(target.id);
    if (!place || (place.path === null && monotonic() - place.at > SEARCH_EVERY)) {
      place = { path: this.#locate(target), at: monotonic() };
      this.#paths.set(target.id, place);
    }
    if (place.path === null) return null;
    const reading = this.#cgroups.read(place.path);
    if (reading) return usageOf(target, reading.cpuSeconds, reading.memory);
    // it ended, or was started again elsewhere
    this.#paths.delete(target.id);
    return null;
  }

  #locate({ id, pid }: Target): string | null {
    const candidates = [...cgroupsOf(pid, id), ...usualPlaces(id)];
    return candidates.find((path) => this.#cgroups.read(path)?.cpuSeconds != null) ?? null;
  }

  async #fromEngine(targets: readonly Target[]): Promise<ServiceUsage[]> {
    if (monotonic() - this.#asked.at >= ASK_EVERY) {
      const readings = new Map<string, ServiceUsage>();
      this.#asked = { at: monotonic(), readings };
      const rest = targets.values();
      const worker = async () => {
        for (const target of rest) {
          const usage = await this.#ask(target);
          if (usage) readings.set(target.id, usage);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    }
    return targets.flatMap(({ id }) => this.#asked.readings.get(id) ?? []);
  }

  async #ask(target: Target): Promise<ServiceUsage | null> {
    try {
      const query = { stream: false, "one-shot": true };
      const stats = await this.#engine.get<Stats>(containerPath(target.id, "stats"), query);
      if (stats.read?.startsWith("0001-")) return null;
      const cpu = stats.cpu_stats?.cpu_usage?.total_usage;
      const { usage, stats: memory } = stats.memory_stats ?? {};
      const reclaimable = memory?.total_inactive_file ?? memory?.inactive_file ?? 0;
      return usageOf(
        target,
        cpu === undefined ? null : cpu / 1e9,
        usage === undefined ? null : Math.max(0, usage - reclaimable),
      );
    } catch (error) {
      // gone or not answering: it has no figures, which the watch explains better than a sampler could
      if (error instanceof SupervisorError || isAbort(error)) return null;
      throw error;
    }
  }
}

function usageOf({ id, name }: Target, cpuSeconds: number | null, memory: number | null): ServiceUsage {
  return { name, at: monotonic(), cpuSeconds, memory, instances: [{ id: id.slice(0, 12), cpuSeconds, memory }] };
}

/** Its cgroup by its main process, believed only where the path holds the container's id. */
function cgroupsOf(pid: number | null, id: string): string[] {
  if (pid === null) return [];
  try {
    const lines = fs.readFileSync(`/proc/${pid}/cgroup`, "utf8").split("\n");
    const paths = lines.map((line) => line.split(":").slice(2).join(":")).filter((path) => path.includes(id));
    // a container with systemd inside has further cgroups below its own
    return [
      ...new Set(paths.map((path) => path.slice(0, path.indexOf(id)) + path.slice(path.indexOf(id)).split("/")[0])),
    ];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH" || code === "EACCES") return [];
    throw error;
  }
}

function usualPlaces(id: string): string[] {
  const uid = process.getuid?.() ?? 0;
  const own = `/user.slice/user-${uid}.slice/user@${uid}.service/user.slice`;
  return [
    `/docker/${id}`,
    `/system.slice/docker-${id}.scope`,
    `/machine.slice/libpod-${id}.scope`,
    `/machine.slice/libpod-${id}.scope/container`,
    `/libpod_parent/libpod-${id}`,
    `${own}/docker-${id}.scope`,
    `${own}/libpod-${id}.scope`,
  ];
}
