/** Pure translation of the engine's answers into the contract's words. Everything in them may be made to deceive. */
import type { LastExit, Port, RestartPolicy, ServiceRecord } from "../supervisor.ts";
import { type End, signalOfCode, wasAsked } from "./ends.ts";
import { isContainerId } from "./names.ts";
import { cleanLine, reasonOf } from "./reason.ts";
import type { ContainerInspect, ListEntry } from "./shapes.ts";
import { actionsOf, type Ending, healthOf, stateOf } from "./states.ts";
import { isHelper } from "./volumes-names.ts";

/** What the list says of one container. */
export interface Listed {
  id: string;
  name: string;
  title: string;
  project: string | null;
  service: string | null;
  needs: string[];
  image: string;
  status: string;
  /** the status line without its age: `Up (healthy)`, `Exited (137)` */
  nativeState: string;
  /** bounds of the age in the status line, seconds; null: it has none */
  age: { least: number; most: number } | null;
  /** differs as soon as the container has to be looked at again */
  fingerprint: string;
  ports: Port[];
  addresses: string[];
}

/** What only a look at the one container says, as far as it is kept. */
export interface Detail {
  status: string;
  pid: number | null;
  image: string | null;
  created: string | null;
  startedAt: string | null;
  finishedAt: string | null;
  exitCode: number | null;
  oomKilled: boolean;
  error: string;
  restartCount: number;
  policy: RestartPolicy;
  memoryLimit: number | null;
  health: string | undefined;
  /** first line of the last health check, null where there was none or it passed */
  healthOutput: string | null;
  stopSignal: string | null;
  /** seconds between its stop signal and SIGKILL */
  stopTimeout: number;
  tty: boolean;
  /** what it is set to publish, running or not; without ports that the engine picks */
  bindings: Port[];
}

const POLICIES = new Set<RestartPolicy["policy"]>(["no", "on-failure", "always", "unless-stopped"]);

