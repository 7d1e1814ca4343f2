/**
 * Replaces what is in a volume or folder by a backup of it: proven first, with a safety copy, exactly, and put back by
 * itself where anything of it fails or it is cancelled.
 */
import { plural } from "#lib/format/plural.ts";
import type { JobHandle } from "#lib/jobs/run.ts";
import { AppError, isAbort, messageOf } from "#lib/platform/errors.ts";
import { atHand, provenWhole } from "./at-hand.ts";
import { type InPlace, inPlaceOf } from "./in-place.ts";
import type { HeldService } from "./intents.ts";
import { makeBackup } from "./make.ts";
import { type Hold, type HoldUser, quiesce, whoIsHeld } from "./quiesce.ts";
import { requireBackup } from "./read.ts";
import { refillOf } from "./refill.ts";
import type { Replacement } from "./replacement.ts";
import { awaitHealth } from "./resume.ts";
import { type BackupRow, backupOf } from "./store.ts";
import { swapOf } from "./swap.ts";

/** days that a safety copy is kept at least */
export const SAFETY_DAYS = 7;
/** seconds that a service gets to be healthy again */
export const HEALTH = 90;

interface Work {
  job: JobHandle;
  row: BackupRow;
  place: InPlace;
  users: HoldUser[];
  services: HeldService[];
  replacement: Replacement;
}

export async function replaceInPlace(job: JobHandle, id: string): Promise<Record<string, unknown>> {
  const row = await requireBackup(id);
  const place = await inPlaceOf(row);
  if (place.refusal !== null) throw new AppError("conflict", place.refusal);
  const users = place.resolved.users.map((user) => ({ ...user, stops: true }));
  const services = await whoIsHeld(users, "stop");
  refusePaused(place);
  const who = plural(services.length, "service");
  job.plan([
    "Verify backup",
    ...(place.data === null ? [] : ["Unpack"]),
    ...(services.length > 0 ? [`Stop ${who}`] : []),
    ...["Make safety copy", "Finish safety copy", "Verify safety copy", "Replace contents"],
    ...(services.length > 0 ? ["Start services", "Wait for health checks"] : []),
  ]);
  job.cancelDoes(`${place.confirm} stays as it is`);
  const content = await atHand(job, row);
  await job.step("Verify backup", () => provenWhole(job, row, content));
  const all = { ...content, row };
  const replacement = place.data === null ? refillOf(job, place.volume!, all) : await swapOf(job, place.data, all);
  return carryOut({ job, row, place, users, services, replacement });
}

async function carryOut(work: Work): Promise<Record<string, unknown>> {
  const { job, place, replacement } = work;
  let hold: Hold | null = null;
  let safety: BackupRow | null = null;
  let isReplaced = false;
  try {
    await replacement.prepare(job);
    job.signal.throwIfAborted();
    hold = await stopAll(work);
    safety = await safetyCopy(work);
    job.signal.throwIfAborted();
    const [again] = await whoIsHeld(work.users, "stop");
    if (again) throw new AppError("conflict", `${again.name} was started meanwhile: nothing was replaced`);
    job.cancelDoes("Puts the safety copy back");
    isReplaced = true;
    await replacement.replace(job, safety);
    job.signal.throwIfAborted();
    await replacement.decide();
    if (hold) await startAndWait(work, hold);
    job.signal.throwIfAborted();
    job.cancelDoes(null);
  } catch (error) {
    job.cancelDoes(null);
    if (isReplaced) await putBack(work, hold, error);
    else await replacement.discard();
    await hold?.release();
    throw error;
  }
  await hold?.release();
  await replacement.finish();
  job.concludes(`${place.confirm} is as it was ${backupOf(work.row).createdAt}`);
  const until = safety.safetyUntil?.toISOString() ?? null;
  const { row, services } = work;
  return { backup: row.id, safety: safety.id, undoUntil: until, services: services.map(({ service }) => service) };
}

/** Whoever uses it by now: unpacking may have taken long. */
async function stopAll(work: Work): Promise<Hold | null> {
  const { job } = work;
  const { resolved } = await inPlaceOf(work.row);
  work.users = resolved.users.map((user) => ({ ...user, stops: true }));
  work.services = await whoIsHeld(work.users, "stop");
  const { users, services } = work;
  if (services.length === 0) return null;
  return job.step(`Stop ${plural(services.length, "service")}`, async (say) => {
    say(services.map(({ name }) => name).join(", "));
    return quiesce(job, users, services);
  });
}

async function safetyCopy({ job, row }: Work): Promise<BackupRow> {
  const until = new Date(Date.now() + SAFETY_DAYS * 86_400_000);
  const wanted = { source: backupOf(row).source, consistency: "stop" as const };
  const by = { actor: job.actor, safety: { for: "restore" as const, until } };
  const made = await makeBackup(job, wanted, by, { isHeld: true });
  job.say(`safety copy ${made.row.place}, ${plural(made.row.files, "file")}`);
  return made.row;
}

async function startAndWait({ job, services, users }: Work, hold: Hold): Promise<void> {
  await job.step("Start services", async () => {
    const problems = await hold.attempt();
    if (problems.length > 0) throw new AppError("action_failed", `${problems.join("; ")}. The safety copy went back`);
  });
  await job.step("Wait for health checks", async (say) => {
    say(`up to ${HEALTH} s, then the safety copy goes back`);
    const answers = await Promise.all(
      services.map(({ service, name }) => {
        const { supervisor } = users.find((user) => user.service === service)!;
        return awaitHealth(supervisor, name, { seconds: HEALTH, signal: job.signal });
      }),
    );
    const sick = answers.filter((answer) => answer !== null);
    if (sick.length > 0) throw new AppError("action_failed", `${sick.join("; ")}. The safety copy went back`);
    say(services.map(({ name }) => name).join(", "));
  });
}

/** Whatever happened, and whoever runs by now. */
async function putBack({ job, users, replacement }: Work, hold: Hold | null, cause: unknown): Promise<void> {
  const why = isAbort(cause) ? "it was cancelled" : messageOf(cause);
  job.say(`puts the old content back: ${why}`);
  let again: Hold | null = null;
  try {
    await job.step("Put back", async () => {
      const up = await whoIsHeld(users, "stop");
      again = await quiesce(withoutCancel(job), users, up);
      await replacement.putBack(job);
    });
    await replacement.discard();
  } catch (error) {
    throw new AppError(
      "internal",
      `${messageOf(error)}. The old content is in the safety copy, and goes back at the next start. First failed: ${why}`,
      { cause: error },
    );
  } finally {
    await (again as Hold | null)?.release();
    await hold?.release();
  }
}

/** Putting back is not cancelled by what made it necessary. */
function withoutCancel(job: JobHandle): JobHandle {
  return { ...job, signal: new AbortController().signal };
}

/** A container that somebody has frozen holds its mount and cannot be stopped as it is. */
function refusePaused({ resolved }: InPlace): void {
  const paused = resolved.users.find(({ state }) => state === "paused");
  if (paused) throw new AppError("conflict", `${paused.name} is paused: unpause or stop it first`);
}
