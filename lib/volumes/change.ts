/** Volumes made, copied, protected and removed. */
import { audited } from "#lib/audit/audited.ts";
import type { Access } from "#lib/auth/access.ts";
import { makeBackup } from "#lib/backups/make.ts";
import { locksOf } from "#lib/backups/run.ts";
import { resolveSource } from "#lib/backups/sources.ts";
import { bus } from "#lib/events/bus.ts";
import type { Job } from "#lib/jobs/job.ts";
import { jobAbout } from "#lib/jobs/read.ts";
import { holdNames, type JobHandle, startJob } from "#lib/jobs/run.ts";
import { AppError } from "#lib/platform/errors.ts";
import { serviceId } from "#lib/services/id.ts";
import { SupervisorError } from "#lib/supervisors/supervisor.ts";
import { type VolumeAddress, type VolumeEngine, volumeAddress, volumeEngines } from "./engines.ts";
import { measureSoon } from "./measure.ts";
import { readVolume } from "./read.ts";
import type { Volume } from "./shapes.ts";
import { forgetVolume, setProtected } from "./store.ts";

export interface NewVolume {
  host: string;
  /** null: the first engine that answers */
  scope: string | null;
  name: string;
  labels: Record<string, string>;
}

/** milliseconds that a job which works with a volume, such as one about its stack, gets to end */
const PATIENCE = 5000;
/** milliseconds that the backup of a removed volume is kept at least */
const SAFETY = 30 * 86_400_000;
/** ours: they would make a volume look like something that Trihelm made for a while */
const OWN_LABEL = /^trihelm\./;

/** Where a new volume would be, and what its id is. Throws AppError `not_found` where there is no engine. */
export async function placeOfNew({
  host,
  scope,
  name,
}: Pick<NewVolume, "host" | "scope" | "name">): Promise<VolumeAddress> {
  const engine = await engineFor(host, scope);
  return { engine, host, scope: engine.scope, name };
}

/** Throws AppError `validation` for a name or label that cannot be, `conflict` where the name is taken. */
export async function createVolume(
  { engine, host, scope, name }: VolumeAddress,
  labels: Record<string, string>,
  access: Access,
): Promise<Volume> {
  if (Object.keys(labels).some((label) => label === "" || OWN_LABEL.test(label)))
    throw new AppError("validation", "Labels have a name, and those that begin with trihelm. are Trihelm's own");
  const id = serviceId(host, scope, name);
  await asked(() => engine.createVolume({ name, labels }));
  // one of the same name may have been here before
  await forgetVolume(id);
  measureSoon(id);
  bus().publish("volume", { id });
  return readVolume(id, access);
}

/** Throws AppError `not_found`. */
export async function protectVolume(id: string, isProtected: boolean, access: Access): Promise<Volume> {
  const volume = await readVolume(id, access);
  await setProtected(volume.id, isProtected);
  bus().publish("volume", { id: volume.id });
  return readVolume(volume.id, access);
}

export interface Removal {
  /** its name, where that is asked for */
  confirm: string | undefined;
  /** make a backup first */
  backup: boolean;
  actor: string;
  address: string;
}

/**
 * The job that makes a backup and removes it then; null: it is removed. Throws AppError `conflict` while it is in use or a
 * job is about it, and with `confirm` where its name has to be sent.
 */
export async function deleteVolume(volume: Volume, removal: Removal): Promise<Job | null> {
  const { id, name } = volume;
  const { engine } = volumeAddress(id);
  await checkFree(volume);
  if (volume.protected && removal.confirm !== name)
    throw new AppError("conflict", `${name} is protected. Send its name as \`confirm\` to remove it all the same`, {
      extensions: { confirm: name, typed: true },
    });
  if (!removal.backup) {
    const letGo = await holdNames([`source ${id}`], AbortSignal.timeout(PATIENCE)).catch((cause: unknown) => {
      throw new AppError("conflict", `A job works with ${name}: try again when it has ended`, { cause });
    });
    await removeNow(engine, volume).finally(letGo);
    return null;
  }
  const source = { volume: id };
  const resolved = await resolveSource(source);
  const wanted = { kind: "delete" as const, subject: id, title: name, actor: removal.actor };
  return startJob({ ...wanted, locks: locksOf(resolved) }, async (job) => {
    job.plan(["Make safety copy", "Finish safety copy", "Verify safety copy", "Remove volume"]);
    const safety = { for: "delete" as const, until: new Date(Date.now() + SAFETY) };
    const { row } = await makeBackup(job, { source }, { actor: removal.actor, safety });
    job.cancelDoes(null);
    await job.step("Remove volume", () => removeAudited(engine, volume, { job, removal }));
    job.concludes(`${name} is removed. Its backup is kept for 30 days`);
    return { backup: row.id };
  });
}

/** What was asked for was written down when it was asked; that it really went is a row of its own. */
function removeAudited(engine: VolumeEngine, volume: Volume, { job, removal }: { job: JobHandle; removal: Removal }) {
  const { actor, address } = removal;
  const fact = { actor, address, action: "volume.remove", subject: volume.id, intent: { job: job.id } };
  return audited(fact, () => removeNow(engine, volume));
}

async function removeNow(engine: VolumeEngine, volume: Volume): Promise<void> {
  await asked(() => engine.removeVolume(volume.name));
  await forgetVolume(volume.id);
  bus().publish("volume", { id: volume.id });
}

async function checkFree({ id, name }: Volume): Promise<void> {
  const users = await volumeAddress(id).engine.volumeUsers(name);
  if (users.length > 0) {
    const names = users.map((user) => user.name).join(", ");
    throw new AppError("conflict", `${name} is in use by ${names}. Remove what uses it first, running or not`);
  }
  const job = jobAbout(id);
  if (job) throw new AppError("conflict", `A job is about ${name} now: wait for its end, or cancel it`);
}

async function engineFor(host: string, scope: string | null): Promise<VolumeEngine> {
  const all = volumeEngines().filter((one) => one.host === host && (scope === null || one.scope === scope));
  for (const engine of all) if ((await engine.probe()).status === "ready") return engine;
  if (all[0]) return all[0];
  throw new AppError("not_found", `There is no engine with volumes at ${host}${scope === null ? "" : `/${scope}`}`);
}

/** An engine's refusal is an answer to what was asked, not a fault. */
async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SupervisorError) || error.reason !== "refused") throw error;
    throw new AppError("conflict", error.message, { cause: error });
  }
}
