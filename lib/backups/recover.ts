/**
 * Puts back what an earlier run of the server has left: before the first request, from what is on disk alone. Each part can
 * be done again, so that a recovery may be killed too; what cannot be done yet, because an engine is not up, is tried again
 * until it is, and whoever wants the same source waits for that.
 */
import fs from "node:fs/promises";
import path from "node:path";
import { plural } from "#lib/format/plural.ts";
import { amendInterrupted, failInterrupted } from "#lib/jobs/interrupted.ts";
import { holdNames } from "#lib/jobs/run.ts";
import { sleep } from "#lib/platform/clock.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { endingSignal } from "#lib/platform/shutdown.ts";
import { parseServiceId } from "#lib/services/id.ts";
import { volumeEngines } from "#lib/volumes/engines.ts";
import { type HeldService, type Intent, isKind, openIntents } from "./intents.ts";
import { backupsFolder, clearPlace } from "./places.ts";
import { settleRefill } from "./refill.ts";
import { PLAIN, putBack, supervisorOf } from "./resume.ts";
import { removeScratch, SCRATCH } from "./scratch.ts";
import { isPlaceTaken } from "./store.ts";
import { settleSwap } from "./swap.ts";
import { engineOf } from "./volume-at.ts";

/** milliseconds that the first request waits at most */
const AT_MOST = 8000;
const RETRY = 2000;
/** milliseconds that jobs about the same source wait for services that cannot be put back */
const LOCKED = 5 * 60_000;

/** Awaited at start, once the supervisors are known. Resolves when all is as it was, or when that takes longer. */
export async function recoverBackups(atMost = AT_MOST): Promise<void> {
  const intents = await openIntents();
  const byJob = Map.groupBy(intents, ({ job }) => job);
  const works = [...byJob].map(([job, own]) => recoverJob(job, own));
  const late = sleep(atMost).then(() => null);
  const states = await Promise.all(works.map((work) => Promise.race([work, late])));
  const words = new Map(
    [...byJob.keys()].map((job, at) => [job, states[at] ?? "What it had changed is still being put back"]),
  );
  const failed = await failInterrupted((job) => words.get(job) ?? null);
  if (failed > 0) logger("backups").warn({ jobs: failed }, "jobs that were under way were put back");
  works.forEach((work, at) => {
    const job = [...byJob.keys()][at]!;
    if (states[at] !== null) return;
    work
      .then((told) => amendInterrupted(job, told))
      .catch((err: unknown) => logger("backups").warn({ err, job }, "goes on at the next start"));
  });
  await sweep();
}

/** Tries until it is done; in words, what was done. */
async function recoverJob(job: string, intents: readonly Intent[]): Promise<string> {
  const log = logger("backups");
  const names = new Set([
    ...intents.flatMap(({ locks }) => locks),
    ...servicesOf(intents).map(({ service }) => `service ${service}`),
    ...intents.flatMap((intent) => (isKind(intent, "refill") ? [`backup ${intent.body.safety}`] : [])),
  ]);
  let letGo = await holdNames([...names], endingSignal());
  const begun = Date.now();
  const settled = new Map<Intent, string>();
  try {
    for (let told = ""; ; ) {
      try {
        await settleContent(intents, settled);
        return await settleRest(intents, [...settled.values()]);
      } catch (error) {
        endingSignal().throwIfAborted();
        const why = messageOf(error);
        if (why !== told) {
          log.warn({ job, why }, "what a job has left cannot be put back yet");
          await amendInterrupted(
            job,
            `What it had changed could not be put back yet: ${why}. Trihelm goes on trying`,
          ).catch((err: unknown) => log.error({ err }, "a job's row could not be written"));
        }
        told = why;
        // a service that never starts again must not keep its volume from being backed up; content half exchanged must
        const isWhole = intents.every((intent) => settled.has(intent) || !isContent(intent));
        const isLong = isWhole && Date.now() - begun > LOCKED;
        if (isLong) letGo();
        await sleep(RETRY, endingSignal());
        // nobody's service is started while a job has it stopped
        if (isLong) letGo = await holdNames([...names], endingSignal());
      }
    }
  } finally {
    letGo();
  }
}

