import { lastWords } from "#lib/backups/last-words.ts";
import { formatDuration } from "#lib/format/duration.ts";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import { run } from "#lib/platform/exec.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { isExecSource } from "#lib/supervisors/volumes.ts";
import { type Outcome, quoted } from "./standing.ts";

/** bytes of output that a command may print; none of standard output is kept */
const OUTPUT = 1024 * 1024;

/** what a shell or an engine says by the code alone */
const KNOWN: Record<number, string> = { 126: ": it cannot be run there", 127: ": it is not found there" };

export interface CommandOrder {
  command: readonly string[];
  /** id of the service whose container it runs in; null: on the host */
  inside: string | null;
  /** seconds */
  timeout: number;
}

/** Up when it ends with 0. Throws what the signal aborts with. */
export async function probeCommand({ command, inside, timeout }: CommandOrder, signal: AbortSignal): Promise<Outcome> {
  const from = performance.now();
  try {
    const ended = await (inside === null ? onHost(command, timeout, signal) : within(inside, command, signal));
    if (ended === null) return { verdict: "gone", latency: null, message: `There is no service ${quoted(inside!)}` };
    const latency = Math.round(performance.now() - from);
    if (ended.exitCode === 0) return { verdict: "up", latency, message: null };
    const words = lastWords(ended.stderr, command);
    const said = words === "" ? (KNOWN[ended.exitCode] ?? "") : `: ${quoted(words)}`;
    return { verdict: "down", latency, message: `Ended with exit code ${ended.exitCode}${said}` };
  } catch (error) {
    signal.throwIfAborted();
    const message =
      error instanceof AppError && error.code === "timeout"
        ? `Did not end within ${formatDuration(timeout)}`
        : `Did not run: ${quoted(lastWords(messageOf(error), command))}`;
    return { verdict: "down", latency: null, message };
  }
}

function onHost([file = "", ...args]: readonly string[], timeout: number, signal: AbortSignal) {
  return run(file, args, { timeout, maxOutput: OUTPUT, signal });
}

/** Null: the service is not there. */
async function within(service: string, argv: readonly string[], signal: AbortSignal) {
  const found = snapshot().find(service);
  if (!found) return null;
  const { source, record } = found;
  if (!isExecSource(source)) throw new AppError("conflict", "Its supervisor runs no commands inside services");
  return source.exec(record.name, { argv, user: null }, signal);
}