export function parseEntry(entry: ListEntry): Listed | null {
  const id = entry.Id;
  // nothing could be asked about one whose id is none, and it must not take the others' list with it
  if (!id || !isContainerId(id) || isHelper(entry)) return null;
  const labels = entry.Labels ?? {};
  // a link gives further names, of the form /other/alias
  const named = entry.Names?.find((name) => !name.slice(1).includes("/"))?.replace(/^\//, "");
  const name = named || id.slice(0, 12);
  const service = labels["com.docker.compose.service"] || null;
  const nativeState = withoutAge(entry.Status ?? "", entry.State ?? "");
  return {
    id,
    name,
    title: cleanLine(service ?? "") ?? name,
    project: cleanLine(labels["com.docker.compose.project"] ?? ""),
    service,
    needs: needsOf(labels["com.docker.compose.depends_on"]),
    image: entry.Image ?? "",
    status: entry.State ?? "unknown",
    nativeState,
    age: ageOf(entry.Status ?? ""),
    fingerprint: [name, entry.State, nativeState, entry.Image].join("\n"),
    ports: portsOf(entry),
    addresses: addressesOf(entry),
  };
}

export function parseDetail(inspect: ContainerInspect): Detail {
  const state = inspect.State ?? {};
  const host = inspect.HostConfig ?? {};
  const last = state.Health?.Log?.at(-1);
  return {
    status: (state.Status ?? "unknown").toLowerCase(),
    pid: state.Pid ? state.Pid : null,
    image: inspect.Config?.Image || null,
    created: time(inspect.Created),
    startedAt: time(state.StartedAt),
    finishedAt: time(state.FinishedAt),
    exitCode: state.ExitCode ?? null,
    oomKilled: state.OOMKilled === true,
    error: state.Error ?? "",
    restartCount: inspect.RestartCount ?? 0,
    policy: policyOf(host.RestartPolicy ?? {}),
    memoryLimit: host.Memory && host.Memory > 0 && host.Memory < 2 ** 62 ? host.Memory : null,
    health: state.Health?.Status,
    healthOutput:
      last && last.ExitCode !== 0 ? (cleanLine(last.Output ?? "") ?? `Health check ended with ${last.ExitCode}`) : null,
    stopSignal: inspect.Config?.StopSignal || null,
    stopTimeout: stopTimeoutOf(inspect.Config?.StopTimeout),
    tty: inspect.Config?.Tty === true,
    bindings: bindingsOf(host.PortBindings ?? {}),
  };
}

/** One container whole. `end` is what events told of its last end, `dependents` the names that need it. */
export function toRecord(listed: Listed, detail: Detail, end: End | null, dependents: string[]): ServiceRecord {
  const { policy } = detail;
  const lastExit = lastExitOf(detail, end);
  const ending: Ending = {
    exitCode: detail.exitCode,
    oomKilled: lastExit?.oomKilled ?? false,
    error: detail.error,
    asked: end === null ? null : wasAsked(end, detail.stopSignal),
    retries: retriesLeft(detail),
  };
  const state = stateOf(detail.status, ending);
  const alive = state === "running" || state === "paused";
  const health = alive ? healthOf(detail.health) : "none";
  const since = sinceOf(detail);
  return {
    name: listed.name,
    title: listed.title,
    group: listed.project,
    state,
    nativeState: listed.nativeState,
    health,
    since,
    restarts: detail.restartCount,
    lastExit,
    instances: [
      { id: listed.id.slice(0, 12), pid: detail.pid, state: detail.status, restarts: detail.restartCount, since },
    ],
    memoryLimit: detail.memoryLimit,
    ports: listed.ports,
    restartPolicy: policy,
    startsAtBoot: policy.policy === "always" || policy.policy === "unless-stopped",
    source: detail.image ?? listed.image,
    actions: actionsOf(detail.status, state),
    listed: true,
    tag: null,
    reason: reasonOf({ state, health, lastExit, detail }),
    addresses: listed.addresses,
    dependents,
  };
}

/** Names of the containers that are told to need each one, by name, within its compose project. */
export function dependentsOf(all: readonly Listed[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const services = new Map<string, Listed[]>();
  const key = (project: string | null, service: string) => `${project}\n${service}`;
  for (const one of all)
    if (one.project && one.service) {
      const at = key(one.project, one.service);
      services.set(at, [...(services.get(at) ?? []), one]);
    }
  for (const one of all)
    for (const need of one.project ? one.needs : [])
      for (const needed of services.get(key(one.project, need)) ?? [])
        found.set(needed.id, [...new Set([...(found.get(needed.id) ?? []), one.name])].sort());
  return found;
}

function lastExitOf(detail: Detail, end: End | null): LastExit | null {
  if (detail.finishedAt === null) return null;
  // once it runs again the engine's own code reads 0: only the events still know
  const runs = detail.status === "running" || detail.status === "paused";
  const code = end?.code ?? (runs ? null : detail.exitCode);
  return {
    code,
    signal: signalOfCode(code),
    oomKilled: end?.oomKilled === true || (!runs && detail.oomKilled),
    at: detail.finishedAt,
  };
}

function retriesLeft({ policy, restartCount }: Detail): boolean {
  if (policy.policy === "always" || policy.policy === "unless-stopped") return true;
  return policy.policy === "on-failure" && (policy.limit === null || restartCount < policy.limit);
}

/** Seconds; -1 means that the engine waits for ever, an hour here. */
function stopTimeoutOf(raw: number | null | undefined): number {
  if (raw === null || raw === undefined) return 10;
  return raw < 0 ? 3600 : raw;
}

function sinceOf(detail: Detail): string | null {
  if (["running", "paused"].includes(detail.status)) return detail.startedAt ?? detail.created;
  return detail.finishedAt ?? detail.created;
}

function policyOf(raw: { Name?: string; MaximumRetryCount?: number }): RestartPolicy {
  const name = (raw.Name || "no") as RestartPolicy["policy"];
  return {
    policy: POLICIES.has(name) ? name : "no",
    // the engine doubles its delay with every try, from 100 ms on: there is no one figure
    delay: null,
    limit: raw.MaximumRetryCount ? raw.MaximumRetryCount : null,
    window: null,
  };
}

/** `worker:service_started:false,db:service_healthy:true` */
function needsOf(label: string | undefined): string[] {
  return (label ?? "")
    .split(",")
    .map((part) => part.split(":")[0]!.trim())
    .filter(Boolean);
}

function portsOf(entry: ListEntry): Port[] {
  const found = new Map<string, Port>();
  for (const raw of entry.Ports ?? []) {
    if (!raw.PublicPort || (raw.Type !== "tcp" && raw.Type !== "udp")) continue;
    const port = {
      protocol: raw.Type,
      address: raw.IP || "0.0.0.0",
      port: raw.PublicPort,
      target: raw.PrivatePort ?? null,
    } as const;
    found.set(JSON.stringify(port), port);
  }
  return [...found.values()].sort((a, b) => a.port - b.port || a.address.localeCompare(b.address));
}

/** `{"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}` */
function bindingsOf(raw: Record<string, { HostIp?: string; HostPort?: string }[] | null>): Port[] {
  return Object.entries(raw).flatMap(([inside, outside]) => {
    const [, target, protocol] = /^(\d+)\/(tcp|udp)$/.exec(inside) ?? [];
    return (outside ?? []).flatMap(({ HostIp, HostPort }) =>
      target && /^\d{1,5}$/.test(HostPort ?? "") && Number(HostPort) > 0
        ? {
            protocol: protocol as Port["protocol"],
            address: HostIp || "0.0.0.0",
            port: Number(HostPort),
            target: Number(target),
          }
        : [],
    );
  });
}

function addressesOf(entry: ListEntry): string[] {
  const networks = Object.values(entry.NetworkSettings?.Networks ?? {});
  return networks.flatMap((n) => [n.IPAddress, n.GlobalIPv6Address]).filter((a): a is string => Boolean(a));
}

/** The zero time of Go means never. */
function time(text: string | undefined): string | null {
  if (!text || text.startsWith("0001-")) return null;
  const at = Date.parse(text);
  return Number.isFinite(at) ? new Date(at).toISOString() : null;
}

/** The engine's words with `{age}` in place of the age: one that only grew is no change. */
function withoutAge(status: string, state: string): string {
  const match = /^(Up|Exited \(-?\d+\)|Restarting \(-?\d+\))\s.*?(\sago)?(\s\([^()]*\))?$/.exec(status);
  if (match) return `${match[1]} {age}${match[2] ?? ""}${match[3] ?? ""}`;
  return cleanLine(status) ?? (cleanLine(state) || "unknown");
}

const UNITS: Record<string, number> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
};

/** The engine rounds down, but hours to the nearest. */
function ageOf(status: string): { least: number; most: number } | null {
  if (/less than a second/i.test(status)) return { least: 0, most: 1 };
  const match = /(\d+|an?)\s(second|minute|hour|day|week|month)s?\b/i.exec(status);
  if (!match) return null;
  const unit = UNITS[match[2]!.toLowerCase()]!;
  const age = (/^an?$/i.test(match[1]!) ? 1 : Number(match[1])) * unit;
  return { least: unit < 3600 ? age : age - unit / 2, most: age + unit };
}
