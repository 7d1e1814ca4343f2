/** Volumes as the engine lists, makes and removes them, and the containers that hold them. */
import path from "node:path";
import { SupervisorError } from "../supervisor.ts";
import type { MountUser, VolumeRecord, VolumeSource } from "../volumes.ts";
import { type Engine, titles } from "./connect.ts";
import { containerPath, isContainerId } from "./names.ts";
import { cleanLine } from "./reason.ts";
import type { ContainerInspect, ListEntry, MountPoint, VolumeEntry } from "./shapes.ts";
import { volumeChanges } from "./volumes-changes.ts";
import { clearVolume } from "./volumes-clear.ts";
import { volumeFolder } from "./volumes-folder.ts";
import { checkVolumeName, isHelper, volumePath } from "./volumes-names.ts";
import { readVolume, writeVolume } from "./volumes-stream.ts";
import { Helpers } from "./volumes-unstarted.ts";

/** seconds: a driver may have to speak to a storage elsewhere */
const PATIENCE = 60;

/** `owner` tells helper containers of this server from those of another one on the same engine. */
export function volumesOf(engine: Engine, owner: string): VolumeSource {
  const helpers = new Helpers(engine, owner);
  return {
    volumes: (signal) => list(engine, signal),
    createVolume: (wanted) => create(engine, wanted),
    removeVolume: async (name) => {
      checkVolumeName(name);
      await helpers.settled();
      await engine.send({ method: "DELETE", path: volumePath(name), seconds: PATIENCE });
    },
    volumeUsers: async (name, signal) => {
      checkVolumeName(name);
      return usersOf(engine, (mount) => mount.Type === "volume" && mount.Name === name, signal);
    },
    // the folders of an engine elsewhere are not this machine's
    folderUsers: async (folder, signal) =>
      engine.local
        ? usersOf(engine, (mount) => mount.Type === "bind" && meets(mount.Source ?? "", folder), signal)
        : [],
    bindMounts: async (signal) =>
      engine.local
        ? (await containersWithMounts(engine, signal)).flatMap(({ name, mounts }) =>
            mounts.flatMap(({ Type, Source = "", RW }) =>
              Type === "bind" && path.isAbsolute(Source) ? [{ name, source: Source, readOnly: RW === false }] : [],
            ),
          )
        : [],
    volumeFolder: async (name, wanted) => {
      const entry = await look(engine, name);
      return volumeFolder({ engine, helpers, entry }, wanted?.write ?? false);
    },
    readVolume: async (name, signal, below) => {
      await look(engine, name, signal);
      return readVolume({ engine, helpers, name }, below ?? "/", signal);
    },
    writeVolume: async (name, tar, signal) => {
      // it may break before it is read
      tar.on("error", () => undefined);
      try {
        await look(engine, name, signal);
        await writeVolume({ engine, helpers, name }, tar, signal);
      } finally {
        tar.destroy();
      }
    },
    clearVolume: async (name, signal) => {
      await look(engine, name, signal);
      await clearVolume({ engine, helpers, name }, signal);
    },
    volumeChanges: (signal) => volumeChanges(engine, signal),
    removeHelpers: () => helpers.removeAll(),
  };
}

async function list(engine: Engine, signal?: AbortSignal): Promise<VolumeRecord[]> {
  const [answer, containers] = await Promise.all([
    engine.get<{ Volumes?: VolumeEntry[] | null }>("/volumes", {}, signal),
    containersWithMounts(engine, signal),
  ]);
  const users = new Map<string, Set<string>>();
  for (const { name, mounts } of containers)
    for (const mount of mounts) {
      if (mount.Type !== "volume" || !mount.Name) continue;
      const known = users.get(mount.Name) ?? new Set();
      users.set(mount.Name, known.add(name));
    }
  return (answer.Volumes ?? []).flatMap((entry) =>
    entry.Name ? [toRecord(entry, [...(users.get(entry.Name) ?? [])].sort())] : [],
  );
}

