/** Processes below an app's own: PM2 signals the process that it started alone, and what `npm start` or a shell starts goes on. */
import { messageOf } from "#lib/platform/errors.ts";
import { processTree, readProcess } from "#lib/platform/proc.ts";
import { SupervisorError } from "../supervisor.ts";

/** one that is stopped starts no more of them, so few looks are enough */
const LOOKS = 20;

/**
 * Sends a signal to all that descend from a process of this daemon, until there is none that has not got it. Nothing is
 * done where `/proc` shows other processes than the daemon sees. Throws `refused` where one of them cannot be signalled.
 */
export function signalBelow(
  pid: number,
  { daemonPid, signal }: { daemonPid: number | null; signal: "SIGSTOP" | "SIGCONT" },
): void {
  if (daemonPid === null || readProcess(pid)?.parent !== daemonPid) return;
  const told = new Set([pid]);
  for (let look = 0; look < LOOKS; look += 1) {
    const fresh = processTree(pid).filter((one) => !told.has(one.pid));
    if (fresh.length === 0) return;
    for (const one of fresh) {
      told.add(one.pid);
      send(one.pid, signal);
    }
  }
  throw new SupervisorError("refused", `What process ${pid} has started starts more and more processes.`);
}

function send(pid: number, signal: "SIGSTOP" | "SIGCONT"): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // it has ended meanwhile
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return;
    throw new SupervisorError("refused", `Process ${pid} below it cannot be signalled: ${messageOf(error)}.`);
  }
}
