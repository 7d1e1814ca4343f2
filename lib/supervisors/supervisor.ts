/**
 * The supervisor contract: what systemd, PM2, Docker and Podman look like to the rest of Trihelm.
 *
 * An adapter translates and does nothing else: it never audits, authorises or redacts. Units: seconds, bytes, CPU as a
 * fraction of one core. A figure that the tool does not give, or gives as a sentinel ("[not set]", 2^64-1), is null.
 *
 * States, and what they promise:
 *   running     its processes are up and, as far as its supervisor says, it is ready
 *   starting    asked to run, not ready yet (an activating unit, a PM2 app launching, a created container being started)
 *   stopping    asked to end, still alive
 *   restarting  it ended by itself and its supervisor waits to start it again: never fine
 *   paused      frozen with its memory kept
 *   stopped     not running, and that is what was asked for or it ended with success
 *   failed      not running, and nobody asked for that
 *   unknown     the supervisor says something that the adapter's table does not know, or cannot be asked
 * Health is a separate axis: a running container can be `unhealthy`.
 *
 * Names are what the supervisor calls the thing: container name, full unit name, PM2 app name. An adapter checks a name
 * against its own pattern before it goes anywhere, and answers `invalid_name` otherwise.
 *
 * Errors: every method throws `SupervisorError` only; an abort by the caller's signal is no error and ends quietly.
 */
import { AppError, type ErrorCode } from "#lib/platform/errors.ts";

export const SERVICE_STATES = [
  "running",
  "starting",
  "stopping",
  "restarting",
  "paused",
  "stopped",
  "failed",
  "unknown",
] as const;
export type ServiceState = (typeof SERVICE_STATES)[number];

export const SERVICE_ACTIONS = ["start", "stop", "restart", "reload", "kill", "pause", "unpause"] as const;
export type ServiceAction = (typeof SERVICE_ACTIONS)[number];

export const SUPERVISOR_KINDS = ["systemd", "pm2", "docker", "podman"] as const;
export type SupervisorKind = (typeof SUPERVISOR_KINDS)[number];

export type Health = "healthy" | "unhealthy" | "starting" | "none";

export interface Port {
  protocol: "tcp" | "udp";
  /** the address it listens on or is published on: `0.0.0.0`, `127.0.0.1`, `::` */
  address: string;
  port: number;
  /** the port inside the container, null where nothing is translated */
  target: number | null;
}

export interface LastExit {
  code: number | null;
  /** `SIGKILL`, never a number */
  signal: string | null;
  oomKilled: boolean;
  /** RFC 3339 */
  at: string | null;
  /** its supervisor was told to end it, by whomever; left out where it does not say */
  asked?: true;
}

export interface RestartPolicy {
  policy: "no" | "on-failure" | "always" | "unless-stopped";
  /** seconds between the end and the next start */
  delay: number | null;
  /** starts allowed, in `window` seconds where there is one */
  limit: number | null;
  window: number | null;
}

export interface InstanceRecord {
  /** PM2's `pm_id`, the container's short id, the unit's main process */
  id: string;
  pid: number | null;
  /** the tool's own word for this instance */
  state: string;
  /** as `restarts` of the record, for this instance alone */
  restarts: number;
  /** RFC 3339, when this instance entered its state */
  since: string | null;
}

/** One service as its supervisor sees it, without figures that change by the second. */
export interface ServiceRecord {
  name: string;
  title: string;
  group: string | null;
  state: ServiceState;
  /** `{age}` in it stands for how long ago `since` was: an older text alone is no change */
  nativeState: string;
  health: Health;
  /** RFC 3339 */
  since: string | null;
  restarts: number;
  lastExit: LastExit | null;
  instances: InstanceRecord[];
  /** bytes; null: no limit */
  memoryLimit: number | null;
  ports: Port[];
  restartPolicy: RestartPolicy;
  startsAtBoot: boolean | null;
  source: string;
  /** what the supervisor would accept in this state */
  actions: ServiceAction[];
  /** belongs on the board without asking for everything: an administrator wrote or enabled it, or it failed */
  listed: boolean;
  /** a few words that tell it from its neighbours: `4 of 4`, `module`, `transient`; null mostly */
  tag: string | null;
  /** one sentence on why it is not fine, in the tool's terms; null when it is fine or nothing is known */
  reason: string | null;
  /** addresses inside private networks that reach this service and only it (a container's own) */
  addresses: string[];
  /** names of services of the same supervisor that are told to need this one (`Requires=`, compose `depends_on`) */
  dependents: string[];
}

export interface InstanceUsage {
  id: string;
  /** CPU used since the instance started, in seconds: the reader takes the difference of two readings */
  cpuSeconds: number | null;
  memory: number | null;
}

/** One reading of what a service uses. `at` is a monotonic time in milliseconds. */
export interface ServiceUsage {
  name: string;
  at: number;
  cpuSeconds: number | null;
  memory: number | null;
  instances: InstanceUsage[];
}

