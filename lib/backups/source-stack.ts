/** A compose stack as a whole: every volume of it and the files that made it, at one moment. */
import fs from "node:fs/promises";
import path from "node:path";
import { AppError } from "#lib/platform/errors.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import type { ServiceRecord } from "#lib/supervisors/supervisor.ts";
import type { VolumeRecord } from "#lib/supervisors/volumes.ts";
import { engineOf, type VolumeEngine } from "#lib/volumes/engines.ts";
import { readNewestSize } from "#lib/volumes/store.ts";
import type { Source } from "./shapes.ts";
import { type NamedFile, readableFile } from "./source-files.ts";
import { sourceAddress, sourceKeyOf } from "./source-key.ts";
import { othersOf } from "./source-users.ts";
import { volumeContext, volumeIdOf, volumeRoot, volumeUsers } from "./source-volume.ts";
import type { ResolvedSource } from "./sources.ts";

const ENVIRONMENT = /^(\.env(\..+)?|.+\.env)$/;
const MOST_FILES = 100;

export async function resolveStack(source: Extract<Source, { stack: string }>): Promise<ResolvedSource> {
  const { host, scope, name } = sourceAddress(source.stack);
  const engine = engineOf(host, scope);
  const containers = containersOf(engine, name);
  const volumes = await volumesOf(engine, name, containers);
  const files = await composeFilesOf(engine, containers);
  if (volumes.length === 0 && files.length === 0)
    throw new AppError(
      "not_found",
      `There is no stack ${name} at ${host}/${scope} that has a volume or a compose file`,
    );
  const addresses = volumes.map((record) => ({ record, address: { engine, host, scope, name: record.name } }));
  const users = await Promise.all(addresses.map(({ address, record }) => volumeUsers(address, record)));
  const sizes = await Promise.all(addresses.map(({ address }) => readNewestSize(volumeIdOf(address))));
  const made = { include: [], exclude: [], databases: "as-files" as const };
  return {
    source: { stack: source.stack },
    key: sourceKeyOf(source),
    title: name,
    host,
    roots: [
      ...(files.length > 0
        ? [{ ...made, prefix: "files", from: { kind: "made" as const, files: files.map(({ file }) => file) } }]
        : []),
      ...(await Promise.all(addresses.map(({ address }) => volumeRoot(address, `volumes/${address.name}`)))),
    ],
    users: othersOf(users.flat()),
    volumes: addresses.map(({ address }) => volumeIdOf(address)),
    size: sizes.every((size) => size !== null) ? sizes.reduce((sum, size) => sum + size.bytes, 0) : null,
    context: {
      kind: "stack",
      stack: name,
      volumes: volumes.map(volumeContext),
      services: containers.map((record) => record.name),
      files: files.map((one) => one.path),
    },
  };
}

function containersOf(engine: VolumeEngine, project: string): ServiceRecord[] {
  const own = snapshot()
    .sources()
    .find(({ source }) => source === engine);
  return (own?.records ?? []).filter(({ group }) => group === project);
}

/** Those that compose made for it, and those from elsewhere that its containers have mounted. */
async function volumesOf(
  engine: VolumeEngine,
  project: string,
  containers: readonly ServiceRecord[],
): Promise<VolumeRecord[]> {
  const names = new Set(containers.map(({ name }) => name));
  return (await engine.volumes()).filter(
    ({ group, usedBy }) => group === project || usedBy.some((user) => names.has(user)),
  );
}

/** The compose files as far as they are what they say, and the environment files beside them. */
async function composeFilesOf(engine: VolumeEngine, containers: readonly ServiceRecord[]): Promise<NamedFile[]> {
  const paths = new Set<string>();
  for (const { name } of containers) {
    const { files } = await engine.inspect(name);
    for (const file of files) if (file.role === "compose" && file.text !== null) paths.add(file.path);
  }
  const folders = new Set([...paths].map((file) => path.dirname(file)));
  for (const folder of folders) {
    const entries = await fs.readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries)
      if (entry.isFile() && ENVIRONMENT.test(entry.name)) paths.add(path.join(folder, entry.name));
  }
  const read = await Promise.all([...paths].slice(0, MOST_FILES).map((file) => readableFile(file, "compose")));
  return read.flatMap((one) => one ?? []);
}
