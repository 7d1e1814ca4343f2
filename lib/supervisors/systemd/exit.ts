/** How a service ended, as figures and in words. */
import os from "node:os";
import { formatBytes } from "#lib/format/bytes.ts";
import { formatDuration } from "#lib/format/duration.ts";
import { timestamp } from "#lib/platform/clock.ts";
import type { LastExit, ServiceState } from "../supervisor.ts";
import type { MainExit, Unit } from "./unit.ts";

/** What systemd itself answers with where a process could not even be set up; systemd.exec(5) has the list. */
const SETUP: Record<number, string> = {
  200: "CHDIR: its working directory cannot be entered",
  201: "NICE",
  202: "FDS",
  203: "EXEC: its program cannot be run",
  204: "MEMORY",
  205: "LIMITS",
  206: "OOM_ADJUST",
  208: "STDIN",
  209: "STDOUT: its output cannot be set up",
  210: "CHROOT",
  213: "IDLE",
  214: "SETSCHEDULER",
  216: "GROUP: its group does not exist",
  217: "USER: its user does not exist",
  218: "CAPABILITIES",
  219: "CGROUP",
  222: "STDERR: its error output cannot be set up",
  225: "NETWORK",
  226: "NAMESPACE: a path of its sandbox cannot be set up",
  227: "NO_NEW_PRIVILEGES",
  228: "SECCOMP",
  233: "RUNTIME_DIRECTORY",
  238: "STATE_DIRECTORY",
  239: "CACHE_DIRECTORY",
  240: "LOGS_DIRECTORY",
  241: "CONFIGURATION_DIRECTORY",
  243: "CREDENTIALS",
};

/** of two names for one number (SIGABRT, SIGIOT) the first is the usual one */
const SIGNALS = new Map(
  Object.entries(os.constants.signals)
    .reverse()
    .map(([name, number]) => [number, name]),
);

/** `SIGKILL` for 9; a real-time signal has no name in Node. */
export function signalName(number: number): string {
  return SIGNALS.get(number) ?? `SIG${number}`;
}

export function lastExit(exit: MainExit | null, oomKilled: boolean): LastExit | null {
  if (!exit) return null;
  const code = exit.how === "exited" ? exit.status : null;
  return { code, signal: code === null ? signalName(exit.status) : null, oomKilled, at: timestamp(exit.at) };
}

/** One sentence on why it is not fine, without a full stop; null when it is, or when nothing is known. */
export function reasonOf(unit: Unit, state: ServiceState, exit: MainExit | null): string | null {
  if (unit.load === "masked") return "Masked: it cannot be started until it is unmasked";
  if (unit.load === "not-found" && unit.active === "inactive") return "There is no unit file for it";
  if (state === "failed" && unit.active !== "failed") return unit.loadError || "Its unit file has an error";
  if (state === "failed") {
    // one that restarts by itself and failed all the same was given up: of that systemd leaves no other trace
    const tries = unit.restarts > 0 ? `, after ${unit.restarts} ${unit.restarts === 1 ? "restart" : "restarts"}` : "";
    return (ended(unit, exit) ?? `It failed (${unit.result})`) + tries;
  }
  if (state === "restarting") {
    const delay = unit.restartDelay === null ? "" : `, starts again after ${inSeconds(unit.restartDelay)}`;
    return (ended(unit, exit) ?? "It ended") + delay;
  }
  if (state === "stopped" && unit.conditionFailed) return `It was not started: ${unit.conditionFailed} does not hold`;
  if (state === "starting" && unit.restarts > 0) {
    const before = ended(unit, exit);
    return before ? `Restarted ${unit.restarts} times, before: ${before}` : `Restarted ${unit.restarts} times`;
  }
  return null;
}

/** The end of its last run; null when that was a success or nothing is known of it. */
export function ended(unit: Unit, exit: MainExit | null): string | null {
  switch (unit.result) {
    case "oom-kill":
      return unit.memoryMax === null
        ? "Killed by the kernel for want of memory (oom-kill)"
        : `Killed by the kernel at its ${formatBytes(unit.memoryMax)} memory limit (oom-kill)`;
    case "start-limit-hit": {
      const limit = unit.startLimit;
      const often = limit ? `more than ${limit.burst} times in ${inSeconds(limit.seconds)}` : "too often";
      return `Started ${often} (start-limit-hit)${exit && !isSuccess(exit) ? `; the last run ended with ${inWords(exit)}` : ""}`;
    }
    case "timeout":
      return "It took longer than its time limit to start or stop, and was ended (timeout)";
    case "watchdog":
      return "It gave no sign of life to its watchdog, and was ended (watchdog)";
    case "resources":
      return "systemd could not set it up (resources): its log says what is missing";
    case "protocol":
      return "It did not report to systemd as its Type= asks (protocol)";
    case "exec-condition":
      return "Its ExecCondition= said no (exec-condition)";
    default:
      if (exit && !isSuccess(exit)) return inWords(exit);
      // a failed ExecStartPre= or ExecStop= leaves no exit of a main process
      return unit.result === "exit-code" ? "One of its commands failed (exit-code)" : null;
  }
}

function inWords(exit: MainExit): string {
  if (exit.how === "dumped") return `${signalName(exit.status)}, with a core dump`;
  if (exit.how === "killed") return `Killed by ${signalName(exit.status)}`;
  const setup = SETUP[exit.status];
  return setup ? `Exit ${exit.status} (${setup})` : `Exit ${exit.status}`;
}

function isSuccess(exit: MainExit): boolean {
  return exit.how === "exited" && exit.status === 0;
}

/** Delays under a minute keep their fraction: the default is 0.1 s. */
function inSeconds(seconds: number): string {
  return seconds < 60 ? `${Number(seconds.toFixed(1))} s` : formatDuration(seconds);
}