/** Can read the CPU and memory of many services at once, cheaply: cgroup files or `/proc`, never a call per service. */
export interface UsageSource {
  usage(records: readonly ServiceRecord[]): Promise<ServiceUsage[]>;
}

export type Probe =
  /** `channel`: how it is reached, in a word: `D-Bus`, `deploy`, `socket` */
  | { status: "ready"; version: string | null; channel: string }
  /** `detail`: the tool's own words. `hint`: what to do, in one sentence. `command`: a line to type, if one helps */
  | { status: "absent" | "denied"; detail: string; hint: string; command: string | null };

export type Change =
  /** the whole truth: first after connecting, and again after every reconnect or resync that found differences */
  | { type: "reset"; records: ServiceRecord[] }
  | { type: "changed"; record: ServiceRecord }
  | { type: "gone"; name: string }
  /** the daemon cannot be reached any more; the last records stay what was last known. A `reset` ends it */
  | { type: "down"; probe: Probe };

export interface ActOptions {
  /** seconds that the processes get to end by themselves, where the tool can be told; null: the tool's own setting */
  timeout: number | null;
  /** for `kill`: `SIGTERM`, `SIGHUP`, …; null: `SIGKILL` */
  signal: string | null;
  /** go on although a start limit would be hit (the adapter clears the counter first) */
  force: boolean;
  /** do not wait for the end: the service is the one that serves this call */
  detached: boolean;
}

export interface LogQuery {
  /** the newest N lines before now; null: all */
  tail: number | null;
  /** RFC 3339 */
  since: string | null;
  until: string | null;
  /** a cursor of this adapter: lines after it only */
  after: string | null;
  follow: boolean;
}

export interface LogRecord {
  /**
   * Opaque to all but the adapter that made it. What stands before its first `~`, or all of it, is the same whoever reads
   * the line, and tells it from every other line.
   */
  cursor: string;
  /** RFC 3339 with the precision of the source */
  time: string;
  stream: "stdout" | "stderr";
  /** raw text of one line without its line end; may hold escape sequences */
  text: string;
  /** syslog priority 0 to 7 where the source has one */
  priority: number | null;
  /** so many lines were lost by the source itself, here; `text` says how. null: it does not know how many */
  lost?: number | null;
  /** the source itself gave it as one message with the line before it */
  continues?: true;
  /** the line says what became of the service */
  mark?: ServiceMark;
  /** no line of the log: `mark` alone, put beside the lines */
  beside?: true;
  /** nobody wrote when it was printed: `time` is when its file was written last, and so no earlier than that */
  untimed?: true;
}

/** What became of a service at some time. */
export interface ServiceMark {
  /** `restarted`: by its supervisor; `recreated`: another one under the same name */
  kind: "started" | "exited" | "failed" | "restarted" | "recreated";
  code: number | null;
  /** `SIGKILL` */
  signal: string | null;
}

export interface TimedMark extends ServiceMark {
  /** RFC 3339 */
  time: string;
}

/** Knows what became of a service although its log does not say it. */
export interface MarkSource {
  /** Oldest first, as far as it remembers. Empty where it cannot tell now; throws for a foreign name only. */
  marks(name: string, signal: AbortSignal): Promise<TimedMark[]>;
}

export interface HistoryQuery {
  /** `newest`: batches from the newest back; the lines of each batch stand in their order all the same */
  from: "oldest" | "newest";
  /** RFC 3339, inclusive */
  since: string | null;
  until: string | null;
  /** cursors: lines after the first, before the second (not with it), up to the third and with it */
  after: string | null;
  before: string | null;
  through: string | null;
  /**
   * ASCII in lower case: a line that holds none of these, in whatever case, may be left out. Only a hint, so that a source
   * can look through raw bytes; null: all are wanted
   */
  anyOf: readonly string[] | null;
  /** a line whose end is not written yet is left out */
  endedOnly?: boolean | undefined;
  /** told as the reading goes on: time of the line that it has come to, bytes read since it was last told */
  onProgress?: ((time: string | null, bytes: number) => void) | undefined;
}

/** Can read what there is of a log from both ends, without reading the rest. */
export interface LogHistory {
  /**
   * Ends at the end of what there is now, or when the signal aborts. An empty batch gives the reader a chance to leave.
   * null: not this log; `logs` has to do.
   */
  history(name: string, query: HistoryQuery, signal: AbortSignal): Promise<AsyncIterable<LogRecord[]> | null>;
}

/** What lines are read from: a service through its supervisor, or what stands alone. */
export type LogReader = Pick<Supervisor, "logs"> & Partial<LogHistory>;

export interface BootRecord {
  /** 32 hexadecimal digits */
  id: string;
  /** 0: this one; -1: the one before */
  index: number;
  /** RFC 3339, of its first and last entry */
  from: string;
  to: string;
}

