/** Everything about one unit: its properties, its environment, its files. */
import fs from "node:fs/promises";
import { formatBytes } from "#lib/format/bytes.ts";
import { messageOf } from "#lib/platform/errors.ts";
import type { Inspection } from "../supervisor.ts";
import type { BusObject, BusValue } from "./bus/decode.ts";
import { parseAssignment, parseEnvironmentFile, type Variable } from "./environment-file.ts";
import { figure, type Unit, unitOf, WANTED } from "./unit.ts";

/** Hold values of the environment or credentials. */
const SECRET = new Set(["Environment", "SetCredential", "SetCredentialEncrypted"]);
/** What is shown even of a unit that systemd cannot describe as a whole. */
export const SHOWN: ReadonlySet<string> = new Set([
  ...WANTED,
  ...["Environment", "EnvironmentFiles", "UnsetEnvironment", "ExecStart", "WorkingDirectory", "User", "StatusText"],
  ...["BindPaths", "BindReadOnlyPaths", "TemporaryFileSystem", "TasksCurrent"],
]);
const LARGEST_FILE = 1024 * 1024;

/** `properties`: all of the unit's, as systemd gives them. */
export async function inspectionOf(name: string, properties: BusObject): Promise<Inspection> {
  const unit = unitOf(name, properties);
  const command = ((properties.ExecStart ?? []) as BusValue[][])[0]?.[1];
  return {
    native: nativeOf(properties),
    environment: await environmentOf(properties),
    command: texts(command),
    workingDirectory: text(properties.WorkingDirectory).replace(/^[!-]/, "") || null,
    user: text(properties.User) || null,
    mounts: mountsOf(properties),
    networks: [],
    files: await filesOf(unit),
    facts: factsOf(unit, properties),
  };
}

/** Without the environment; numbers that JSON cannot hold are systemd's "not set" and "infinity". */
function nativeOf(properties: BusObject): Record<string, unknown> {
  const kept = Object.entries(properties).filter(([name]) => !SECRET.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, plain(value)]));
}

function plain(value: BusValue): unknown {
  if (typeof value === "bigint") return null;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}

/** In systemd's order: Environment=, then EnvironmentFile=, which wins, without what UnsetEnvironment= takes away. */
async function environmentOf(properties: BusObject): Promise<Variable[]> {
  const variables = new Map<string, string>();
  for (const assignment of texts(properties.Environment)) {
    const variable = parseAssignment(assignment);
    if (variable) variables.set(variable.name, variable.value);
  }
  for (const [path] of (properties.EnvironmentFiles ?? []) as BusValue[][]) {
    const { text: content } = await readFile(text(path));
    for (const { name, value } of parseEnvironmentFile(content ?? "")) variables.set(name, value);
  }
  for (const unset of texts(properties.UnsetEnvironment)) {
    const variable = parseAssignment(unset);
    if (!variable) variables.delete(unset);
    else if (variables.get(variable.name) === variable.value) variables.delete(variable.name);
  }
  return [...variables].map(([name, value]) => ({ name, value }));
}

function mountsOf(properties: BusObject): Inspection["mounts"] {
  const binds = (list: BusValue | undefined, readOnly: boolean) =>
    ((list ?? []) as BusValue[][]).map(([source, target]) => ({
      type: "bind" as const,
      source: text(source),
      target: text(target),
      readOnly,
    }));
  const temporary = ((properties.TemporaryFileSystem ?? []) as BusValue[][]).map(([target, options]) => ({
    type: "tmpfs" as const,
    source: "tmpfs",
    target: text(target),
    readOnly: text(options).split(",").includes("ro"),
  }));
  return [...binds(properties.BindPaths, false), ...binds(properties.BindReadOnlyPaths, true), ...temporary];
}

async function filesOf(unit: Unit): Promise<Inspection["files"]> {
  const paths = [unit.fragment, ...unit.dropIns].filter((path) => path.startsWith("/") && path !== "/dev/null");
  return Promise.all(
    paths.map(async (path) => ({
      path,
      role: path === unit.fragment ? ("unit" as const) : ("drop-in" as const),
      ...(await readFile(path)),
    })),
  );
}

async function readFile(path: string): Promise<{ text: string | null; problem: string | null }> {
  try {
    const stat = await fs.stat(path);
    // a device or a pipe could be named here, and reading it would never end
    if (!stat.isFile()) return { text: null, problem: "It is not an ordinary file" };
    if (stat.size > LARGEST_FILE) return { text: null, problem: `It is larger than ${formatBytes(LARGEST_FILE)}` };
    return { text: await fs.readFile(path, "utf8"), problem: null };
  } catch (error) {
    return { text: null, problem: messageOf(error) };
  }
}

function factsOf(unit: Unit, properties: BusObject): Inspection["facts"] {
  const pairs: [string, string | null][] = [
    ["Unit file", unit.fragment || null],
    ["Drop-ins", unit.dropIns.length > 0 ? String(unit.dropIns.length) : null],
    ["Unit file state", unit.fileState || null],
    ["Main PID", unit.mainPid === null ? null : String(unit.mainPid)],
    ["Result", unit.result || null],
    ["Status", text(properties.StatusText) || null],
    ["Type", unit.type || null],
    ["Restart", restartFact(unit)],
    ["Memory limit", unit.memoryMax === null ? null : formatBytes(unit.memoryMax)],
    ["Tasks", figure(properties.TasksCurrent) === null ? null : String(properties.TasksCurrent)],
    ["User", text(properties.User) || null],
    ["Slice", unit.slice || null],
    ["Started by", texts(properties.TriggeredBy).join(", ") || null],
    ["Needs daemon-reload", properties.NeedDaemonReload === true ? "yes: its unit file changed on disk" : null],
  ];
  return pairs.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]));
}

function restartFact(unit: Unit): string | null {
  if (unit.restart === "" || unit.restart === "no") return unit.restart || null;
  return unit.restartDelay === null ? unit.restart : `${unit.restart}, after ${unit.restartDelay} s`;
}

function text(value: BusValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function texts(value: BusValue | undefined): string[] {
  return Array.isArray(value) ? value.map(text) : [];
}
