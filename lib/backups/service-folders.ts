/** Where a unit or an app keeps what is its own, by what its supervisor says of it. */
import fs from "node:fs/promises";
import path from "node:path";
import type { Inspection, Supervisor } from "#lib/supervisors/supervisor.ts";

export interface ServiceFolder {
  path: string;
  role: "state" | "folder";
}

/** by the manager's own rules, for what systemd names below them */
const STATE = { system: "/var/lib", configuration: "/etc" };
/** folders that hold everybody's: to be in one of them says nothing */
const SHARED = new Set(
  "/ /bin /boot /dev /etc /home /lib /lib64 /media /mnt /opt /proc /root /run /sbin /snap /srv /sys /tmp /usr /var".split(
    " ",
  ),
);
const BELOW_SHARED =
  /^\/(usr|boot|dev|proc|sys|run|snap|lib|lib64|bin|sbin)(\/|$)|^\/var\/(lib|log|cache|tmp|run|spool|www|opt)$|^\/home\/[^/]+$/;

/** Real, existing folders, the outer ones only. Throws what `inspect` throws. */
export async function foldersOf(supervisor: Supervisor, name: string): Promise<ServiceFolder[]> {
  return realFolders(foldersIn(await supervisor.inspect(name)));
}

/** As the supervisor names them, whether or not they are there. */
export function foldersIn({ native, workingDirectory, command }: Inspection): ServiceFolder[] {
  const named = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
  const below = (base: string, value: unknown) =>
    named(value).flatMap((one) => (one.split("/").includes("..") ? [] : [path.join(base, one)]));
  const state = [
    ...below(STATE.system, native.StateDirectory),
    ...below(STATE.configuration, native.ConfigurationDirectory),
  ];
  // an app of PM2 that was started from somebody's home: then the folder of its script
  const places = [workingDirectory, native.pm_exec_path && path.dirname(String(native.pm_exec_path))];
  const own = places.find((one): one is string => typeof one === "string" && path.isAbsolute(one) && !isShared(one));
  const found: ServiceFolder[] = state.map((one) => ({ path: one, role: "state" }));
  if (own !== undefined && command.length > 0) found.push({ path: path.resolve(own), role: "folder" });
  return found;
}

/** One that belongs to nobody alone. */
export function isShared(folder: string): boolean {
  const tidy = path.resolve(folder);
  return SHARED.has(tidy) || BELOW_SHARED.test(tidy);
}

/** `StateDirectory=` of a dynamic user is a link to where it really is. */
async function realFolders(folders: readonly ServiceFolder[]): Promise<ServiceFolder[]> {
  const found = new Map<string, ServiceFolder>();
  for (const folder of folders) {
    const real = await fs.realpath(folder.path).catch(() => null);
    if (real === null || isShared(real)) continue;
    const stats = await fs.stat(real).catch(() => null);
    if (stats?.isDirectory() && !found.has(real)) found.set(real, { ...folder, path: real });
  }
  const all = [...found.values()];
  return all.filter((one) => !all.some((other) => other !== one && one.path.startsWith(`${other.path}/`)));
}
