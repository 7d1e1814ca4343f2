import { AppError } from "#lib/platform/errors.ts";
import { serviceId } from "#lib/services/id.ts";
import type { VolumeRecord } from "#lib/supervisors/volumes.ts";
import { type VolumeAddress, volumeAddress } from "#lib/volumes/engines.ts";
import { readNewestSize } from "#lib/volumes/store.ts";
import type { Root } from "./archive/archive.ts";
import type { Source } from "./shapes.ts";
import { sourceKeyOf } from "./source-key.ts";
import { containerUser, isWithin, othersOf } from "./source-users.ts";
import type { ResolvedSource, SourceUser } from "./sources.ts";

/** One volume of an engine. */
export async function resolveVolume(source: Extract<Source, { volume: string }>): Promise<ResolvedSource> {
  const address = volumeAddress(source.volume);
  const record = (await address.engine.volumes()).find(({ name }) => name === address.name);
  if (!record)
    throw new AppError("not_found", `There is no volume ${address.name} at ${address.host}/${address.scope}`);
  const key = sourceKeyOf(source);
  return {
    source: { volume: key },
    key,
    title: record.name,
    host: address.host,
    roots: [await volumeRoot(address, "")],
    users: othersOf(await volumeUsers(address, record)),
    volumes: [key],
    size: (await readNewestSize(key))?.bytes ?? null,
    context: { kind: "volume", ...volumeContext(record) },
  };
}

/** Its content, from the disk where that can be read here, else through the engine. */
export async function volumeRoot({ engine, name }: VolumeAddress, prefix: string): Promise<Root> {
  const folder = await engine.volumeFolder(name);
  return {
    prefix,
    from: folder
      ? { kind: "folder", path: folder }
      : { kind: "stream", open: (signal) => engine.readVolume(name, signal) },
    include: [],
    exclude: [],
    databases: "as-files",
  };
}

/**
 * Containers that have it mounted, and those that have its folder bound from the disk. A folder far above it is bound by
 * who looks at everything (an exporter, an agent), and makes nobody its user.
 */
export async function volumeUsers({ engine, name }: VolumeAddress, record: VolumeRecord): Promise<SourceUser[]> {
  const users = (await engine.volumeUsers(name)).map((user) => containerUser(engine, user));
  if (!record.mountpoint) return users;
  const home = volumeHome(record);
  const bound = (await engine.bindMounts()).filter(({ source }) => isWithin(source, home));
  if (bound.length === 0) return users;
  const near = (await engine.folderUsers(record.mountpoint)).flatMap((user) => {
    const own = bound.filter(({ name: holder }) => holder === user.name);
    return own.length > 0 ? [containerUser(engine, { ...user, readOnly: own.every(({ readOnly }) => readOnly) })] : [];
  });
  return [...users, ...near];
}

/** What makes it again as it was, its content aside. */
export function volumeContext({ name, driver, labels, options }: VolumeRecord) {
  return { name, driver, labels, options };
}

export function volumeIdOf({ host, scope, name }: Pick<VolumeAddress, "host" | "scope" | "name">): string {
  return serviceId(host, scope, name);
}

/** `…/volumes/wa-db` of `…/volumes/wa-db/_data` */
function volumeHome({ mountpoint }: VolumeRecord): string {
  return mountpoint.replace(/\/_data$/, "");
}
