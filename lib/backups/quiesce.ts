/**
 * Holds the users of a source still while it is read. What will be held is on disk before the first of them is touched,
 * and each is let go within seconds, whatever else fails.
 */

import { plural } from "#lib/format/plural.ts";
import type { JobHandle } from "#lib/jobs/run.ts";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { isOwn } from "#lib/services/self.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { type ServiceRecord, type Supervisor, SupervisorError } from "#lib/supervisors/supervisor.ts";
import { type HeldService, type Intent, intend } from "./intents.ts";
import { letGo, PLAIN, putBack } from "./resume.ts";

/** Somebody who uses a source. */
export interface HoldUser {
  service: string;
  supervisor: Supervisor;
  name: string;
  containerId: string | null;
  identity: string | null;
  readOnly: boolean;
  /** stop it, whatever the others get: its own label says so, and an administrator has allowed that */
  stops: boolean;
}

export interface Hold {
  /** service ids, in the order in which they were held */
  readonly ids: string[];
  /** Tries once to let all go, and still answers for them. What could not be, a sentence each. */
  attempt(): Promise<string[]>;
  /** Lets all go; again is nothing. Throws AppError `action_failed` where something could not be, which is tried on. */
  release(): Promise<void>;
}

const NOTHING: Hold = { ids: [], attempt: async () => [], release: async () => undefined };
/** services and the jobs that hold them now: two jobs would not know of each other what a service was before */
const held = () => singleton("held-services", () => new Map<string, string>());

/** Which of the users would be held, and how, in the order of holding: dependents before what they need. */
export async function whoIsHeld(users: readonly HoldUser[], how: "pause" | "stop" | "live"): Promise<HeldService[]> {
  const wanted: { user: HoldUser; record: ServiceRecord; how: HeldService["how"] }[] = [];
  for (const [supervisor, own] of Map.groupBy(users, (user) => user.supervisor)) {
    const records = await supervisor.list();
    for (const user of own) {
      if (user.readOnly || (how === "live" && !user.stops)) continue;
      const record = records.find(({ name }) => name === user.name);
      const service = snapshot().service(user.service);
      if (!record || !isUp(record) || (service && isOwn(service))) continue;
      wanted.push({ user, record, how: how === "stop" || user.stops ? "stop" : await wayToPause(supervisor, record) });
    }
  }
  return inOrder(wanted).map(({ user, how: way }) => ({
    service: user.service,
    name: user.name,
    containerId: user.containerId,
    identity: user.identity,
    how: way,
    since: null,
  }));
}

/** Holds those whom `whoIsHeld` named. Throws when one cannot be held, with all let go. */
export async function quiesce(
  job: JobHandle,
  users: readonly HoldUser[],
  services: readonly HeldService[],
): Promise<Hold> {
  for (const user of users) if (isTrihelm(user)) job.say(`${user.name} is Trihelm itself and goes on`);
  if (services.length === 0) return NOTHING;
  const taken = services.find(({ service }) => (held().get(service) ?? job.id) !== job.id);
  if (taken) throw new AppError("conflict", `${taken.name} is held still by another job now`);
  const supervisors = new Map(users.map((user) => [user.service, user.supervisor]));
  for (const { service } of services) held().set(service, job.id);
  let intent: Intent<"quiesce"> | null = null;
  const unanswered: HeldService[] = [];
  let isOver = false;
  const hold: Hold = {
    ids: services.map(({ service }) => service),
    async attempt() {
      const problems = intent ? await putBack(intent.body.services) : [];
      if (problems.length === 0) job.quiesced([]);
      return problems;
    },
    async release() {
      if (isOver) return;
      isOver = true;
      const problems = intent ? await letGo(intent, { unanswered }) : [];
      for (const { service } of services) held().delete(service);
      if (problems.length > 0)
        throw new AppError(
          "action_failed",
          `${plural(services.length, "service")} could not be put back: ${problems.join("; ")}. Trihelm goes on trying`,
        );
      job.quiesced([]);
    },
  };
  try {
    intent = await intend(job.id, "quiesce", { services: [...services] });
    job.quiesced(hold.ids);
    await holdAll(job, services, supervisors, unanswered);
    const reached = await Promise.all(services.map((one) => withSince(one, supervisors.get(one.service)!)));
    await intent.update({ services: reached });
    return hold;
  } catch (error) {
    await hold.release();
    throw error;
  }
}

