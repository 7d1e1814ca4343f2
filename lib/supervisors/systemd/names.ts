/** Names of service units, and the D-Bus paths that systemd makes of them. */
import { SupervisorError } from "../supervisor.ts";

/**
 * Letters, digits and `:_.\@-`, ending in `.service`: what systemd itself allows, and no character of a glob. A leading
 * dash is legal there (`-.service` has no meaning, `-x.service` has) and harmless here: names travel over D-Bus, and to
 * journalctl only inside `FIELD=name`. A template (`x@.service`) is no service.
 */
const NAME = /^[A-Za-z0-9:_.\\@-]{1,247}\.service$/;
const UNIT_FOLDER = "/org/freedesktop/systemd1/unit/";

/** Throws SupervisorError `invalid_name`. */
export function checkName(name: string): string {
  if (!isServiceName(name))
    throw new SupervisorError(
      "invalid_name",
      `This is not the full name of a service unit: ${JSON.stringify(name.slice(0, 80))}`,
    );
  return name;
}

export function isServiceName(name: string): boolean {
  return NAME.test(name) && !name.startsWith(".") && !isTemplate(name);
}

export function isTemplate(name: string): boolean {
  return name.endsWith("@.service");
}

/** `x@1.service` is an instance of `x@.service`; null for any other unit. */
export function templateOf(name: string): string | null {
  const at = name.indexOf("@");
  return at > 0 && !isTemplate(name) ? `${name.slice(0, at)}@.service` : null;
}

/** `a-b.service` is at `/org/freedesktop/systemd1/unit/a_2db_2eservice`. */
export function pathOfUnit(name: string): string {
  const bytes = Buffer.from(name);
  let label = "";
  for (const [index, byte] of bytes.entries()) {
    const character = String.fromCharCode(byte);
    const plain = /[A-Za-z]/.test(character) || (index > 0 && /[0-9]/.test(character));
    label += plain ? character : `_${byte.toString(16).padStart(2, "0")}`;
  }
  return UNIT_FOLDER + label;
}

/** The name behind a unit's path; null for what is no service. */
export function serviceOfPath(path: string): string | null {
  // nearly all signals are about devices, mounts and scopes: told apart without decoding
  if (!path.endsWith("_2eservice") || !path.startsWith(UNIT_FOLDER)) return null;
  const label = path.slice(UNIT_FOLDER.length);
  const name = label.replace(/_([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return isServiceName(name) ? name : null;
}

/** A name as a pattern that matches itself alone: a backslash would quote the character behind it. */
export function asPattern(name: string): string {
  return name.replaceAll("\\", "\\\\");
}
