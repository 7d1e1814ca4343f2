/** What PM2 knows of an app, in detail. The one place where an environment comes out. */
import { z } from "zod";
import { formatBytes } from "#lib/format/bytes.ts";
import type { Inspection } from "../supervisor.ts";

/** Settings and figures that PM2 documents. Everything else in its answer may be a variable of the environment. */
const NATIVE = [
  "pm_id",
  "name",
  "namespace",
  "status",
  "exec_mode",
  "instances",
  "pm_exec_path",
  "pm_cwd",
  "args",
  "node_args",
  "interpreter_args",
  "exec_interpreter",
  "node_version",
  "version",
  "username",
  "uid",
  "gid",
  "watch",
  "ignore_watch",
  "autorestart",
  "autostart",
  "cron_restart",
  "stop_exit_codes",
  "max_memory_restart",
  "max_restarts",
  "min_uptime",
  "restart_delay",
  "exp_backoff_restart_delay",
  "kill_timeout",
  "listen_timeout",
  "wait_ready",
  "shutdown_with_message",
  "treekill",
  "instance_var",
  "merge_logs",
  "log_date_format",
  "log_type",
  "pm_out_log_path",
  "pm_err_log_path",
  "pm_pid_path",
  "pm_uptime",
  "created_at",
  "restart_time",
  "unstable_restarts",
  "exit_code",
  "source_map_support",
  "vizion",
  "versioning",
  "pmx_module",
  "axm_monitor",
] as const;

/** What PM2 and its command line put into an environment for themselves. */
const INTERNAL = new Set([
  "unique_id",
  "km_link",
  "vizion_running",
  "pm2_env",
  "PM2_USAGE",
  "PM2_INTERACTOR_PROCESSING",
  "PM2_PROGRAMMATIC",
  "PM2_JSON_PROCESSING",
  "PM2_INTERACTION_LOG_PATH",
]);

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const words = z.union([z.array(scalar.transform(String)), z.string().transform((text) => [text])]).catch([]);
const rawEntry = z.object({ pm_id: z.number(), pm2_env: z.record(z.string(), z.unknown()) });
const versioning = z.object({ branch: z.string().optional(), revision: z.string().optional() }).catch({});

/** `answer` is that of `getMonitorData`; `ids` the processes of the app. `user` is the owner of the PM2 home. */
export function toInspection(answer: unknown, ids: readonly number[], user: string | null): Inspection | null {
  const entries = z
    .array(z.unknown())
    .parse(answer)
    .flatMap((one) => rawEntry.safeParse(one).data ?? [])
    .filter((one) => ids.includes(one.pm_id));
  const settings = entries[0]?.pm2_env;
  if (!settings) return null;
  const native: Record<string, unknown> = {};
  for (const key of NATIVE) if (settings[key] !== undefined) native[key] = settings[key];
  const text = (key: (typeof NATIVE)[number]) =>
    scalar
      .transform(String)
      .nullable()
      .catch(null)
      .parse(native[key] ?? null);
  const script = text("pm_exec_path");
  const interpreter = text("exec_interpreter");
  const command = [...words.parse(native.node_args), ...(script ? [script] : []), ...words.parse(native.args)];
  return {
    native,
    environment: environmentOf(settings.env),
    command: interpreter && interpreter !== "none" ? [interpreter, ...command] : command,
    workingDirectory: text("pm_cwd"),
    user: text("uid") ?? text("username") ?? user,
    mounts: [],
    networks: [],
    files: script
      ? [{ path: script, role: "script", text: null, problem: "A script is code: only its path is shown." }]
      : [],
    facts: factsOf(text, entries.length, native.versioning),
  };
}

function environmentOf(env: unknown): Inspection["environment"] {
  return Object.entries(z.record(z.string(), z.unknown()).catch({}).parse(env))
    .filter(([name]) => !INTERNAL.has(name))
    .flatMap(([name, value]) => {
      // PM2 keeps objects among them, as the configuration of a module under its name: no process gets those
      const parsed = scalar.safeParse(value);
      return parsed.success ? [{ name, value: String(parsed.data) }] : [];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function factsOf(
  text: (key: (typeof NATIVE)[number]) => string | null,
  instances: number,
  git: unknown,
): Inspection["facts"] {
  const known = (key: (typeof NATIVE)[number]) => {
    const value = text(key);
    return value === "N/A" || value === "" ? null : value;
  };
  const milliseconds = (key: (typeof NATIVE)[number]) => known(key) && `${Number(known(key)) / 1000} s`;
  const { branch, revision } = versioning.parse(git);
  const memory = known("max_memory_restart");
  const all: [string, string | null][] = [
    ["Script", known("pm_exec_path")],
    ["Exec mode", known("exec_mode")],
    ["Instances", String(instances)],
    ["Interpreter", known("exec_interpreter")],
    ["Node version", known("node_version")],
    ["Working directory", known("pm_cwd")],
    ["Namespace", known("namespace")],
    ["Version", known("version")],
    ["Git", branch && revision ? `${branch} ${revision.slice(0, 10)}` : (revision ?? branch ?? null)],
    ["Restart delay", milliseconds("restart_delay") ?? milliseconds("exp_backoff_restart_delay")],
    ["Restart above", memory && `${formatBytes(Number(memory))} each`],
    ["Cron restart", known("cron_restart")],
    ["Out log", known("pm_out_log_path")],
    ["Error log", known("pm_err_log_path")],
  ];
  return all.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]));
}
