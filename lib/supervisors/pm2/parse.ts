/**
 * What `getMonitorData` answers, checked. The environment of an app stands twice in it, under `env` and spread among the
 * configuration; nothing of it leaves here but `PORT`. Since a variable can therefore shadow a setting of the same name,
 * every setting is read as loosely as it may come (number or text) and falls back to PM2's default.
 */
import { z } from "zod";

export interface Pm2Process {
  id: number;
  /** null when it has none, or when the one that PM2 still names has ended */
  pid: number | null;
  name: string;
  namespace: string;
  status: string;
  /** milliseconds since the epoch */
  startedAt: number | null;
  restarts: number;
  /** ends within `minUptime` since the last start by hand */
  unstableRestarts: number;
  exitCode: number | null;
  cluster: boolean;
  module: boolean;
  script: string;
  outLog: string | null;
  errLog: string | null;
  /** bytes, of this process alone */
  memoryLimit: number | null;
  autorestart: boolean;
  stopExitCodes: number[];
  /** the three delays, `minUptime` among them, in milliseconds */
  restartDelay: number | null;
  backoffDelay: number | null;
  minUptime: number;
  maxRestarts: number;
  killTimeout: number | null;
  listenTimeout: number | null;
  /** the variable `PORT`, a hint at what a cluster listens on */
  port: number | null;
  /** bytes, as PM2 saw it when it was asked */
  memory: number | null;
}

const figure = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^-?\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .nullable()
  .catch(null);
const text = z.string().min(1).nullable().catch(null);
const flag = (otherwise: boolean) =>
  z.union([z.boolean(), z.enum(["true", "false"]).transform((word) => word === "true")]).catch(otherwise);
const codes = z
  .union([z.array(figure), figure.transform((one) => [one])])
  .catch([])
  .transform((list) => list.filter((code) => code !== null));

const settings = z.object({
  status: z.string().catch("unknown"),
  namespace: z.string().min(1).catch("default"),
  pm_uptime: figure,
  restart_time: figure,
  unstable_restarts: figure,
  exit_code: figure,
  exec_mode: text,
  pmx_module: flag(false),
  pm_exec_path: text,
  pm_out_log_path: text,
  pm_err_log_path: text,
  max_memory_restart: figure,
  autorestart: flag(true),
  stop_exit_codes: codes,
  restart_delay: figure,
  exp_backoff_restart_delay: figure,
  min_uptime: figure,
  max_restarts: figure,
  kill_timeout: figure,
  listen_timeout: figure,
  env: z.object({ PORT: figure }).catch({ PORT: null }),
});

const entry = z.object({
  pid: figure,
  name: z.union([z.string(), z.number().transform(String)]),
  pm_id: z.number().int().min(0),
  pm2_env: settings,
  monit: z.object({ memory: figure }).catch({ memory: null }),
});

/** PM2's defaults, from its documentation. */
const MIN_UPTIME = 1000;
const MAX_RESTARTS = 16;
/** statuses in which the pid that PM2 names is a living process */
const ALIVE = new Set(["online", "launching", "stopping", "one-launch-status"]);

/** Throws ZodError when the answer is no list. An entry that is no process is left out: the others are still true. */
export function parseProcesses(answer: unknown): Pm2Process[] {
  return z
    .array(z.unknown())
    .parse(answer)
    .flatMap((one) => {
      const parsed = entry.safeParse(one);
      return parsed.success ? [toProcess(parsed.data)] : [];
    });
}

/** statuses that PM2 also gives to a process that it is about to start again: with the pid of the one that ended */
const BETWEEN = new Set(["waiting restart", "stopped"]);

/** The pid that PM2 keeps of a process that ended is no process's, but tells that another one will come. */
function toProcess({ pid, name, pm_id: id, pm2_env: env, monit }: z.infer<typeof entry>): Pm2Process {
  return {
    id,
    pid: pid !== null && pid > 0 && (BETWEEN.has(env.status) || ALIVE.has(env.status)) ? pid : null,
    name,
    namespace: env.namespace,
    status: env.status,
    startedAt: env.pm_uptime,
    restarts: env.restart_time ?? 0,
    unstableRestarts: env.unstable_restarts ?? 0,
    exitCode: env.exit_code,
    cluster: env.exec_mode === "cluster_mode",
    module: env.pmx_module,
    script: env.pm_exec_path ?? "",
    outLog: env.pm_out_log_path,
    errLog: env.pm_err_log_path,
    memoryLimit: env.max_memory_restart,
    autorestart: env.autorestart,
    stopExitCodes: env.stop_exit_codes,
    restartDelay: env.restart_delay,
    backoffDelay: env.exp_backoff_restart_delay,
    minUptime: env.min_uptime ?? MIN_UPTIME,
    maxRestarts: env.max_restarts ?? MAX_RESTARTS,
    killTimeout: env.kill_timeout,
    listenTimeout: env.listen_timeout,
    port: env.env.PORT,
    memory: monit.memory || null,
  };
}

/** PM2 is about to start it again: it has ended, and what comes next is not there yet. */
export function isBetween({ pid, status }: Pm2Process): boolean {
  return pid !== null && BETWEEN.has(status);
}

/** True when there is a living process behind the pid. */
export function isAlive(process: Pm2Process): process is Pm2Process & { pid: number } {
  return process.pid !== null && ALIVE.has(process.status);
}
