/** What holds data beside volumes: folders that containers have mounted, what units and apps keep, compose files. */
import fs from "node:fs/promises";
import path from "node:path";
import { foldersIn, isShared } from "#lib/backups/service-folders.ts";
import type { Source } from "#lib/backups/shapes.ts";
import { environmentFiles } from "#lib/backups/source-service.ts";
import { isWithin } from "#lib/backups/source-users.ts";
import { env } from "#lib/platform/env.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { serviceId } from "#lib/services/id.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import type { Inspection, ServiceRecord, Supervisor } from "#lib/supervisors/supervisor.ts";
import { isSavedSource, isVolumeSource } from "#lib/supervisors/volumes.ts";
import type { VolumeEngine } from "./engines.ts";
import type { Coverage } from "./shapes.ts";

export interface Holder {
  kind: Coverage["kind"];
  source: Source;
  title: string;
  services: string[];
  /** sources that have it in them too */
  within: Source[];
  /** where it is on this machine; null: nowhere as such */
  path: string | null;
}

/** services that are asked about, at once and in all */
const AT_ONCE = 4;
const MOST = 400;

/** Each folder once, with all who use it. */
export async function findHolders(): Promise<Holder[]> {
  const found: Holder[] = [];
  for (const { source, records } of snapshot().sources()) {
    try {
      found.push(...(isVolumeSource(source) ? await ofEngine(source, records) : await ofServices(source, records)));
    } catch (error) {
      // a supervisor that is away is told as such; what the others have is still known
      logger("coverage").debug({ scope: source.scope, why: messageOf(error) }, "not looked at now");
    }
  }
  return merged(found);
}

async function ofEngine(engine: VolumeEngine, records: readonly ServiceRecord[]): Promise<Holder[]> {
  const mounts = await engine.bindMounts();
  const stacks = new Map(
    records.flatMap(({ name, group }) =>
      group === null ? [] : [[name, `${engine.host}/${engine.scope}/${encodeURIComponent(group)}`]],
    ),
  );
  const binds = mounts.map(({ name, source }): Holder => {
    const folder = path.resolve(source);
    return { ...ofFolder("bind", folder), services: [serviceId(engine.host, engine.scope, name)] };
  });
  const compose = [...new Set(stacks.values())].map((stack): Holder => {
    const names = [...stacks].flatMap(([name, own]) => (own === stack ? [name] : []));
    const services = names.map((name) => serviceId(engine.host, engine.scope, name));
    const title = decodeURIComponent(stack.split("/")[2] ?? "");
    return { kind: "compose", source: { stack }, title, services, within: [], path: null };
  });
  return [...(await thoseThatAre(binds)), ...compose];
}

async function ofServices(supervisor: Supervisor, records: readonly ServiceRecord[]): Promise<Holder[]> {
  const found: Holder[] = [];
  const rest = records
    .filter(({ listed }) => listed)
    .slice(0, MOST)
    .values();
  const worker = async () => {
    for (const record of rest) {
      const inspection = await supervisor.inspect(record.name).catch(() => null);
      if (inspection) found.push(...ofService(supervisor, record, inspection));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (isSavedSource(supervisor) && records.length > 0) {
    const home = path.dirname(supervisor.savedFile);
    const services = records.map(({ name }) => serviceId(supervisor.host, supervisor.scope, name));
    found.push({ ...ofFolder("pm2-dump", home), title: supervisor.savedFile, services });
  }
  return thoseThatAre(found);
}

function ofService(supervisor: Supervisor, { name }: ServiceRecord, inspection: Inspection): Holder[] {
  const service = serviceId(supervisor.host, supervisor.scope, name);
  const own = { services: [service], within: [{ service }] };
  const isApp = supervisor.kind === "pm2";
  const folders = foldersIn(inspection).map(({ path: folder, role }): Holder => {
    const kind = isApp ? "pm2-folder" : role === "state" ? "unit-state" : "unit-folder";
    return { ...ofFolder(kind, folder), ...own };
  });
  const files = environmentFiles(inspection).map(
    (file): Holder => ({
      kind: "unit-environment",
      source: { service },
      title: file,
      path: file,
      services: [service],
      within: [],
    }),
  );
  return [...folders, ...files];
}

function ofFolder(kind: Holder["kind"], folder: string): Holder {
  return { kind, source: { path: folder }, title: folder, services: [], within: [], path: folder };
}

/** Folders that are there and belong to nobody else; files of an environment that are there. */
async function thoseThatAre(holders: readonly Holder[]): Promise<Holder[]> {
  const checked = await Promise.all(
    holders.map(async (holder) => {
      if (holder.path === null) return [holder];
      if (isWithin(holder.path, env().dataDir)) return [];
      const real = await fs.realpath(holder.path).catch(() => null);
      const stats = real === null ? null : await fs.stat(real).catch(() => null);
      if (real === null || !stats) return [];
      if (holder.kind === "unit-environment") return stats.isFile() ? [holder] : [];
      if (!stats.isDirectory() || isShared(real)) return [];
      // what is backed up is where a link leads
      return [
        { ...holder, source: { path: real }, path: real, title: holder.kind === "pm2-dump" ? holder.title : real },
      ];
    }),
  );
  return checked.flat();
}

function merged(holders: readonly Holder[]): Holder[] {
  const found = new Map<string, Holder>();
  for (const holder of holders) {
    const key = `${holder.kind} ${holder.title}`;
    const known = found.get(key);
    if (known) {
      known.services = [...new Set([...known.services, ...holder.services])];
      known.within = [...known.within, ...holder.within];
    } else found.set(key, { ...holder });
  }
  return [...found.values()];
}
