/** An app of PM2 as a record of the contract. */
import { timestamp } from "#lib/platform/clock.ts";
import type { LastExit, Port, RestartPolicy, ServiceAction, ServiceRecord, ServiceState } from "../supervisor.ts";
import { isAlive, type Pm2Process } from "./parse.ts";
import { aggregateState, aggregateStatus, type Exit, stateOf } from "./states.ts";

export interface RecordContext {
  ports: readonly Port[];
  startsAtBoot: boolean | null;
  exitOf: (process: Pm2Process) => Exit | null;
}

/**
 * `restarts` is PM2's own count of all processes, restarts by hand included, as `pm2 list` shows it. The memory limit is
 * that of all processes together (PM2 judges each alone). `since` of a running app is its oldest process's start.
 */
export function toRecord(name: string, members: readonly Pm2Process[], context: RecordContext): ServiceRecord {
  const [first] = members as [Pm2Process];
  const states = members.map((member) => stateOf(member, context.exitOf(member)));
  const state = aggregateState(states);
  const lastExit = lastExitOf(members, context);
  return {
    name,
    title: first.name,
    group: first.namespace === "default" ? null : first.namespace,
    state,
    nativeState: aggregateStatus(members.map((member) => member.status)),
    health: "none",
    since: sinceOf(state, members, lastExit),
    restarts: members.reduce((sum, member) => sum + member.restarts, 0),
    lastExit,
    instances: members.map((member) => ({
      id: String(member.id),
      pid: isAlive(member) ? member.pid : null,
      state: member.status,
      restarts: member.restarts,
      since: isAlive(member) && member.startedAt !== null ? timestamp(member.startedAt) : null,
    })),
    memoryLimit: first.memoryLimit === null ? null : first.memoryLimit * members.length,
    ports: [...context.ports],
    restartPolicy: policyOf(first),
    startsAtBoot: context.startsAtBoot,
    source: first.script,
    actions: actionsIn(states, members),
    listed: true,
    tag: tagOf(states, first),
    reason: reasonOf(state, states, members, lastExit),
    addresses: [],
    dependents: [],
  };
}

function lastExitOf(members: readonly Pm2Process[], { exitOf }: RecordContext): LastExit | null {
  const ended = members
    .filter((member) => member.exitCode !== null)
    .map((member) => ({ code: member.exitCode, exit: exitOf(member) }))
    .sort((a, b) => (b.exit?.at ?? 0) - (a.exit?.at ?? 0));
  const [last] = ended;
  if (!last) return null;
  // an end by a signal has the code 0 in PM2's list
  const signal = last.exit?.signal ?? null;
  return {
    code: signal === null ? last.code : null,
    signal,
    oomKilled: last.exit?.overMemory === true,
    at: last.exit ? timestamp(last.exit.at) : null,
    ...(last.exit?.asked && !last.exit.overMemory ? { asked: true as const } : {}),
  };
}

function sinceOf(state: ServiceState, members: readonly Pm2Process[], lastExit: LastExit | null): string | null {
  if (state === "stopped" || state === "failed" || state === "restarting") return lastExit?.at ?? null;
  const starts = members.filter(isAlive).flatMap((member) => member.startedAt ?? []);
  return starts.length > 0 ? timestamp(Math.min(...starts)) : null;
}

/** PM2 restarts after success too, and gives up after `max_restarts` ends within `min_uptime`, counted this long. */
function policyOf(process: Pm2Process): RestartPolicy {
  if (!process.autorestart) return { policy: "no", delay: null, limit: null, window: null };
  return {
    policy: process.stopExitCodes.includes(0) ? "on-failure" : "always",
    delay: (process.restartDelay ?? process.backoffDelay ?? 0) / 1000,
    limit: process.maxRestarts,
    window: (process.minUptime * process.maxRestarts) / 1000,
  };
}

/** Reload is offered for clusters alone: in fork mode PM2 would do a plain restart under that name. */
function actionsIn(states: readonly ServiceState[], members: readonly Pm2Process[]): ServiceAction[] {
  const actions = new Set<ServiceAction>();
  const some = (...wanted: ServiceState[]) => wanted.some((state) => states.includes(state));
  if (some("stopped", "failed", "unknown")) actions.add("start");
  if (some("running", "starting", "restarting", "unknown")) actions.add("restart").add("stop");
  if (some("running") && members.some((member) => member.cluster)) actions.add("reload");
  if (members.some(isAlive)) actions.add("kill");
  return [...actions];
}

function tagOf(states: readonly ServiceState[], first: Pm2Process): string | null {
  if (first.module) return "module";
  return states.length > 1 ? `${states.filter((state) => state === "running").length} of ${states.length}` : null;
}

function reasonOf(
  state: ServiceState,
  states: readonly ServiceState[],
  members: readonly Pm2Process[],
  lastExit: LastExit | null,
): string | null {
  const exit =
    lastExit === null ? "" : `${lastExit.signal ? `Ended by ${lastExit.signal}` : `Exit ${lastExit.code}`}. `;
  const [first] = members as [Pm2Process];
  if (state === "running") {
    const down = members.filter((_, at) => states[at] !== "running");
    return down.length === 0
      ? null
      : `Not all processes are online: ${aggregateStatus(members.map((one) => one.status))}.`;
  }
  if (state === "restarting") {
    const delay = first.restartDelay ?? first.backoffDelay;
    return `${exit}PM2 starts it again${delay ? ` after ${delay / 1000} s` : ""}.`;
  }
  if (state === "failed")
    return first.autorestart
      ? `${exit}PM2 gave up after ${first.maxRestarts} ends within ${first.minUptime / 1000} s of a start, or could not stop it.`
      : `${exit}Not set to restart.`;
  return state === "unknown" ? `PM2 says \`${first.status}\`.` : null;
}
