/** The figures as Prometheus reads them, from memory: no daemon is asked. */
import { Gauge, Registry } from "prom-client";
import type { HostState } from "./host.ts";

export interface MeasuredService {
  id: string;
  host: string;
  supervisor: string;
  name: string;
  group: string | null;
  state: string;
  health: string;
  restarts: number;
  memory: { used: number; limit: number | null } | null;
  /** used since its start; null where nobody knows */
  cpuSeconds: number | null;
}

export interface MeasuredBackup {
  /** labels of the service or volume it is of */
  host: string;
  supervisor: string;
  service: string;
  group: string | null;
  /** milliseconds since the epoch */
  at: number;
  bytes: number;
}

const LABELS = ["host", "supervisor", "service", "group"] as const;
const STATES = ["running", "starting", "stopping", "restarting", "paused", "stopped", "failed", "unknown"];
const HEALTH = ["healthy", "unhealthy", "starting", "none"];

/** Text in the exposition format. */
export async function prometheusText({
  services,
  backups,
  host,
}: {
  services: readonly MeasuredService[];
  backups: readonly MeasuredBackup[];
  host: HostState | null;
}): Promise<string> {
  const registry = new Registry();
  const gauge = <L extends string>(name: string, help: string, more: readonly L[] = []) =>
    new Gauge({ name: `trihelm_${name}`, help, labelNames: [...LABELS, ...more], registers: [registry] });
  const up = gauge("service_up", "1 while it runs");
  const state = gauge("service_state", "1 for the state that it is in", ["state"]);
  const health = gauge("service_health", "1 for what its health check says", ["health"]);
  const restarts = gauge("service_restarts_total", "restarts by its supervisor since it was last started by hand");
  const cpu = gauge("service_cpu_seconds_total", "CPU time used since its start");
  const memory = gauge("service_memory_bytes", "memory in use");
  const limit = gauge("service_memory_limit_bytes", "memory that it may use");
  for (const one of services) {
    const labels = { host: one.host, supervisor: one.supervisor, service: one.name, group: one.group ?? "" };
    up.set(labels, one.state === "running" ? 1 : 0);
    for (const name of STATES) state.set({ ...labels, state: name }, one.state === name ? 1 : 0);
    for (const name of HEALTH) health.set({ ...labels, health: name }, one.health === name ? 1 : 0);
    restarts.set(labels, one.restarts);
    if (one.cpuSeconds !== null) cpu.set(labels, one.cpuSeconds);
    if (one.memory) memory.set(labels, one.memory.used);
    if (one.memory?.limit != null) limit.set(labels, one.memory.limit);
  }
  const success = gauge("backup_last_success_timestamp_seconds", "when the newest good backup was made");
  const size = gauge("backup_size_bytes", "size of the newest good backup");
  for (const { at, bytes, host: of, supervisor, service, group } of backups) {
    const labels = { host: of, supervisor, service, group: group ?? "" };
    success.set(labels, at / 1000);
    size.set(labels, bytes);
  }
  if (host) measureHost(host, registry);
  return typed(await registry.metrics());
}

function measureHost(host: HostState, registry: Registry): void {
  const set = (name: string, help: string, value: number | null | undefined) => {
    if (value == null) return;
    const gauge = new Gauge({ name: `trihelm_host_${name}`, help, labelNames: ["host"], registers: [registry] });
    gauge.set({ host: "local" }, value);
  };
  set("cpu_ratio", "CPU in use, of all cores", host.cpu);
  set("cpu_cores", "cores", host.cores);
  set("memory_used_bytes", "memory in use", host.memory?.used);
  set("memory_total_bytes", "memory there is", host.memory?.total);
  set("disk_used_bytes", "space in use where the data folder is", host.disk?.used);
  set("disk_total_bytes", "space there is where the data folder is", host.disk?.total);
  set("load1", "load of the last minute", host.load?.[0]);
  set("network_receive_bytes_per_second", "bytes a second that come in", host.network?.in);
  set("network_transmit_bytes_per_second", "bytes a second that go out", host.network?.out);
  set("uptime_seconds", "since it was started", host.uptime);
}

/** What only grows until its service starts anew is a counter; the library's own can only be added to. */
function typed(text: string): string {
  return text.replace(/^(# TYPE trihelm_service_(?:restarts|cpu_seconds)_total) gauge$/gm, "$1 counter");
}
