/** Actions, as the engine's own calls. */
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { type ActOptions, type ServiceAction, SupervisorError } from "../supervisor.ts";
import { type Engine, type Query, titles } from "./connect.ts";
import type { Containers } from "./containers.ts";
import { signalNumber } from "./ends.ts";
import { checkName, containerPath } from "./names.ts";
import type { Detail } from "./parse.ts";

/** seconds beyond what the processes get to end by themselves */
const GRACE = 60;
/** seconds, what a timeout may be at most */
const DAY = 86_400;
/** milliseconds in which a refusal is known, for a call that nobody waits for */
const AT_ONCE = 400;

interface Order {
  name: string;
  action: ServiceAction;
  options: ActOptions;
  signal: AbortSignal | undefined;
}

/** Resolves when the engine says that it is done, or was so already; `detached`: when it has not refused. */
export async function act(engine: Engine, containers: Containers, order: Order): Promise<void> {
  const { name, action, options } = order;
  checkName(name);
  if (action === "reload")
    throw new SupervisorError("unsupported", `${titles[engine.scope]} has no reload: kill with a signal, or restart`);
  const query = queryOf(action, options);
  try {
    await once(engine, containers, order, query);
  } catch (error) {
    if (!(error instanceof SupervisorError) || error.reason !== "not_found") throw error;
    // made anew under its name since it was last seen
    if (!containers.remembered(name)) throw error;
    containers.forget(name);
    await once(engine, containers, order, query);
  }
}

async function once(engine: Engine, containers: Containers, order: Order, query: Query): Promise<void> {
  const { id, detail } = await containers.find(order.name, order.signal);
  const { action, options } = order;
  const seconds = secondsFor(action, options, detail);
  if (!options.detached) {
    try {
      return await engine.post(containerPath(id, action), query, { seconds, signal: order.signal });
    } finally {
      containers.outdated(id);
    }
  }
  let waiting = true;
  const call = engine.post(containerPath(id, action), query, { seconds }).catch((error: unknown) => {
    if (waiting) throw error;
    // the caller is gone, most likely with the very process that was to end
    logger(engine.scope).warn({ container: order.name, action, why: messageOf(error) }, "a detached action failed");
  });
  await Promise.race([call, new Promise((resolve) => setTimeout(resolve, AT_ONCE))]);
  waiting = false;
  containers.outdated(id);
}

function queryOf(action: ServiceAction, { timeout, signal }: ActOptions): Query {
  if ((action === "stop" || action === "restart") && timeout !== null) return { t: wholeSeconds(timeout) };
  if (action !== "kill") return {};
  const name = signal ?? "SIGKILL";
  if (!/^SIG[A-Z0-9+]{2,12}$/.test(name) || signalNumber(name) === null)
    throw new SupervisorError("refused", `${name.slice(0, 40)} is no signal: say one by its name, like SIGTERM`);
  return { signal: name };
}

function secondsFor(action: ServiceAction, { timeout }: ActOptions, detail: Detail): number {
  if (action !== "stop" && action !== "restart") return GRACE;
  return wholeSeconds(timeout ?? detail.stopTimeout) + GRACE;
}

/** Neither the engine nor a timer takes a fraction. */
function wholeSeconds(timeout: number): number {
  if (Number.isNaN(timeout)) throw new SupervisorError("refused", "A timeout is a number of seconds");
  return Math.min(Math.max(0, Math.round(timeout)), DAY);
}
