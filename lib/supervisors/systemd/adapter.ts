/** systemd as a supervisor: state, changes and actions over one D-Bus connection, logs by journalctl. */
import { CgroupReader } from "#lib/platform/cgroup.ts";
import type { HeldSocket } from "#lib/platform/socket-holders.ts";
import type { BootConcern, BootSource, BootUnit, BootUnits } from "../boot.ts";
import { CgroupTraffic } from "../cgroup-traffic.ts";
import { readLogs } from "../journal/follow.ts";
import { readHistory } from "../journal/history.ts";
import { readBoots } from "../journal/journalctl.ts";
import type { PortPlanner, SocketClaim, SocketOwner } from "../port-owners.ts";
import type {
  ActOptions,
  BootRecord,
  Change,
  HistoryQuery,
  Inspection,
  JournalSource,
  LogHistory,
  LogQuery,
  LogReader,
  LogRecord,
  Port,
  Probe,
  ServiceAction,
  ServiceRecord,
  ServiceUsage,
  Supervisor,
  UsageSource,
} from "../supervisor.ts";
import { SupervisorError } from "../supervisor.ts";
import type { ServiceTraffic, TrafficSource } from "../traffic.ts";
import { act } from "./act.ts";
import { bootConcernsOf, readBootUnit, readNeeded, readRunning } from "./boot-concerns.ts";
import { readEveryProperty } from "./calls.ts";
import { inspectionOf, SHOWN } from "./inspect.ts";
import { Inventory } from "./inventory.ts";
import { KERNEL, placeOf } from "./logs.ts";
import { checkName } from "./names.ts";
import { circleConcerns, circlesIn, readOrder } from "./order.ts";
import { PortTable } from "./ports.ts";
import { probeSystemd } from "./probe.ts";
import { Session } from "./session.ts";
import { claimSockets, plannedPorts } from "./socket-claims.ts";
import { readUsage } from "./usage.ts";
import { ChangeFeed } from "./watch.ts";

export interface SystemdOptions {
  host: string;
  /** the machine's services, or those of the user that this process runs as */
  mode: "system" | "user";
  /** whose services, for the scope's name; in mode `user` only */
  user?: string;
  /** where cgroups are mounted, `/sys/fs/cgroup` unless told */
  cgroupRoot?: string;
  /** a D-Bus address or a socket's path; else the environment's, else the usual place */
  busAddress?: string;
}

type SystemdSource = Supervisor &
  UsageSource &
  LogHistory &
  JournalSource &
  SocketOwner &
  PortPlanner &
  BootSource &
  BootUnits &
  TrafficSource;

/** Opens nothing yet: the connection is made when something is first asked. */
export function createSystemd(options: SystemdOptions): SystemdSource {
  return new SystemdSupervisor(options);
}

class SystemdSupervisor implements SystemdSource {
  readonly host: string;
  readonly scope: string;
  readonly kind = "systemd";
  readonly #options: SystemdOptions;
  readonly #session: Session;
  readonly #cgroups: CgroupReader;
  readonly #traffic: CgroupTraffic;
  readonly #ports: PortTable;
  readonly #inventory: Inventory;
  readonly #feed: ChangeFeed;
  readonly #ownStarts = new Map<string, number[]>();

