/** It was ended by a signal: by itself through a fault, by its supervisor, or by somebody who is not written down. */
import { type End, lastMatch, type Sign, shellWord, told } from "./sign.ts";

/** faults of the program itself */
const FAULTS: Record<string, string> = {
  SIGSEGV: "It touched memory that is not its own.",
  SIGBUS: "It touched memory that could not be read: a mapped file that has become shorter, or a fault of the disk.",
  SIGILL: "It came to an instruction that this processor does not have.",
  SIGFPE: "It divided a number by zero.",
  SIGABRT: "It ended itself: it found something that must not be.",
  SIGTRAP: "It came to a trap: runtimes end themselves so when something must not be.",
  SIGSYS: "It made a system call that its sandbox forbids (`SystemCallFilter=` or seccomp).",
};
const ABORTS = [
  /\bAssertion [`'"].{1,200}['"] failed\b/,
  /\bassertion failed\b/i,
  /\bterminate called (?:after throwing an instance of|without an active exception)/,
  /^(?:fatal error|FATAL ERROR|Fatal): /,
  /^panic: /,
];

export function signals(end: End): Sign | null {
  const { signal, supervisor, name, lines } = end;
  if (signal === null) return null;
  const fault = FAULTS[signal];
  if (fault) {
    const abort = signal === "SIGABRT" ? lastMatch(lines, ABORTS) : null;
    const dumps = supervisor === "systemd" ? `coredumpctl info ${shellWord(name)}` : null;
    return {
      signature: signal.toLowerCase(),
      line: abort?.line ?? null,
      explain: () =>
        told(
          signal === "SIGABRT" ? "It aborted" : `It crashed (${signal})`,
          `${fault} That is a fault of the program, or of a library that it uses.`,
          {
            next: dumps
              ? "Where core dumps are kept, the newest says in which function."
              : "Its last lines may say where; a newer build may have it mended.",
            command: dumps,
          },
        ),
    };
  }
  return { signature: signal.toLowerCase(), line: null, explain: () => sent(signal, end) };
}

function sent(signal: string, { supervisor, name }: End) {
  if (signal !== "SIGKILL")
    return told(
      `It was ended by ${signal}`,
      `Somebody sent it \`${signal}\`. Nobody did so here; who it was is not written down.`,
      {
        next: "Look at what else ran at that time: a script, a deployment, a shell.",
      },
    );
  const asked =
    supervisor === "systemd"
      ? `journalctl -u ${shellWord(name)} -n 20`
      : "journalctl -k -g 'Out of memory|oom-kill' -n 20";
  return told(
    "It was killed (SIGKILL)",
    "Nobody asked for it here, and the kernel tells of no kill for want of memory. Who sent the signal is not written down.",
    {
      next: "Look at what else ran at that time. Where Trihelm may not read the kernel's log, memory is still the likeliest place to look.",
      command: asked,
    },
  );
}
