/** Docker and Podman behind the supervisor contract. Podman's socket speaks the same API. */
import type { BootSource } from "../boot.ts";
import { CgroupTraffic } from "../cgroup-traffic.ts";
import type { PortPlanner, SocketOwner } from "../port-owners.ts";
import type { LogHistory, MarkSource, ServiceRecord, Supervisor, UsageSource } from "../supervisor.ts";
import type { TrafficSource } from "../traffic.ts";
import type { ExecSource, VolumeSource } from "../volumes.ts";
import { act } from "./act.ts";
import { bootConcernsOf, bootedByOf } from "./boot-concerns.ts";
import { connect } from "./connect.ts";
import { Containers } from "./containers.ts";
import { execOf } from "./exec.ts";
import { readHistory } from "./history.ts";
import { inspectContainer } from "./inspect.ts";
import type { LogPlaces } from "./log-files.ts";
import { readLogs } from "./logs.ts";
import { MarkReader } from "./marks.ts";
import { claimSockets } from "./socket-claims.ts";
import { UsageReader } from "./usage.ts";
import { volumesOf } from "./volumes.ts";
import { watchContainers } from "./watch.ts";

export interface DockerOptions {
  host: string;
  /** `unix:///var/run/docker.sock`, `tcp://host:2375`, or Podman's */
  endpoint: string;
  scope?: "docker" | "podman";
  /** `/sys/fs/cgroup` unless told */
  cgroupRoot?: string;
  /** this server, as helper containers name it: letters and digits */
  owner?: string;
}

/** One engine. Nothing is dialled before the first call. */
export function createDocker({
  host,
  endpoint,
  scope = "docker",
  cgroupRoot,
  owner = "server",
}: DockerOptions): Supervisor &
  UsageSource &
  LogHistory &
  MarkSource &
  VolumeSource &
  ExecSource &
  SocketOwner &
  PortPlanner &
  BootSource &
  TrafficSource {
  const engine = connect(endpoint, scope);
  const containers = new Containers(engine);
  const logPlaces: LogPlaces = new Map();
  const usage = new UsageReader(engine, containers, cgroupRoot);
  const traffic = new CgroupTraffic(cgroupRoot);
  const marks = new MarkReader(engine, containers);
  return {
    host,
    scope,
    kind: scope,
    probe: (signal) => engine.probe(signal),
    list: (signal) => containers.list(signal),
    act: (name, action, options, signal) => act(engine, containers, { name, action, options, signal }),
    logs: (name, query, signal) => readLogs({ engine, containers, logPlaces }, { name, query, signal }),
    history: (name, query, signal) => readHistory({ engine, containers, logPlaces }, { name, query, signal }),
    marks: (name, signal) => marks.read(name, signal),
    watch: (signal) => watchContainers(engine, containers, signal),
    inspect: (name, signal) => inspectContainer(engine, containers, name, signal),
    usage: (records) => usage.read(records),
    traffic(records, isDue) {
      const known = containers.byName();
      const isUp = ({ state }: ServiceRecord) => state === "running" || state === "paused";
      const running = engine.local ? records.filter(isUp).flatMap(({ name }) => known.get(name) ?? []) : [];
      return traffic.read(
        running.map(({ id, name, detail }) => ({ name, cgroup: usage.placeOf(id), pid: detail.pid })),
        isDue,
      );
    },
    ...volumesOf(engine, owner),
    exec: execOf(engine, containers),
    bootedBy: bootedByOf(scope, endpoint),
    async bootConcerns() {
      return bootConcernsOf(containers.byName(), scope);
    },
    async claimSockets(sockets, records) {
      // the ports of an engine elsewhere are not this machine's
      if (!engine.local) return sockets.map(() => null);
      const known = containers.byName();
      return claimSockets(sockets, records, (name) => known.get(name)?.id ?? null);
    },
    async plannedPorts() {
      const known = engine.local ? [...containers.byName()] : [];
      return new Map(
        known.flatMap(([name, { detail }]) => (detail.bindings.length > 0 ? [[name, detail.bindings]] : [])),
      );
    },
    close() {
      usage.close();
      traffic.close();
      engine.close();
    },
  };
}