async function create(engine: Engine, { name, labels, driver }: Parameters<VolumeSource["createVolume"]>[0]) {
  checkVolumeName(name);
  if (name.length < 2) throw new SupervisorError("invalid_name", "A volume's name has at least two signs");
  // the engine gives what is there under that name as if it had just made it
  const taken = await look(engine, name).catch(absentAsNull);
  if (taken) throw new SupervisorError("refused", `${titles[engine.scope]} has a volume ${name} already`);
  const body = { Name: name, Labels: labels, ...(driver === undefined ? {} : { Driver: driver }) };
  const made = await engine.send<VolumeEntry>({ method: "POST", path: "/volumes/create", body, seconds: PATIENCE });
  return toRecord(made, []);
}

function look(engine: Engine, name: string, signal?: AbortSignal): Promise<VolumeEntry> {
  return engine.get<VolumeEntry>(volumePath(name), {}, signal);
}

function absentAsNull(error: unknown): null {
  if (error instanceof SupervisorError && error.reason === "not_found") return null;
  throw error;
}

function toRecord(entry: VolumeEntry, usedBy: string[]): VolumeRecord {
  const labels = entry.Labels ?? {};
  const project = labels["com.docker.compose.project"] ?? labels["com.docker.stack.namespace"] ?? "";
  const created = Date.parse(entry.CreatedAt ?? "");
  return {
    name: entry.Name ?? "",
    driver: entry.Driver ?? "local",
    mountpoint: entry.Mountpoint ?? "",
    labels,
    options: entry.Options ?? {},
    group: cleanLine(project),
    createdAt: Number.isNaN(created) || created <= 0 ? null : new Date(created).toISOString(),
    usedBy,
  };
}

async function usersOf(
  engine: Engine,
  isMeant: (mount: MountPoint) => boolean,
  signal: AbortSignal | undefined,
): Promise<MountUser[]> {
  return (await containersWithMounts(engine, signal)).flatMap(({ name, id, state, labels, image, mounts }) => {
    const meant = mounts.filter(isMeant);
    if (meant.length === 0) return [];
    const readOnly = meant.every(({ RW }) => RW === false);
    return [{ name, id, state, identity: identityOf(labels), labels, image, readOnly }];
  });
}

interface Container {
  name: string;
  id: string;
  state: string;
  labels: Record<string, string>;
  image: string;
  mounts: MountPoint[];
}

/** Every container but our own helpers, exited ones too. */
async function containersWithMounts(engine: Engine, signal: AbortSignal | undefined): Promise<Container[]> {
  const entries = await engine.get<ListEntry[]>("/containers/json", { all: true }, signal);
  const found: Container[] = [];
  for (const entry of entries) {
    if (!entry.Id || !isContainerId(entry.Id) || isHelper(entry)) continue;
    const own = entry.Names?.find((name) => !name.slice(1).includes("/"))?.replace(/^\//, "");
    found.push({
      name: own || entry.Id.slice(0, 12),
      id: entry.Id,
      state: (entry.State ?? "unknown").toLowerCase(),
      labels: entry.Labels ?? {},
      image: entry.Image ?? "",
      mounts: await mountsOf(engine, entry, signal),
    });
  }
  return found;
}

/** Podman's list names only where something is mounted, not what: then the container itself is asked. */
async function mountsOf(engine: Engine, entry: ListEntry, signal: AbortSignal | undefined): Promise<MountPoint[]> {
  const listed = entry.Mounts ?? [];
  const isWhole = (mount: unknown): mount is MountPoint => typeof (mount as MountPoint | null)?.Type === "string";
  if (listed.every(isWhole) && entry.Mounts !== undefined) return listed;
  const inspect = await engine
    .get<ContainerInspect>(containerPath(entry.Id ?? "", "json"), {}, signal)
    .catch(absentAsNull);
  return inspect?.Mounts ?? [];
}

/** `{project}/{service}/{number}` */
function identityOf(labels: Record<string, string>): string | null {
  const parts = ["project", "service", "container-number"].map((word) => labels[`com.docker.compose.${word}`] ?? "");
  return parts.every((part) => part !== "") ? parts.join("/") : null;
}

/** One is the other, or lies in it. Who has the whole machine mounted looks at everything and uses nothing. */
function meets(mounted: string, folder: string): boolean {
  return mounted !== "/" && (isWithin(mounted, folder) || isWithin(folder, mounted));
}

function isWithin(inner: string, outer: string): boolean {
  if (!path.isAbsolute(inner) || !path.isAbsolute(outer)) return false;
  const relative = path.relative(outer, inner);
  return relative === "" || (!relative.startsWith("../") && relative !== "..");
}
