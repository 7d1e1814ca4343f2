/** Puts services back that were held still: at the end of a reading, after a failure, and at the next start. */
import { holdNames } from "#lib/jobs/run.ts";
import { sleep } from "#lib/platform/clock.ts";
import { isAbort, messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { endingSignal } from "#lib/platform/shutdown.ts";
import { parseServiceId } from "#lib/services/id.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import type { ActOptions, ServiceRecord, Supervisor } from "#lib/supervisors/supervisor.ts";
import type { HeldService, Intent } from "./intents.ts";

export const PLAIN: ActOptions = { timeout: null, signal: null, force: false, detached: false };
/** milliseconds between looks at a service that is coming up */
const LOOK = 300;
/** seconds that one which others need gets to be ready before they start */
const READY = 60;
/** milliseconds in which a resume is tried again before its caller is told */
const PATIENCE = 20_000;
const RETRY = 5000;
/** milliseconds in which an order that was not answered may still be carried out */
const LATE = 2 * 60_000;
/** restarts by its supervisor, after which nobody waits any more */
const LOOPS = 4;
/** milliseconds that a service without a health check has to run */
const STEADY = 3000;

/** Everything as it was, each in the reverse order of its holding. What could not be put back, a sentence each. */
export async function putBack(services: readonly HeldService[]): Promise<string[]> {
  const problems: string[] = [];
  for (const [scope, held] of byScope(services)) {
    const supervisor = supervisorOf(scope);
    if (!supervisor) {
      problems.push(`${scope} is not known to this server`);
      continue;
    }
    try {
      problems.push(...(await putBackAt(supervisor, held)));
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  return problems;
}

/**
 * Puts back what an intent holds, tries again for some seconds where that fails, and then goes on in the background until
 * it is done. Resolves to the problems that there still are; empty: all is as it was. `unanswered`: those of them whose
 * holding may still come about, so that they are looked after for a while.
 */
export async function letGo(
  intent: Intent<"quiesce">,
  { unanswered = [] }: { unanswered?: readonly HeldService[] } = {},
): Promise<string[]> {
  const until = Date.now() + PATIENCE;
  for (let wait = 200; ; wait = Math.min(wait * 2, 2000)) {
    const problems = await putBack(intent.body.services);
    if (problems.length === 0) {
      if (unanswered.length === 0) await intent.done();
      else {
        await intent.update({ services: [...unanswered] });
        goOn(intent, Date.now() + LATE);
      }
      return [];
    }
    if (Date.now() + wait > until) {
      goOn(intent, unanswered.length > 0 ? Date.now() + LATE : 0);
      return problems;
    }
    await sleep(wait);
  }
}

/** Waits until a service runs and is healthy, where it tells. The reason when it does not in so many seconds; null: it is. */
export async function awaitHealth(
  supervisor: Supervisor,
  name: string,
  { seconds, steady: least = STEADY, signal }: { seconds: number; steady?: number; signal?: AbortSignal },
): Promise<string | null> {
  const until = Date.now() + seconds * 1000;
  let last: ServiceRecord | undefined;
  let steady = { since: 0, restarts: -1 };
  let atFirst: number | null = null;
  while (Date.now() < until) {
    signal?.throwIfAborted();
    last = (await supervisor.list(signal)).find((record) => record.name === name);
    if (last?.state === "running" && last.health === "healthy") return null;
    atFirst ??= last?.restarts ?? null;
    if (last && atFirst !== null && last.restarts - atFirst >= LOOPS)
      return `${name} ended ${LOOPS} times${last.reason ? `: ${last.reason}` : ""}`;
    if (last?.state === "running" && last.health === "none") {
      // one that tells nothing of its health has to stay up for a while
      if (steady.restarts !== last.restarts) steady = { since: Date.now(), restarts: last.restarts };
      if (Date.now() - steady.since >= least) return null;
    } else steady = { since: 0, restarts: -1 };
    await sleep(LOOK, signal);
  }
  if (!last) return `${name} is not there`;
  return `${name} is ${last.health === "none" ? last.nativeState.replace("{age}", "now") : last.health} after ${seconds} s`;
}

/** The supervisor of `{host}/{scope}`, as far as this server watches it. */
export function supervisorOf(scope: string): Supervisor | null {
  return (
    snapshot()
      .sources()
      .find(({ source }) => `${source.host}/${source.scope}` === scope)?.source ?? null
  );
}

function goOn(intent: Intent<"quiesce">, until: number): void {
  retry(intent, until).catch((err: unknown) => {
    const log = logger("backups").child({ job: intent.job });
    if (isAbort(err) || endingSignal().aborted) log.debug({ err }, "goes on at the next start");
    else log.error({ err }, "services are not put back any more before the next start");
  });
}

/** Each time with their names held: whoever has stopped them for a reading or an exchange meanwhile needs them so. */
async function retry(intent: Intent<"quiesce">, until: number): Promise<void> {
  for (let wait = 1000; ; wait = RETRY) {
    await sleep(wait, endingSignal());
    const names = intent.body.services.map(({ service }) => `service ${service}`);
    const release = await holdNames(names, endingSignal());
    try {
      const problems = await putBack(intent.body.services);
      if (problems.length > 0)
        logger("backups").warn({ problems, job: intent.job }, "services are not as they were yet");
      else if (Date.now() >= until) return await intent.done();
    } finally {
      release();
    }
  }
}

async function putBackAt(supervisor: Supervisor, held: readonly HeldService[]): Promise<string[]> {
  const records = await supervisor.list();
  const problems: string[] = [];
  const attempt = async (one: HeldService) => {
    try {
      await putBackOne(supervisor, one, records);
    } catch (error) {
      problems.push(`${one.name}: ${messageOf(error)}`);
    }
  };
  const stopped = held.filter(({ how }) => how === "stop");
  await Promise.all(held.filter(({ how }) => how !== "stop").map(attempt));
  for (const one of stopped.toReversed()) {
    await attempt(one);
    if (problems.length === 0 && isNeeded(records, one, stopped))
      await awaitHealth(supervisor, one.name, { seconds: READY, steady: 0 });
  }
  return problems;
}

async function putBackOne(supervisor: Supervisor, held: HeldService, records: readonly ServiceRecord[]): Promise<void> {
  const same = records.find((record) => isSame(record, held));
  const record = same ?? records.find(({ name }) => name === held.name) ?? anew(records, held);
  // whoever removed it meant to
  if (!record) return;
  if (held.how === "signal") {
    if (record.instances.some(({ pid }) => pid !== null))
      await supervisor.act(record.name, "kill", { ...PLAIN, signal: "SIGCONT" });
    return;
  }
  if (held.how === "pause") {
    if (same && record.state === "paused") await supervisor.act(record.name, "unpause", PLAIN);
    return;
  }
  const isUp = record.state === "running" || record.state === "starting" || record.state === "restarting";
  if (isUp || !(same ? wasOurs(record, held) : hasNeverRun(record))) return;
  await supervisor.act(record.name, "start", PLAIN);
}

/** Stopped by somebody else after it had run again in between: that stays as it is. */
function wasOurs(record: ServiceRecord, held: HeldService): boolean {
  return held.since === null || record.since === null || record.since === held.since;
}

/** Made anew while it was to be stopped, and never started. */
function hasNeverRun(record: ServiceRecord): boolean {
  return record.state === "stopped" && /^created/i.test(record.nativeState);
}

function isSame(record: ServiceRecord, held: HeldService): boolean {
  if (held.containerId === null) return record.name === held.name;
  return record.instances.some(({ id }) => id !== "" && held.containerId!.startsWith(id));
}

/** Compose gives what it makes anew the same project, service and number, whatever its name. */
function anew(records: readonly ServiceRecord[], held: HeldService): ServiceRecord | undefined {
  if (held.identity === null) return undefined;
  const [project, service] = held.identity.split("/");
  return records.find((record) => record.group === project && record.title === service);
}

function isNeeded(records: readonly ServiceRecord[], held: HeldService, others: readonly HeldService[]): boolean {
  const dependents = records.find(({ name }) => name === held.name)?.dependents ?? [];
  return others.some(({ name }) => dependents.includes(name));
}

function byScope(services: readonly HeldService[]): Map<string, HeldService[]> {
  return Map.groupBy(services, ({ service }) => {
    const { host, scope } = parseServiceId(service) ?? { host: "", scope: "" };
    return `${host}/${scope}`;
  });
}
