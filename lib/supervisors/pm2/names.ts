/**
 * Names of apps. PM2 takes nearly anything, and some names mean something to its command line (`all`, a number,
 * `/a regular expression/`, the path of a script or of a configuration file). They are harmless here: an action goes to
 * the numbers of the processes that exist at that moment under exactly this name. Refused are only names that PM2 never
 * gives or that no terminal survives: empty, over 256 characters, control characters.
 */
import { SupervisorError } from "../supervisor.ts";
import type { Pm2Process } from "./parse.ts";

const LONGEST = 256;

/** Throws `invalid_name`. */
export function checkName(name: string): void {
  if (name.length === 0 || name.length > LONGEST || /\p{Cc}/u.test(name))
    throw new SupervisorError(
      "invalid_name",
      `A PM2 app has a name of 1 to ${LONGEST} characters without control characters.`,
    );
}

/**
 * Processes by the name of their app. The same name in two namespaces is two apps: the one in `default` keeps the plain
 * name, the others are `name@namespace`, so that acting on one can never touch the other. A name that stands in one
 * namespace only stays plain.
 */
export function groupByApp(processes: readonly Pm2Process[]): Map<string, Pm2Process[]> {
  const namespaces = new Map<string, Map<string, Pm2Process[]>>();
  for (const process of processes) {
    const spaces = namespaces.get(process.name) ?? new Map<string, Pm2Process[]>();
    namespaces.set(process.name, spaces);
    spaces.set(process.namespace, [...(spaces.get(process.namespace) ?? []), process]);
  }
  const apps = new Map<string, Pm2Process[]>();
  const later: [string, Pm2Process[]][] = [];
  for (const [name, spaces] of namespaces)
    for (const [namespace, members] of spaces) {
      const plain = spaces.size === 1 || namespace === "default";
      if (plain) apps.set(name, members);
      else later.push([`${name}@${namespace}`, members]);
    }
  // an app can bear such a name by itself: the suffix is repeated until the name is free
  for (const [wanted, members] of later.sort(([a], [b]) => (a < b ? -1 : 1))) {
    let name = wanted;
    while (apps.has(name)) name = `${name}@${members[0]!.namespace}`;
    apps.set(name, members);
  }
  for (const members of apps.values()) members.sort((a, b) => a.id - b.id);
  return apps;
}
