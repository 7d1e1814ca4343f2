/**
 * Which units belong on the board without asking for all of them.
 *
 * Listed: what failed; what was started with systemd-run; what an administrator wrote (its file, or a drop-in for it, is
 * neither the distribution's nor a generator's, or the generator's source is the administrator's); and what is enabled, be
 * it by an administrator or by its package, as nobody can tell the two apart: ssh, caddy, postgresql@15-main.
 * Not listed: systemd's own plumbing and consoles, though they are enabled too; the distribution's boot steps (Type=oneshot:
 * they end when the machine is up); what is masked, unless it still runs; names without a file.
 */
import type { Unit } from "./unit.ts";

const DISTRIBUTION = ["/usr/lib/", "/lib/", "/usr/share/"];
const GENERATORS = /^\/run\/(?:user\/\d+\/)?systemd\/generator/;
const TRANSIENT = /^\/run\/(?:user\/\d+\/)?systemd\/transient\//;
const PLUMBING =
  /^(?:systemd-|dbus[.-]|dbus-broker|(?:serial-|console-|container-)?getty|autovt@|user@|user-runtime-dir@|plymouth|initrd-|modprobe@|udev|polkit|rescue|emergency|debug-shell|quotaon|rc-local|ifup@|cloud-)/;
const ENABLED = new Set(["enabled", "enabled-runtime", "linked", "linked-runtime"]);

export function isListed(unit: Unit): boolean {
  if (unit.active === "failed" || unit.load === "error" || unit.load === "bad-setting") return true;
  const up = unit.active !== "inactive";
  if (unit.load === "masked" || unit.load === "not-found") return up;
  if (isTransient(unit)) return true;
  if (isAdministrators(unit.fragment)) return true;
  if (GENERATORS.test(unit.fragment) && isAdministrators(unit.sourcePath) && !isInitScript(unit.sourcePath))
    return true;
  if (PLUMBING.test(unit.name)) return false;
  if (unit.dropIns.some(isAdministrators)) return true;
  // scripts in /etc/init.d come with packages and by hand alike: those that run count
  if (isInitScript(unit.sourcePath)) return up;
  return ENABLED.has(unit.fileState) && unit.type !== "oneshot";
}

export function isTransient(unit: Pick<Unit, "transient" | "fragment">): boolean {
  return unit.transient || TRANSIENT.test(unit.fragment);
}

/** A file that neither the distribution nor a program at boot has put there. */
export function isAdministrators(path: string): boolean {
  if (!path.startsWith("/") || path === "/dev/null") return false;
  return !DISTRIBUTION.some((folder) => path.startsWith(folder)) && !GENERATORS.test(path) && !TRANSIENT.test(path);
}

function isInitScript(path: string): boolean {
  return path.startsWith("/etc/init.d/") || path.startsWith("/etc/rc.d/");
}
