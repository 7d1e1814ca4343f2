/** Everything the engine says of one container, its environment taken apart from it. */
import { formatBytes } from "#lib/format/bytes.ts";
import { type Inspection, SupervisorError } from "../supervisor.ts";
import { composeFiles } from "./compose-files.ts";
import type { Engine } from "./connect.ts";
import type { Containers } from "./containers.ts";
import { containerPath } from "./names.ts";
import { parseDetail } from "./parse.ts";
import type { ContainerInspect } from "./shapes.ts";
import { withoutEnvironment } from "./without-environment.ts";

interface Image {
  Id?: string;
  RepoDigests?: string[] | null;
  Config?: { Labels?: Record<string, string> | null } | null;
}

type Network = { IPAddress?: string; GlobalIPv6Address?: string; Aliases?: string[] | null };

/** Throws `invalid_name`, `not_found` and what the engine refuses. */
export async function inspectContainer(
  engine: Engine,
  containers: Containers,
  name: string,
  signal?: AbortSignal,
): Promise<Inspection> {
  const raw = await look(engine, containers, name, signal);
  const image = await imageOf(engine, raw, signal);
  const environment = (raw.Config?.Env ?? []).map(pairOf);
  return {
    native: withoutEnvironment(raw, environment),
    environment,
    command: commandOf(raw),
    workingDirectory: raw.Config?.WorkingDir || null,
    user: raw.Config?.User || null,
    mounts: mountsOf(raw),
    networks: networksOf(raw),
    files: engine.local ? await composeFiles(raw.Config?.Labels ?? {}, image?.Config?.Labels ?? {}) : [],
    facts: factsOf(raw, image),
  };
}

async function look(
  engine: Engine,
  containers: Containers,
  name: string,
  signal: AbortSignal | undefined,
): Promise<ContainerInspect & { NetworkSettings?: { Ports?: Ports | null } | null }> {
  const ask = async () => {
    const { id } = await containers.find(name, signal);
    return await engine.get<ContainerInspect>(containerPath(id, "json"), {}, signal);
  };
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof SupervisorError) || error.reason !== "not_found") throw error;
    containers.forget(name);
    return await ask();
  }
}

async function imageOf(engine: Engine, raw: ContainerInspect, signal: AbortSignal | undefined): Promise<Image | null> {
  const id = /^(?:sha256:)?([a-f0-9]{64})$/.exec(raw.Image ?? "")?.[1];
  if (!id) return null;
  try {
    return await engine.get<Image>(`/images/${id}/json`, {}, signal);
  } catch (error) {
    // removed beneath its container, which goes on without
    if (error instanceof SupervisorError && error.reason === "not_found") return null;
    throw error;
  }
}

type Ports = Record<string, { HostIp?: string; HostPort?: string }[] | null>;

function factsOf(raw: ContainerInspect, image: Image | null): Inspection["facts"] {
  const detail = parseDetail(raw);
  const labels = raw.Config?.Labels ?? {};
  const facts: [string, string | null | undefined][] = [
    ["Image", detail.image],
    ["Digest", shortDigest(raw, image)],
    ["Project", labels["com.docker.compose.project"]],
    ["Restart policy", policyText(raw)],
    ["Limits", limitsText(raw)],
    ["Ports", portsText(raw)],
    ["Network", Object.keys(raw.NetworkSettings?.Networks ?? {}).join(", ")],
    ["Command", commandOf(raw).join(" ")],
    ["Container id", raw.Id?.slice(0, 12)],
    ["Main PID", detail.pid === null ? null : String(detail.pid)],
    ["Created", detail.created],
  ];
  return facts.flatMap(([label, value]) => (value ? [{ label, value: value.slice(0, 2000) }] : []));
}

function shortDigest(raw: ContainerInspect, image: Image | null): string | null {
  const digest = image?.RepoDigests?.[0]?.split("@")[1] ?? raw.Image;
  return digest ? digest.replace(/^(sha256:)?([a-f0-9]{12})[a-f0-9]*$/, "sha256:$2") : null;
}

function policyText(raw: ContainerInspect): string {
  const { policy, limit } = parseDetail(raw).policy;
  return limit === null ? policy : `${policy}, ${limit} times at most`;
}

function limitsText(raw: ContainerInspect): string {
  const host = raw.HostConfig ?? {};
  const { memoryLimit } = parseDetail(raw);
  const cores = host.NanoCpus ? host.NanoCpus / 1e9 : host.CpuQuota ? host.CpuQuota / (host.CpuPeriod || 100_000) : 0;
  const parts = [
    memoryLimit === null ? null : `${formatBytes(memoryLimit)} memory`,
    cores > 0 ? `${Number(cores.toFixed(2))} CPU` : null,
    host.PidsLimit && host.PidsLimit > 0 ? `${host.PidsLimit} processes` : null,
  ];
  return parts.filter(Boolean).join(", ") || "none";
}

function portsText(raw: ContainerInspect & { NetworkSettings?: { Ports?: Ports | null } | null }): string {
  const published = Object.entries(raw.NetworkSettings?.Ports ?? {}).flatMap(([inside, outside]) =>
    (outside ?? []).map(({ HostIp, HostPort }) => {
      const address = HostIp?.includes(":") ? `[${HostIp}]` : HostIp || "0.0.0.0";
      return `${address}:${HostPort} → ${inside}`;
    }),
  );
  return published.join(", ");
}

function commandOf(raw: ContainerInspect): string[] {
  return [raw.Path, ...(raw.Args ?? [])].filter((part): part is string => typeof part === "string" && part !== "");
}

function pairOf(entry: string): { name: string; value: string } {
  const at = entry.indexOf("=");
  return at < 0 ? { name: entry, value: "" } : { name: entry.slice(0, at), value: entry.slice(at + 1) };
}

function mountsOf(raw: ContainerInspect): Inspection["mounts"] {
  const known = new Set(["volume", "bind", "tmpfs"]);
  const mounts = (raw.Mounts ?? []).map((mount) => ({
    type: (known.has(mount.Type ?? "") ? mount.Type : "other") as "volume" | "bind" | "tmpfs" | "other",
    source: (mount.Type === "volume" ? mount.Name : mount.Source) ?? "",
    target: mount.Destination ?? "",
    readOnly: mount.RW === false,
  }));
  const temporary = Object.entries(raw.HostConfig?.Tmpfs ?? {})
    .filter(([target]) => !mounts.some((mount) => mount.target === target))
    .map(([target, options]) => ({
      type: "tmpfs" as const,
      source: "",
      target,
      readOnly: options.split(",").includes("ro"),
    }));
  return [...mounts, ...temporary];
}

function networksOf(raw: ContainerInspect): Inspection["networks"] {
  const networks: [string, Network][] = Object.entries(raw.NetworkSettings?.Networks ?? {});
  return networks.map(([name, { IPAddress, GlobalIPv6Address, Aliases }]) => ({
    name,
    address: IPAddress || GlobalIPv6Address || null,
    aliases: Aliases ?? [],
  }));
}
