/** One run of a check, by its kind. */
import { formatDuration } from "#lib/format/duration.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import type { Live } from "./book.ts";
import { probeCommand } from "./probe-command.ts";
import { type HttpConfig, probeHttp } from "./probe-http.ts";
import { type LineMemory, probePrints, probeSilent, unreadable } from "./probe-lines.ts";
import { probeTcp } from "./probe-tcp.ts";
import { type Outcome, quoted } from "./standing.ts";
import type { CheckPlan } from "./store.ts";

export interface RunOutcome extends Outcome {
  /** in so many milliseconds it should be looked at again, if that is sooner than its turn */
  againIn?: number | null;
  /** milliseconds since the epoch */
  certificateEnds?: number | null;
  /** what it began goes on in a container, where nothing ends it */
  lingers?: boolean;
}

export interface RunContext {
  memory: LineMemory;
  /** wall clock, in milliseconds */
  now: number;
  signal: AbortSignal;
}

/** Never longer than the check's own limit, whatever hangs. Rejects only when the signal aborts. */
export async function runCheck({ plan, standing }: Live, { memory, now, signal }: RunContext): Promise<RunOutcome> {
  const ending = new AbortController();
  const limit = Promise.withResolvers<never>();
  const end = (reason: unknown) => {
    ending.abort(reason);
    limit.reject(reason);
  };
  const over = () => end(signal.reason);
  signal.addEventListener("abort", over, { once: true });
  const timer = setTimeout(() => end(new DOMException("took too long", "TimeoutError")), plan.timeout * 1000);
  try {
    signal.throwIfAborted();
    const work = probe({ plan, standing }, { memory, now, signal: ending.signal });
    // what holds on to something beyond its signal is left to itself
    return await Promise.race([work, limit.promise]);
  } catch (error) {
    signal.throwIfAborted();
    const isLate = ending.signal.aborted;
    const message = isLate
      ? `No whole answer within ${formatDuration(plan.timeout)}`
      : `It could not be run: ${quoted(messageOf(error).slice(0, 200))}`;
    return { verdict: "down", latency: null, message, lingers: isLate && plan.config.inside === true };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", over);
  }
}

async function probe({ plan, standing }: Pick<Live, "plan" | "standing">, context: RunContext): Promise<RunOutcome> {
  const { config, service, timeout, createdAt } = plan;
  const { signal } = context;
  const reaching = { signal, known: namesOf(plan) };
  switch (plan.kind) {
    case "http":
      return probeHttp(config as HttpConfig, reaching);
    case "tcp":
      return probeTcp(config as { host: string; port: number }, reaching);
    case "command": {
      const { command, inside } = config as { command: string[]; inside: boolean };
      return probeCommand({ command, inside: inside ? service : null, timeout }, signal);
    }
    case "silent":
      return probeSilent(config as { minutes: number; matching: string | null }, {
        service: service!,
        ...context,
      }).catch((error: unknown) => ofLog(error, signal));
    case "prints": {
      const before = { isUp: standing.state === "up", checkedAt: standing.checkedAt };
      const look = { service: service!, ...context, before, createdAt: createdAt.getTime() };
      const wanted = config as { pattern: string; within: number };
      try {
        const { decidedIn, ...outcome } = await probePrints(wanted, look);
        return { ...outcome, againIn: decidedIn };
      } catch (error) {
        return ofLog(error, signal);
      }
    }
    case "heartbeat":
      throw new Error("a heartbeat is called, not run");
  }
}

function ofLog(error: unknown, signal: AbortSignal): Outcome {
  signal.throwIfAborted();
  return unreadable(error);
}

/** A container's own addresses by its name, where the check is of that container: `http://umami:3000`. */
function namesOf({ service }: Pick<CheckPlan, "service">): Map<string, readonly string[]> {
  const record = service === null ? undefined : snapshot().find(service)?.record;
  return record && record.addresses.length > 0 ? new Map([[record.name.toLowerCase(), record.addresses]]) : new Map();
}
