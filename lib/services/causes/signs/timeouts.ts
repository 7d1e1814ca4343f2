/** It took too long: to start, to stop, or to give its watchdog a sign of life. */
import { bestMatch, type End, lastMatch, type Sign, shellWord, told } from "./sign.ts";

const WATCHDOG = [
  /\.service: Watchdog timeout \(limit ([^)]{1,30})\)!$/,
  /\.service: Failed with result 'watchdog'\.$/,
];
const START = [/\.service: (?:start|start-pre|start-post) operation timed out\. Terminating\.$/];
const STOP = [
  /\.service: State '(?:stop|final)-sig\w{1,10}' timed out\. (?:Killing|Skipping)/,
  /\.service: State 'stop-\w{1,10}' timed out\./,
];
const RESULT = [/\.service: Failed with result 'timeout'\.$/];

export function timeouts({ supervisor, lines, reason, name }: End): Sign | null {
  if (supervisor !== "systemd") return null;
  const edit = `systemctl edit ${shellWord(name)}`;
  const watchdog = bestMatch(lines, [WATCHDOG[0]!], WATCHDOG);
  if (watchdog || reason?.includes("(watchdog)")) {
    const limit = watchdog?.found[1];
    return {
      signature: "watchdog",
      line: watchdog?.line ?? null,
      explain: () =>
        told(
          "Its watchdog heard nothing of it",
          `It has to report to systemd ${limit ? `every ${limit}` : "within `WatchdogSec=`"} and did not: it hung, or was too busy. systemd ended it with \`SIGABRT\`.`,
          {
            next: "Look at what it did last; a longer `WatchdogSec=` helps only where it was merely slow.",
            command: edit,
          },
        ),
    };
  }
  const stop = lastMatch(lines, STOP);
  const start = lastMatch(lines, START);
  if (start && (!stop || start.line > stop.line))
    return {
      signature: "start-timeout",
      line: start.line,
      explain: () =>
        told(
          "It took too long to start",
          "systemd waited for it to report ready, as its `Type=` asks, and ended it at `TimeoutStartSec=`.",
          {
            next: "See what it waits for; where it never reports ready its `Type=` is the wrong one.",
            command: edit,
          },
        ),
    };
  if (stop)
    return {
      signature: "stop-timeout",
      line: stop.line,
      explain: () =>
        told(
          "It did not stop when it was asked",
          "systemd sent its stop signal, waited for `TimeoutStopSec=`, and killed it.",
          {
            next: "See that it ends on `SIGTERM`, or give it longer.",
            command: edit,
          },
        ),
    };
  const result = lastMatch(lines, RESULT);
  if (!result && !reason?.includes("(timeout)")) return null;
  return {
    signature: "timeout",
    line: result?.line ?? null,
    explain: () =>
      told(
        "It took longer than its time limit",
        "systemd ended it because it was not done with starting or stopping in time.",
        {
          next: "See what it waits for, or give it longer.",
          command: edit,
        },
      ),
  };
}
