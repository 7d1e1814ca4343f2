/** Docker and Podman behind the supervisor contract. Podman's socket speaks the same API. */
import type { LogHistory, MarkSource, Supervisor, UsageSource } from "../supervisor.ts";
import { act } from "./act.ts";
import { connect } from "./connect.ts";
import { Containers } from "./containers.ts";
import { readHistory } from "./history.ts";
import { inspectContainer } from "./inspect.ts";
import type { LogPlaces } from "./log-files.ts";
import { readLogs } from "./logs.ts";
import { readMarks } from "./marks.ts";
import { UsageReader } from "./usage.ts";
import { watchContainers } from "./watch.ts";

export interface DockerOptions {
  host: string;
  /** `unix:///var/run/docker.sock`, `tcp://host:2375`, or Podman's */
  endpoint: string;
  scope?: "docker" | "podman";
  /** `/sys/fs/cgroup` unless told */
  cgroupRoot?: string;
}

/** One engine. Nothing is dialled before the first call. */
export function createDocker({
  host,
  endpoint,
  scope = "docker",
  cgroupRoot,
}: DockerOptions): Supervisor & UsageSource & LogHistory & MarkSource {
  const engine = connect(endpoint, scope);
  const containers = new Containers(engine);
  const logPlaces: LogPlaces = new Map();
  const usage = new UsageReader(engine, containers, cgroupRoot);
  return {
    host,
    scope,
    kind: scope,
    probe: (signal) => engine.probe(signal),
    list: (signal) => containers.list(signal),
    act: (name, action, options, signal) => act(engine, containers, { name, action, options, signal }),
    logs: (name, query, signal) => readLogs({ engine, containers, logPlaces }, { name, query, signal }),
    history: (name, query, signal) => readHistory({ engine, containers, logPlaces }, { name, query, signal }),
    marks: (name, signal) => readMarks(engine, containers, name, signal),
    watch: (signal) => watchContainers(engine, containers, signal),
    inspect: (name, signal) => inspectContainer(engine, containers, name, signal),
    usage: (records) => usage.read(records),
    close() {
      usage.close();
      engine.close();
    },
  };
}