/**
 * Content first, with its users stopped. What is settled is done for good at once, and stands in `settled`: whatever fails
 * after it must not bring it about again, over what its users have written since.
 */
async function settleContent(intents: readonly Intent[], settled: Map<Intent, string>): Promise<void> {
  for (const intent of intents) {
    if (settled.has(intent) || !isContent(intent)) continue;
    if (!intent.body.decided) await stopAll(intents);
    const left = isKind(intent, "swap") ? await settleSwap(intent.body) : [];
    if (isKind(intent, "refill")) await settleRefill(intent.body);
    await intent.done();
    const what = isKind(intent, "swap") ? intent.body.data : intent.body.volume.name;
    const told = `${what} holds ${intent.body.decided ? "what was restored" : "what it held before"}`;
    settled.set(intent, [told, ...left.map((folder) => `${folder} cannot be removed and can go by hand`)].join(". "));
  }
}

/** Then the services; then what lies about. */
async function settleRest(intents: readonly Intent[], settled: readonly string[]): Promise<string> {
  const told = [...settled];
  const services = servicesOf(intents);
  const problems = await putBack(services);
  if (problems.length > 0) throw new Error(problems.join("; "));
  if (services.length > 0)
    told.push(`${plural(services.length, "service")} as before: ${services.map(({ name }) => name).join(", ")}`);
  for (const intent of intents) {
    if (isKind(intent, "archive") && !(await isPlaceTaken(intent.body.place))) await clearPlace(intent.body.place);
    const engine = engineIn(intent);
    // a helper that is left holds its volume
    if (engine) await engineOf(engine).removeHelpers();
    if (isKind(intent, "scratch")) await removeScratch(intent.job, intent.body);
  }
  for (const intent of intents) await intent.done();
  return told.length > 0 ? told.join(". ") : "What it had begun was removed";
}

/** Of a job that had stopped them: an engine that started again may have started them too. */
async function stopAll(intents: readonly Intent[]): Promise<void> {
  // that they were stopped now is no decision of their owner's
  for (const intent of intents)
    if (isKind(intent, "quiesce"))
      await intent.update({ services: intent.body.services.map((one) => ({ ...one, since: null })) });
  for (const { service, name, containerId } of servicesOf(intents)) {
    const { host, scope } = parseServiceId(service) ?? { host: "", scope: "" };
    const supervisor = supervisorOf(`${host}/${scope}`);
    if (!supervisor) throw new Error(`${host}/${scope} is not known to this server`);
    const record = (await supervisor.list()).find((one) => one.name === name);
    const isOurs = containerId === null || record?.instances.some(({ id }) => containerId.startsWith(id));
    if (record && isOurs && ["running", "starting", "restarting"].includes(record.state))
      await supervisor.act(name, "stop", PLAIN);
  }
}

function isContent(intent: Intent): intent is Intent<"swap"> | Intent<"refill"> {
  return isKind(intent, "swap") || isKind(intent, "refill");
}

function engineIn(intent: Intent): { host: string; scope: string } | null {
  if (isKind(intent, "helper")) return intent.body;
  if (isKind(intent, "scratch") || isKind(intent, "refill")) return intent.body.volume;
  return null;
}

function servicesOf(intents: readonly Intent[]): HeldService[] {
  const all = intents.flatMap((intent) => (isKind(intent, "quiesce") ? intent.body.services : []));
  return [...new Map(all.map((one) => [one.service, one])).values()];
}

/** What is nobody's: parts of archives, folders for a while, helper containers. Whole files are never ours to judge. */
async function sweep(): Promise<void> {
  const entries = await fs.readdir(backupsFolder(), { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const isScratch = entry.isDirectory() && entry.name.startsWith(SCRATCH);
    const isPart = entry.isFile() && /\.part(-journal|-wal|-shm)?$/.test(entry.name);
    if (isScratch || isPart) await fs.rm(path.join(entry.parentPath, entry.name), { recursive: true, force: true });
  }
  for (const engine of volumeEngines())
    engine
      .removeHelpers()
      .catch((err: unknown) => logger("backups").debug({ err }, "helpers stay until the next start"));
}
