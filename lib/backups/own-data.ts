/** Where Trihelm's own data lie, by whatever way a folder or a volume leads there: what is in use is never replaced. */
import fs from "node:fs/promises";
import path from "node:path";
import { env } from "#lib/platform/env.ts";
import { serviceId } from "#lib/services/id.ts";
import { isOwn } from "#lib/services/self.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import type { VolumeAddress } from "./intents.ts";
import { isWithin } from "./source-users.ts";
import { engineOf } from "./volume-at.ts";

export interface DiskPlace {
  /** `8:1`, of the file system */
  device: string;
  /** in that file system, however much of it is mounted */
  path: string;
}

/** The place of our own data in this folder, relative, empty for the folder itself; null: they are elsewhere. */
export async function ownDataIn(folder: string, table?: string): Promise<string | null> {
  const [inner, outer] = await Promise.all([real(env().dataDir), real(folder)]);
  if (isWithin(inner, outer)) return path.relative(outer, inner);
  const mounts = table ?? (await mountTable());
  const [own, place] = [diskPlace(inner, mounts), diskPlace(outer, mounts)];
  if (!own || !place || own.device !== place.device || !isWithin(own.path, place.path)) return null;
  return path.relative(place.path, own.path);
}

/** The same of a volume whose files are not reached as a folder, by the name that its engine keeps it under. */
export async function ownDataInVolume(name: string, table?: string): Promise<string | null> {
  const own = diskPlace(await real(env().dataDir), table ?? (await mountTable()));
  const parts = own?.path.split("/") ?? [];
  const at = parts.findLastIndex((part, index) => part === name && parts[index - 1] === "volumes");
  return at === -1 || parts[at + 1] !== "_data" ? null : parts.slice(at + 2).join("/");
}

/** Why nothing may be restored over this folder, as a sentence; null: it is none of ours. */
export async function ownFolderRefusal(folder: string): Promise<string | null> {
  if ((await ownDataIn(folder)) !== null)
    return `${folder} holds Trihelm's own data, which would be replaced while it is used`;
  return isWithin(await real(folder), await real(env().dataDir)) ? `${folder} is in Trihelm's own data` : null;
}

/** The same of a volume; what our own container has mounted is not ours to empty either. */
export async function ownVolumeRefusal(volume: VolumeAddress): Promise<string | null> {
  const { host, scope, name } = volume;
  const words = `${name} holds Trihelm's own data, which would be replaced while it is used`;
  const engine = engineOf(volume);
  const folder = await engine.volumeFolder(name);
  if (folder !== null && (await ownFolderRefusal(folder)) !== null) return words;
  if ((await ownDataInVolume(name)) !== null) return words;
  const users = (await engine.volumeUsers(name)).map((user) => snapshot().service(serviceId(host, scope, user.name)));
  return users.some((service) => service && isOwn(service))
    ? `${name} is mounted by Trihelm's own container, which goes on meanwhile: restore into a new volume`
    : null;
}

/** Where a folder is in its file system, by the kernel's table of mounts; null: the table does not tell. */
export function diskPlace(folder: string, table: string): DiskPlace | null {
  let found: { point: string; root: string; device: string } | null = null;
  for (const line of table.split("\n")) {
    const [, , device, root, point] = line.split(" ").map(unescaped);
    if (!device || !root || !point || !isWithin(folder, point)) continue;
    // what is mounted later at the same place lies over it
    if (!found || point.length >= found.point.length) found = { point, root, device };
  }
  if (!found) return null;
  return { device: found.device, path: path.join(found.root, path.relative(found.point, folder)) };
}

/** The table writes spaces and the like as three octal digits. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}

function mountTable(): Promise<string> {
  // another system does not tell it in this way
  return fs.readFile("/proc/self/mountinfo", "utf8").catch(() => "");
}

function real(folder: string): Promise<string> {
  // what is not there leads nowhere else
  return fs.realpath(folder).catch(() => path.resolve(/* turbopackIgnore: true */ folder));
}