/** `unanswered` gets those that may be held later all the same. Throws only when every order has come to its end. */
async function holdAll(
  job: JobHandle,
  services: readonly HeldService[],
  supervisors: Map<string, Supervisor>,
  unanswered: HeldService[],
): Promise<void> {
  const act = async (one: HeldService) => {
    job.signal.throwIfAborted();
    const supervisor = supervisors.get(one.service)!;
    const [action, options] =
      one.how === "signal" ? (["kill", { ...PLAIN, signal: "SIGSTOP" }] as const) : ([one.how, PLAIN] as const);
    try {
      await supervisor.act(one.name, action, options);
      job.say(`${WORDS[one.how]} ${one.name}`);
    } catch (error) {
      if (isUnanswered(error)) unanswered.push(one);
      if (!(await hasEnded(supervisor, one, error))) throw error;
      if (unanswered.includes(one)) unanswered.splice(unanswered.indexOf(one), 1);
      job.say(`${one.name} ended by itself before it could be held`);
    }
  };
  // who is let go while another's order is still on its way would be held for ever by that
  const results = await Promise.allSettled(services.filter(({ how }) => how !== "stop").map(act));
  for (const result of results) if (result.status === "rejected") throw result.reason;
  for (const one of services) if (one.how === "stop") await act(one);
}
const WORDS = { pause: "paused", stop: "stopped", signal: "stopped the processes of" };

/** The order may have arrived, and be carried out when nobody waits for it any more. */
function isUnanswered(error: unknown): boolean {
  return error instanceof SupervisorError && (error.reason === "timeout" || error.reason === "unreachable");
}

/** What ended or was removed in the same moment writes nothing any more. */
async function hasEnded(supervisor: Supervisor, one: HeldService, error: unknown): Promise<boolean> {
  if (!(error instanceof SupervisorError)) return false;
  const record = (await supervisor.list()).find(({ name }) => name === one.name);
  return !record || record.state === "stopped" || record.state === "failed" || record.state === "paused";
}

/** When it came to rest: whoever stops it again later is somebody else. */
async function withSince(one: HeldService, supervisor: Supervisor): Promise<HeldService> {
  if (one.how !== "stop") return one;
  const record = (await supervisor.list()).find(({ name }) => name === one.name);
  return { ...one, since: record?.since ?? null };
}

/** A supervisor that cannot freeze is asked to stop the processes; one with a watchdog would be killed by that. */
async function wayToPause(supervisor: Supervisor, record: ServiceRecord): Promise<HeldService["how"]> {
  if (record.actions.includes("pause")) return "pause";
  if (record.state === "restarting" || !record.actions.includes("kill")) return "stop";
  const native = await supervisor.inspect(record.name).then(
    (inspection) => inspection.native,
    (error: unknown) => ({ unknown: messageOf(error) }),
  );
  const watchdog = Object.entries(native).find(([name]) => /^WatchdogU?Sec$/i.test(name))?.[1];
  return watchdog === undefined || /^(0|\[not set\]|infinity|18446744073709551615)?$/.test(String(watchdog))
    ? "signal"
    : "stop";
}

/** Dependents first: each stands before what it needs. */
function inOrder<T extends { user: HoldUser; record: ServiceRecord }>(wanted: readonly T[]): T[] {
  const ordered: T[] = [];
  const seen = new Set<T>();
  const visit = (one: T) => {
    if (seen.has(one)) return;
    seen.add(one);
    for (const name of one.record.dependents) {
      const dependent = wanted.find(
        (other) => other.user.supervisor === one.user.supervisor && other.user.name === name,
      );
      if (dependent) visit(dependent);
    }
    ordered.push(one);
  };
  for (const one of wanted) visit(one);
  return ordered;
}

const isUp = ({ state }: ServiceRecord) => state === "running" || state === "starting" || state === "restarting";

function isTrihelm(user: HoldUser): boolean {
  const service = snapshot().service(user.service);
  return service !== null && isOwn(service);
}
