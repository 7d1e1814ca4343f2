/** Who uses a folder or a volume of this machine: containers by their mounts, units and apps by the folders they name. */
import path from "node:path";
import { isAbort, messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { serviceId } from "#lib/services/id.ts";
import { isOwn } from "#lib/services/self.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import type { ServiceRecord, Supervisor } from "#lib/supervisors/supervisor.ts";
import { isVolumeSource, type MountUser } from "#lib/supervisors/volumes.ts";
import { volumeEngines } from "#lib/volumes/engines.ts";
import { foldersOf } from "./service-folders.ts";
import type { SourceUser } from "./sources.ts";

/** A container as a user of a source. */
export function containerUser(supervisor: Supervisor, user: MountUser): SourceUser {
  const { name, id, identity, state, labels, readOnly } = user;
  const service = serviceId(supervisor.host, supervisor.scope, name);
  return { service, supervisor, name, containerId: id, identity, state, labels, readOnly };
}

/** A unit or an app as a user of a source. */
export function plainUser(supervisor: Supervisor, record: ServiceRecord): SourceUser {
  return {
    service: serviceId(supervisor.host, supervisor.scope, record.name),
    supervisor,
    name: record.name,
    containerId: null,
    identity: null,
    state: record.state,
    labels: {},
    readOnly: false,
  };
}

/** Containers of every engine here that have the folder, one above or one below it mounted. */
export async function containersAt(folder: string): Promise<SourceUser[]> {
  const found = await Promise.all(
    volumeEngines().map(async (engine) => {
      try {
        return (await engine.folderUsers(folder)).map((user) => containerUser(engine, user));
      } catch (error) {
        if (isAbort(error)) throw error;
        // an engine that is not running runs no container either
        if (isDown(engine)) return [];
        throw error;
      }
    }),
  );
  return found.flat();
}

/** Ids of volumes of every engine here that lie in the folder, or that it lies in. */
export async function volumesAt(folder: string): Promise<string[]> {
  const found = await Promise.all(
    volumeEngines().map(async (engine) => {
      const all = await engine.volumes().catch((error: unknown) => {
        // as with its containers
        if (!isAbort(error) && isDown(engine)) return [];
        throw error;
      });
      return all
        .filter(({ mountpoint }) => mountpoint && (isWithin(mountpoint, folder) || isWithin(folder, mountpoint)))
        .map(({ name }) => serviceId(engine.host, engine.scope, name));
    }),
  );
  return found.flat();
}

/**
 * Units and apps that are up and keep their state in the folder or in one below it, or have it below the folder that they
 * run in. What everything lies below (`/`, `/var/lib`) makes nobody its user.
 */
export async function servicesAt(folder: string): Promise<SourceUser[]> {
  const found: SourceUser[] = [];
  for (const { source, records } of snapshot().sources()) {
    if (isVolumeSource(source)) continue;
    const up = records.filter(({ state, listed }) => listed && state !== "stopped" && state !== "failed");
    for (const record of up) {
      const folders = await foldersOf(source, record.name).catch((error: unknown) => {
        logger("backups").warn({ service: record.name, why: messageOf(error) }, "its folders are not known");
        return [];
      });
      if (folders.some(({ path: own }) => isWithin(own, folder) || isWithin(folder, own)))
        found.push(plainUser(source, record));
    }
  }
  return found;
}

/** Each once, without Trihelm itself, which would wait for its own end. Who may write stands before who may not. */
export function othersOf(users: readonly SourceUser[]): SourceUser[] {
  const found = new Map<string, SourceUser>();
  for (const user of users) {
    const service = snapshot().service(user.service);
    if (service && isOwn(service)) continue;
    const key = user.containerId ?? user.service;
    const known = found.get(key);
    if (!known || (known.readOnly && !user.readOnly)) found.set(key, user);
  }
  return [...found.values()];
}

/** The same folder, or below it. */
export function isWithin(inner: string, outer: string): boolean {
  const relative = path.relative(outer, inner);
  return relative === "" || (relative !== ".." && !relative.startsWith("../"));
}

function isDown(engine: Supervisor): boolean {
  const id = `${engine.host}/${engine.scope}`;
  return snapshot()
    .supervisors()
    .some((one) => one.id === id && one.error !== null);
}