/** Reads the machine's journal, of which its services are a part. */
export interface JournalSource {
  /** the kernel's lines, whatever name is asked for */
  readonly kernel: LogReader;
  /** Newest first. Throws as `logs` does. */
  boots(signal: AbortSignal): Promise<BootRecord[]>;
}

export interface Inspection {
  /** the tool's own properties, the environment left out; values as the tool gives them */
  native: Record<string, unknown>;
  /** the effective environment, unmasked: the domain masks it */
  environment: { name: string; value: string }[];
  command: string[];
  workingDirectory: string | null;
  user: string | null;
  mounts: { type: "volume" | "bind" | "tmpfs" | "other"; source: string; target: string; readOnly: boolean }[];
  networks: { name: string; address: string | null; aliases: string[] }[];
  /** configuration files in the order they apply; `text` null with a `problem` where it cannot be read */
  files: {
    path: string;
    role: "unit" | "drop-in" | "script" | "compose";
    text: string | null;
    problem: string | null;
  }[];
  /** what the tool's own page would show first, in order: `Digest`, `Main PID`, `Exec mode` */
  facts: { label: string; value: string }[];
}

/** `{host}/{scope}` and how to speak to what is behind it. One object per daemon, for the life of the server. */
export interface Supervisor {
  readonly host: string;
  /** `docker`, `podman`, `systemd`, `pm2`, `systemd@alice`, `pm2@alice` */
  readonly scope: string;
  readonly kind: SupervisorKind;

  /** Ready, absent or denied; never throws for an absent daemon, and never starts one. */
  probe(signal?: AbortSignal): Promise<Probe>;
  /** Everything there is, by name. Throws `unreachable` or `denied`. */
  list(signal?: AbortSignal): Promise<ServiceRecord[]>;
  /** Resolves when the supervisor says that it is done (or has accepted it, where `detached`). */
  act(name: string, action: ServiceAction, options: ActOptions, signal?: AbortSignal): Promise<void>;
  /** History, then (with `follow`) what comes, until the signal aborts or the source ends. */
  logs(name: string, query: LogQuery, signal: AbortSignal): AsyncIterable<LogRecord>;
  /**
   * Changes, from whatever tool they come, within a second. Begins with `reset` or `down`, reconnects by itself, and ends
   * only when the signal aborts.
   */
  watch(signal: AbortSignal): AsyncIterable<Change>;
  inspect(name: string, signal?: AbortSignal): Promise<Inspection>;
  /** Frees what is kept open (sockets, descriptors). */
  close(): void;
}

/** Asking, not knowing the kind: can this supervisor read usage in bulk? */
export function isUsageSource(supervisor: Supervisor): supervisor is Supervisor & UsageSource {
  return "usage" in supervisor;
}

/** Asking, not knowing the kind: can it read a log from both ends? */
export function hasLogHistory(reader: LogReader): reader is LogReader & LogHistory {
  return reader.history !== undefined;
}

/** Asking, not knowing the kind: does it know starts and ends that the log does not tell? */
export function isMarkSource(reader: object): reader is MarkSource {
  return "marks" in reader;
}

/** Asking, not knowing the kind: does it read the machine's journal? */
export function isJournalSource(supervisor: object): supervisor is JournalSource {
  return "kernel" in supervisor;
}

export type SupervisorErrorCode =
  /** the name has a shape that this supervisor never gives: nothing was called */
  | "invalid_name"
  | "not_found"
  /** the daemon does not answer or is not there */
  | "unreachable"
  /** it answers, but we may not */
  | "denied"
  /** the supervisor refused or the action failed; the message carries its own words */
  | "refused"
  /** this action does not exist here or not in this state */
  | "unsupported"
  /** another start would trip the start limit; `retryAfter` says when it would not */
  | "start_limit"
  | "timeout";

const asErrorCode: Record<SupervisorErrorCode, ErrorCode> = {
  invalid_name: "validation",
  not_found: "not_found",
  unreachable: "supervisor_unavailable",
  denied: "action_failed",
  refused: "action_failed",
  unsupported: "conflict",
  start_limit: "conflict",
  timeout: "timeout",
};

/** The one error that leaves an adapter. `message` is a sentence for people, with the tool's own words in it. */
export class SupervisorError extends AppError {
  static override readonly brand = "SupervisorError";
  readonly reason: SupervisorErrorCode;
  /** seconds, for `start_limit` */
  readonly retryAfter: number | null;

  constructor(reason: SupervisorErrorCode, message: string, options: { cause?: unknown; retryAfter?: number } = {}) {
    super(asErrorCode[reason], message, {
      cause: options.cause,
      extensions: options.retryAfter === undefined ? {} : { retryAfter: options.retryAfter },
    });
    this.reason = reason;
    this.retryAfter = options.retryAfter ?? null;
  }
}
