/**
 * Actions, by the numbers of the processes that an app has at that moment. The daemon answers each call when it is done;
 * afterwards its list is read again and must agree. How long a process gets to end is the app's own `kill_timeout`: PM2
 * cannot be told for once, so `timeout` of the options has no effect.
 */
import os from "node:os";
import { sleep } from "#lib/platform/clock.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { type ActOptions, type ServiceAction, SupervisorError } from "../supervisor.ts";
import { signalBelow } from "./below.ts";
import { isAlive, isBetween, type Pm2Process } from "./parse.ts";
import type { Rpc } from "./rpc.ts";

/** PM2's defaults in milliseconds; what is added is for the daemon's own work */
const KILL_MS = 1600;
const LISTEN_MS = 3000;
const SLACK_MS = 15_000;
/** by then a start that PM2 had begun is one that it can stop */
const LAUNCH_MS = 250;

export interface Daemon {
  rpc: Rpc;
  /** the processes of an app as they are now; throws `not_found` */
  find(name: string): Promise<Pm2Process[]>;
  /** parent of every app's process; null: not known */
  pid(): number | null;
}

interface Plan {
  targets: Pm2Process[];
  run: (target: Pm2Process) => Promise<unknown>;
  /** how many at once: PM2's own tool takes two for a restart, and a reload is there to keep the others serving */
  parallel: number;
  /** is this what was wanted? null: the process is not in the list any more */
  done: (after: Pm2Process | null) => boolean;
}

export async function act(
  daemon: Daemon,
  request: { name: string; action: ServiceAction; options: ActOptions },
  signal?: AbortSignal,
): Promise<void> {
  const { name, action, options } = request;
  const members = await daemon.find(name);
  const plan = planOf(daemon, action, members, options);
  if (plan === null)
    throw new SupervisorError("unsupported", `PM2 cannot ${action} ${name} while it is ${members[0]?.status}.`);
  const problems: string[] = [];
  const attempt = async (target: Pm2Process) => {
    try {
      await plan.run(target);
    } catch (error) {
      if (error instanceof SupervisorError && error.reason !== "refused") throw error;
      problems.push(`${target.id}: ${messageOf(error)}`);
    }
  };
  if (options.detached) {
    // all are told at once, since the answer may find nobody here any more
    const accepted = Promise.all(plan.targets.map(attempt));
    accepted.catch(() => undefined);
    await sleep(50);
    return;
  }
  await Promise.race([inTurn(plan.targets, plan.parallel, attempt), aborted(signal)]);
  if (signal?.aborted) return;
  const after = new Map((await daemon.find(name).catch(goneIsEmpty)).map((one) => [one.id, one]));
  const unlike = plan.targets.filter((target) => !plan.done(after.get(target.id) ?? null));
  if (unlike.length === 0 && problems.every((problem) => /already (online|started)/.test(problem))) return;
  const words = [...problems, ...unlike.map(({ id }) => `${id} is ${after.get(id)?.status ?? "gone"}`)];
  throw new SupervisorError("refused", `PM2 did not ${action} every process of ${name}: ${words.join("; ")}.`);
}

function planOf(
  { rpc, pid: daemonPid }: Daemon,
  action: ServiceAction,
  members: Pm2Process[],
  options: ActOptions,
): Plan | null {
  const call = (method: string, argument: unknown, target: Pm2Process) =>
    rpc.call(method, argument, (target.killTimeout ?? KILL_MS) + (target.listenTimeout ?? LISTEN_MS) + SLACK_MS);
  const stop = async (target: Pm2Process) => {
    await call("stopProcessId", target.id, target);
    // said between two runs, a start that has begun goes on, and PM2 calls it stopped until then
    if (!isBetween(target) && target.unstableRestarts === 0) return;
    await sleep(LAUNCH_MS);
    await call("stopProcessId", target.id, target);
  };
  // PM2 refuses to start what waits for its restart ("already exists"): stopping it takes the waiting away.
  // `restartProcessId` without an environment keeps the app's own, and also starts what is stopped
  const restart = async (target: Pm2Process) => {
    if (isBetween(target)) await stop(target);
    await call("restartProcessId", { id: target.id }, target);
  };
  const up = (after: Pm2Process | null) => {
    if (after === null || after.status === "errored" || after.status === "waiting restart") return false;
    return after.status !== "stopped" || (!after.autorestart && (after.exitCode ?? 0) === 0);
  };
  const down = (after: Pm2Process | null) => after === null || after.pid === null;
  switch (action) {
    case "start": {
      const targets = members.filter((member) => !isAlive(member));
      return { targets, run: restart, parallel: 2, done: up };
    }
    case "stop": {
      const targets = members.filter((member) => member.status !== "stopped" || isBetween(member));
      return { targets, run: stop, parallel: Number.POSITIVE_INFINITY, done: down };
    }
    case "restart":
      return { targets: members, run: restart, parallel: 2, done: up };
    case "reload": {
      const run = (target: Pm2Process) => call("reloadProcessId", { id: target.id }, target);
      return { targets: members.filter(isAlive), run, parallel: 1, done: up };
    }
    case "kill": {
      const signal = options.signal ?? "SIGKILL";
      if (!Object.hasOwn(os.constants.signals, signal))
        throw new SupervisorError("refused", "This signal does not exist.");
      // a process without a pid must never be a target: the daemon would signal its own process group
      const targets = members.filter(isAlive);
      if (targets.length === 0) return null;
      const run = async (target: Pm2Process) => {
        await call("sendSignalToProcessId", { process_id: target.id, signal }, target);
        // to hold still is to hold all of it still
        if (signal === "SIGSTOP" || signal === "SIGCONT") signalBelow(target.pid!, { daemonPid: daemonPid(), signal });
      };
      return { targets, run, parallel: Number.POSITIVE_INFINITY, done: () => true };
    }
    default:
      return null;
  }
}

async function inTurn<T>(items: readonly T[], parallel: number, run: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const work = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await run(item);
  };
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, work));
}

function aborted(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener("abort", () => resolve(), { once: true });
  });
}

function goneIsEmpty(error: unknown): Pm2Process[] {
  if (error instanceof SupervisorError && error.reason === "not_found") return [];
  throw error;
}
