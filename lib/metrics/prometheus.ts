/** The figures as Prometheus reads them, from memory: no daemon is asked. */
import { Gauge, Registry } from "prom-client";
import type { HostDisk } from "./disks.ts";
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
  /** bytes since its start, each null where nobody counts */
  moved: Record<"diskRead" | "diskWrite" | "networkIn" | "networkOut", number | null> | null;
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

type Row = readonly [more: string, value: number];

const LABELS = ["host", "supervisor", "service", "group"] as const;
const STATES = ["running", "starting", "stopping", "restarting", "paused", "stopped", "failed", "unknown"];
const HEALTH = ["healthy", "unhealthy", "starting", "none"];

/** What is told of each service; what only grows until its service starts anew is a counter. */
const FAMILIES: readonly {
  name: string;
  type: "gauge" | "counter";
  help: string;
  /** none where nothing is known */
  rows: (one: MeasuredService) => readonly Row[];
}[] = [
  { name: "up", type: "gauge", help: "1 while it runs", rows: ({ state }) => [["", state === "running" ? 1 : 0]] },
  {
    name: "state",
    type: "gauge",
    help: "1 for the state that it is in",
    rows: ({ state }) => STATES.map((name) => [`,state="${name}"`, name === state ? 1 : 0]),
  },
  {
    name: "health",
    type: "gauge",
    help: "1 for what its health check says",
    rows: ({ health }) => HEALTH.map((name) => [`,health="${name}"`, name === health ? 1 : 0]),
  },
  {
    name: "restarts_total",
    type: "counter",
    help: "restarts by its supervisor since it was last started by hand",
    rows: ({ restarts }) => [["", restarts]],
  },
  counted("cpu_seconds_total", "CPU time used since its start", (one) => one.cpuSeconds),
  { ...counted("memory_bytes", "memory in use", (one) => one.memory?.used), type: "gauge" },
  { ...counted("memory_limit_bytes", "memory that it may use", (one) => one.memory?.limit), type: "gauge" },
  counted("network_receive_bytes_total", "bytes that came in since its start", (one) => one.moved?.networkIn),
  counted("network_transmit_bytes_total", "bytes that went out since its start", (one) => one.moved?.networkOut),
  counted("disk_read_bytes_total", "bytes read from disks since its start", (one) => one.moved?.diskRead),
  counted("disk_written_bytes_total", "bytes written to disks since its start", (one) => one.moved?.diskWrite),
];

/** Text in the exposition format. */
export async function prometheusText({
  services,
  backups,
  host,
  disks,
}: {
  services: readonly MeasuredService[];
  backups: readonly MeasuredBackup[];
  host: HostState | null;
  disks: readonly HostDisk[];
}): Promise<string> {
  const registry = new Registry();
  measureBackups(backups, registry);
  if (host) measureHost(host, registry);
  measureDisks(disks, registry);
  return servicesText(services) + (await registry.metrics());
}

/** By hand: with 320 services there are 7,000 lines, for which the library takes ten times as long. */
function servicesText(services: readonly MeasuredService[]): string {
  const labels = services.map(
    ({ host, supervisor, name, group }) =>
      `host="${escaped(host)}",supervisor="${escaped(supervisor)}",service="${escaped(name)}",group="${escaped(group ?? "")}"`,
  );
  let text = "";
  for (const { name, type, help, rows } of FAMILIES) {
    text += `# HELP trihelm_service_${name} ${help}\n# TYPE trihelm_service_${name} ${type}\n`;
    for (const [index, service] of services.entries())
      for (const [more, value] of rows(service)) text += `trihelm_service_${name}{${labels[index]}${more}} ${value}\n`;
    text += "\n";
  }
  return text;
}

function counted(
  name: string,
  help: string,
  read: (one: MeasuredService) => number | null | undefined,
): (typeof FAMILIES)[number] {
  const rows = (one: MeasuredService): readonly Row[] => {
    const value = read(one);
    return value == null ? [] : [["", value]];
  };
  return { name, type: "counter", help, rows };
}

function escaped(text: string): string {
  return /[\\"\n]/.test(text) ? text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n") : text;
}

function measureBackups(backups: readonly MeasuredBackup[], registry: Registry): void {
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `trihelm_backup_${name}`, help, labelNames: LABELS, registers: [registry] });
  const success = gauge("last_success_timestamp_seconds", "when the newest good backup was made");
  const size = gauge("size_bytes", "size of the newest good backup");
  for (const { at, bytes, host, supervisor, service, group } of backups) {
    const labels = { host, supervisor, service, group: group ?? "" };
    success.set(labels, at / 1000);
    size.set(labels, bytes);
  }
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
  set("disk_read_bytes_per_second", "bytes a second read from all disks", host.io?.read);
  set("disk_written_bytes_per_second", "bytes a second written to all disks", host.io?.write);
  set("uptime_seconds", "since it was started", host.uptime);
}

function measureDisks(disks: readonly HostDisk[], registry: Registry): void {
  const gauge = (name: string, help: string) =>
    new Gauge({
      name: `trihelm_host_filesystem_${name}`,
      help,
      labelNames: ["host", "path"] as const,
      registers: [registry],
    });
  if (disks.length === 0) return;
  const used = gauge("used_bytes", "space in use on a file system");
  const total = gauge("total_bytes", "space there is on a file system");
  const full = gauge(
    "full_timestamp_seconds",
    "when it will be full at the pace of its growth, where it grows steadily",
  );
  for (const disk of disks) {
    const labels = { host: "local", path: disk.path };
    used.set(labels, disk.used);
    total.set(labels, disk.total);
    if (disk.fullAt !== null) full.set(labels, Date.parse(disk.fullAt) / 1000);
  }
}
