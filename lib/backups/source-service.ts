/**
 * A unit or an app as a whole: where things stood on the machine is where they stand in the archive, below `files/`. A
 * container's own parts are its volumes and its stack; of a container itself only a database's own dump is a source.
 */

import { AppError } from "#lib/platform/errors.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import type { Inspection, ServiceRecord, Supervisor } from "#lib/supervisors/supervisor.ts";
import { isSavedSource, isVolumeSource } from "#lib/supervisors/volumes.ts";
import type { MadeFile, Root } from "./archive/archive.ts";
import { foldersOf } from "./service-folders.ts";
import type { Source } from "./shapes.ts";
import { resolveDump } from "./source-dump.ts";
import { type NamedFile, readableFile, textFile } from "./source-files.ts";
import { sourceKeyOf } from "./source-key.ts";
import { containersAt, othersOf, plainUser, volumesAt } from "./source-users.ts";
import type { ResolvedSource } from "./sources.ts";

/** what an app gets again by one command, and what nobody edits */
const MADE_AGAIN = ["node_modules/"];

export async function resolveService(source: Extract<Source, { service: string }>): Promise<ResolvedSource> {
  const key = sourceKeyOf(source);
  const found = snapshot().find(source.service);
  if (!found) throw new AppError("not_found", "There is no service of this id. GET /api/v1/services?all=1 lists them");
  const { source: supervisor, record } = found;
  if (isVolumeSource(supervisor)) return resolveDump(source, { supervisor, record });
  const inspection = await supervisor.inspect(record.name);
  const folders = await foldersOf(supervisor, record.name);
  const files = await filesOf(supervisor, record, inspection);
  const roots: Root[] = [
    made(
      "files",
      files.map(({ file }) => file),
    ),
    made("service", [stateOf(supervisor, record, inspection)]),
    ...folders.map(({ path, role }) => ({
      ...plain(`files${path}`),
      from: { kind: "folder" as const, path },
      exclude: role === "folder" && supervisor.kind === "pm2" ? MADE_AGAIN : [],
    })),
  ];
  const around = (await Promise.all(folders.map(({ path }) => containersAt(path)))).flat();
  return {
    source: { service: source.service },
    key,
    title: record.name,
    host: supervisor.host,
    roots: roots.filter(({ from }) => from.kind !== "made" || from.files.length > 0),
    users: othersOf([plainUser(supervisor, record), ...around]),
    volumes: (await Promise.all(folders.map(({ path }) => volumesAt(path)))).flat(),
    size: null,
    context: {
      kind: "service",
      supervisor: supervisor.kind,
      name: record.name,
      state: record.state,
      startsAtBoot: record.startsAtBoot,
      folders: folders.map(({ path }) => path),
      files: files.map(({ path, role }) => ({ path, role })),
    },
  };
}

/** Paths as the machine has them, without the slash before. */
async function filesOf(supervisor: Supervisor, record: ServiceRecord, inspection: Inspection): Promise<NamedFile[]> {
  const named = [
    ...inspection.files.filter(({ role }) => role === "unit" || role === "drop-in"),
    ...environmentFiles(inspection).map((path) => ({ path, role: "environment" })),
  ];
  const found = await Promise.all(named.map(({ path, role }) => readableFile(path, role)));
  const saved = isSavedSource(supervisor) ? await supervisor.saved(record.name) : [];
  const dump = saved.length > 0 ? [textFile("dump.json", "dump", saved)] : [];
  return [...found.flatMap((one) => one ?? []), ...dump];
}

/** `EnvironmentFile=` as systemd gives it: pairs of a path and whether it may be missing. */
export function environmentFiles({ native }: Pick<Inspection, "native">): string[] {
  const pairs = Array.isArray(native.EnvironmentFiles) ? native.EnvironmentFiles : [];
  return pairs.flatMap((pair) => {
    const path: unknown = Array.isArray(pair) ? pair[0] : null;
    return typeof path === "string" && path.startsWith("/") && !path.includes("*") ? [path] : [];
  });
}

/** How it stood, for whoever sets it up again; no value of its environment. */
function stateOf({ kind, scope }: Supervisor, record: ServiceRecord, { command, user, workingDirectory }: Inspection) {
  const { name, state, startsAtBoot, restartPolicy, source } = record;
  const state_ = { supervisor: kind, scope, name, state, startsAtBoot, restartPolicy, source, user, workingDirectory };
  return textFile("state.json", "state", { ...state_, program: command[0] ?? null }).file;
}

function made(prefix: string, files: MadeFile[]): Root {
  return { ...plain(prefix), from: { kind: "made", files } };
}

function plain(prefix: string) {
  return { prefix, include: [], exclude: [], databases: "as-files" as const };
}
