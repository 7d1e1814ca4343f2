import fs from "node:fs/promises";
import path from "node:path";
import { env } from "#lib/platform/env.ts";
import { AppError } from "#lib/platform/errors.ts";
import { measureFolder } from "#lib/volumes/walk.ts";
import { literalPattern } from "./archive/pack-filter.ts";
import type { Source } from "./shapes.ts";
import { sourceKeyOf, tidyPath } from "./source-key.ts";
import { containersAt, isWithin, othersOf, servicesAt, volumesAt } from "./source-users.ts";
import type { ResolvedSource } from "./sources.ts";

const HOST = "local";
/** made by the kernel anew at every look */
const KERNEL = ["/proc", "/sys", "/dev"];
/** milliseconds that counting may take before it is left alone */
const PATIENCE = 1500;

/** A folder of this machine. */
export async function resolvePath(source: Extract<Source, { path: string }>): Promise<ResolvedSource> {
  const host = source.host ?? HOST;
  if (host !== HOST)
    throw new AppError("not_found", `There is no host ${host} here: leave it out for the one that Trihelm runs on`);
  const folder = await ownFolder(tidyPath(source.path));
  return {
    source: { path: folder },
    key: sourceKeyOf({ path: folder }),
    title: folder,
    host,
    roots: [
      {
        prefix: "",
        from: { kind: "folder", path: folder },
        include: [],
        exclude: await withoutTrihelm(folder),
        databases: "as-files",
      },
    ],
    users: othersOf([...(await containersAt(folder)), ...(await servicesAt(folder))]),
    volumes: await volumesAt(folder),
    size: await measureFolder(folder, AbortSignal.timeout(PATIENCE)).then(
      ({ bytes }) => bytes,
      () => null,
    ),
    context: { kind: "path", path: folder },
  };
}

/** Throws AppError `validation`, `not_found` or `conflict` for what is no folder that may be copied. */
async function ownFolder(folder: string): Promise<string> {
  if (folder === "/") throw new AppError("validation", "The whole file system is no source: name a folder in it");
  const kernel = KERNEL.find((one) => isWithin(folder, one));
  if (kernel) throw new AppError("validation", `What is in ${kernel} is made by the kernel and cannot be backed up`);
  let real: string;
  try {
    real = await fs.realpath(folder);
    if (!(await fs.stat(real)).isDirectory()) throw new AppError("validation", `${folder} is no folder`);
    await fs.access(real, fs.constants.R_OK | fs.constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") throw new AppError("not_found", `There is no folder ${folder}`);
    if (code === "EACCES" || code === "EPERM") throw new AppError("conflict", `Trihelm may not read ${folder}`);
    if (code === "ELOOP") throw new AppError("validation", `${folder} leads in a circle`);
    throw error;
  }
  // a link may lead elsewhere tomorrow, and its backups would be another folder's
  if (real !== folder) throw new AppError("validation", `${folder} leads through a link to ${real}: name that`);
  if (isWithin(folder, await ownData()))
    throw new AppError("conflict", `${folder} is Trihelm's own: its backups are kept there`);
  return folder;
}

/** The server's own folder below it: a backup that reads itself never ends, and its database is being written. */
async function withoutTrihelm(folder: string): Promise<string[]> {
  const own = await ownData();
  return isWithin(own, folder) ? [literalPattern(path.relative(folder, own))] : [];
}

/** Where it is, whatever links lead there. */
function ownData(): Promise<string> {
  return fs.realpath(env().dataDir).catch(() => env().dataDir);
}