  constructor(options: SystemdOptions) {
    this.host = options.host;
    this.scope = options.mode === "user" && options.user ? `systemd@${options.user}` : "systemd";
    this.#options = options;
    this.#session = new Session({ mode: options.mode, busAddress: options.busAddress });
    this.#cgroups = new CgroupReader(options.cgroupRoot);
    this.#traffic = new CgroupTraffic(options.cgroupRoot);
    this.#ports = new PortTable({
      cgroups: this.#cgroups,
      unitOf: (name) => this.#inventory.unit(name),
      changed: (name) => this.#feed.publish([name]),
    });
    this.#inventory = new Inventory((name) => this.#ports.of(name));
    this.#session.listen((told) => {
      if (told.type === "everything") this.#inventory.invalidateAll();
      else this.#inventory.invalidate(told.name);
      if (told.type === "job") this.#inventory.jobEnded(told.name, told.result);
    });
    this.#feed = new ChangeFeed({
      session: this.#session,
      inventory: this.#inventory,
      probe: () => this.probe(),
      refreshed: (names) => this.#ports.follow(names),
    });
  }

  probe(signal?: AbortSignal): Promise<Probe> {
    return probeSystemd(this.#session, this.#options, signal);
  }

  async list(signal?: AbortSignal): Promise<ServiceRecord[]> {
    await this.#session.ask("read the units", (bus) => this.#inventory.refresh(bus), signal);
    this.#ports.follow(this.#inventory.names());
    return this.#inventory.records();
  }

  async act(name: string, action: ServiceAction, options: ActOptions, signal?: AbortSignal): Promise<void> {
    checkName(name);
    const { mode } = this.#options;
    const asked = { action, options, signal };
    await act({ session: this.#session, mode, ownStarts: this.#ownStarts }, name, asked);
  }

  async *logs(name: string, query: LogQuery, signal: AbortSignal): AsyncGenerator<LogRecord> {
    yield* readLogs(placeOf(checkName(name), this.#options.mode), query, signal);
  }

  async history(name: string, query: HistoryQuery, signal: AbortSignal): Promise<AsyncIterable<LogRecord[]>> {
    return readHistory(placeOf(checkName(name), this.#options.mode), query, signal);
  }

  readonly kernel: LogReader = {
    logs: (_name, query, signal) => readLogs(KERNEL, query, signal),
    history: async (_name, query, signal) => readHistory(KERNEL, query, signal),
  };

  boots(signal: AbortSignal): Promise<BootRecord[]> {
    return readBoots(signal);
  }

  watch(signal: AbortSignal): AsyncIterable<Change> {
    return this.#feed.watch(signal);
  }

  async inspect(name: string, signal?: AbortSignal): Promise<Inspection> {
    checkName(name);
    const all = await this.#session.ask(`read ${name}`, (bus) => readEveryProperty(bus, name, SHOWN), signal);
    if (all.LoadState === "not-found" && all.ActiveState === "inactive")
      throw new SupervisorError("not_found", `There is no unit ${name}`);
    return inspectionOf(name, all);
  }

  async usage(records: readonly ServiceRecord[]): Promise<ServiceUsage[]> {
    return readUsage(this.#cgroups, records, (name) => this.#inventory.unit(name)?.cgroup || null);
  }

  traffic(records: readonly ServiceRecord[], isDue: (name: string) => boolean): ServiceTraffic[] {
    const units = records.flatMap(({ name }) => this.#inventory.unit(name) ?? []).filter(({ cgroup }) => cgroup !== "");
    return this.#traffic.read(
      units.map(({ name, cgroup, mainPid }) => ({ name, cgroup, pid: mainPid })),
      isDue,
    );
  }

  async claimSockets(sockets: readonly HeldSocket[]): Promise<(SocketClaim | null)[]> {
    const units = new Map<string, string>();
    for (const name of this.#inventory.names()) units.set(this.#inventory.unit(name)?.cgroup || name, name);
    return claimSockets(sockets, units, await this.plannedPorts());
  }

  plannedPorts(signal?: AbortSignal): Promise<Map<string, Port[]>> {
    return this.#session.ask("read the sockets", plannedPorts, signal);
  }

  readonly bootedBy = null;

  async bootConcerns(records: readonly ServiceRecord[], signal: AbortSignal): Promise<BootConcern[]> {
    const tool = this.#options.mode === "user" ? "systemctl --user" : "sudo systemctl";
    const isStarted = (name: string) => this.#inventory.unit(name)?.fileState.startsWith("enabled") ?? false;
    return await this.#session.ask(
      "read what starts at boot",
      async (bus) => {
        const running = await readRunning(bus, records, (name) => this.#inventory.unit(name));
        const own = bootConcernsOf(running, await readNeeded(bus, running), tool);
        return [...own, ...circleConcerns(circlesIn(await readOrder(bus, isStarted)))];
      },
      signal,
    );
  }

  bootUnit(name: string, signal: AbortSignal): Promise<BootUnit | null> {
    checkName(name);
    return this.#session.ask(`read ${name}`, (bus) => readBootUnit(bus, name), signal);
  }

  close(): void {
    this.#feed.close();
    this.#ports.close();
    this.#cgroups.close();
    this.#traffic.close();
    this.#session.close();
  }
}
