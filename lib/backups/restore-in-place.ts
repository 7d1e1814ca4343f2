/**
 * Replaces what is in a volume or folder by a backup of it: proven first, with a safety copy, exactly, and put back by
 * itself where anything of it fails or it is cancelled.
 */
import { plural } from "#lib/format/plural.ts";
import type { JobHandle } from "#lib/jobs/run.ts";
import { sleep } from "#lib/platform/clock.ts";
import { AppError, isAbort, messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { endingSignal } from "#lib/platform/shutdown.ts";
import { atHand, provenWhole } from "./at-hand.ts";
import { type InPlace, inPlaceOf, refuseUnsettled, usersToStop } from "./in-place.ts";
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
/** milliseconds between attempts to put the old content back */
const RETRY = 2000;

interface Work {
  job: JobHandle;
  row: BackupRow;
  place: InPlace;
  users: HoldUser[];
  services: HeldService[];
  replacement: Replacement;
  /** in the order of holding: more than one where somebody was up again as the old content went back */
  holds: Hold[];
}

export async function replaceInPlace(job: JobHandle, id: string): Promise<Record<string, unknown>> {
  const row = await requireBackup(id);
  const place = await inPlaceOf(row);
  if (place.refusal !== null) throw new AppError("conflict", place.refusal);
  await refuseUnsettled(place, (other) => other === job.id);
  const users = usersToStop(place);
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
  return carryOut({ job, row, place, users, services, replacement, holds: [] });
}

async function carryOut(work: Work): Promise<Record<string, unknown>> {
  const { job, place, replacement } = work;
  const done = { isReplaced: false };
  let safety: BackupRow;
  try {
    safety = await exchange(work, done);
  } catch (error) {
    job.cancelDoes(null);
    if (done.isReplaced) {
      // where this throws, nobody is let go: they would start on what is neither the old content nor the new one
      await putBack(work, error);
      await releaseAll(work, error);
    } else await replacement.discard().finally(() => releaseAll(work, error));
    throw error;
  }
  await replacement.finish().finally(() => releaseAll(work, null));
  job.concludes(`${place.confirm} is as it was ${backupOf(work.row).createdAt}`);
  return resultOf(work, safety);
}

/** Until the new content is decided on and everybody runs well with it. Resolves to the safety copy. */
async function exchange(work: Work, done: { isReplaced: boolean }): Promise<BackupRow> {
  const { job, replacement } = work;
  await replacement.prepare(job);
  job.signal.throwIfAborted();
  await stopAll(work);
  const safety = await safetyCopy(work);
  job.keeps(resultOf(work, safety));
  job.signal.throwIfAborted();
  await lookAgain(work);
  const [again] = await whoIsHeld(work.users, "stop");
  if (again) throw new AppError("conflict", `${again.name} was started meanwhile: nothing was replaced`);
  job.cancelDoes("Puts the safety copy back");
  done.isReplaced = true;
  await replacement.replace(job, safety);
  job.signal.throwIfAborted();
  await replacement.decide();
  await startAndWait(work);
  job.signal.throwIfAborted();
  job.cancelDoes(null);
  return safety;
}

function resultOf({ row, services }: Work, safety: BackupRow): Record<string, unknown> {
  const until = safety.safetyUntil?.toISOString() ?? null;
  return { backup: row.id, safety: safety.id, undoUntil: until, services: services.map(({ service }) => service) };
}

/** Whoever uses it by now: unpacking may have taken long. */
async function stopAll(work: Work): Promise<void> {
  const { job } = work;
  await lookAgain(work);
  work.services = await whoIsHeld(work.users, "stop");
  const { users, services } = work;
  if (services.length === 0) return;
  await job.step(`Stop ${plural(services.length, "service")}`, async (say) => {
    say(services.map(({ name }) => name).join(", "));
    work.holds.push(await quiesce(job, users, services));
  });
}

/** Who uses it changes while it is unpacked and copied. Those who were known stay: a unit that is stopped is not found. */
async function lookAgain(work: Work): Promise<void> {
  const place = await inPlaceOf(work.row);
  if (place.refusal !== null) throw new AppError("conflict", place.refusal);
  refusePaused(place);
  const found = usersToStop(place);
  const names = new Set(found.map(({ service }) => service));
  work.users = [...found, ...work.users.filter(({ service }) => !names.has(service))];
}

async function safetyCopy({ job, row }: Work): Promise<BackupRow> {
  const until = new Date(Date.now() + SAFETY_DAYS * 86_400_000);
  const wanted = { source: backupOf(row).source, consistency: "stop" as const };
  const by = { actor: job.actor, safety: { for: "restore" as const, until } };
  const made = await makeBackup(job, wanted, by, { isHeld: true });
  job.say(`safety copy ${made.row.place}, ${plural(made.row.files, "file")}`);
  return made.row;
}

async function startAndWait({ job, services, users, holds: [hold] }: Work): Promise<void> {
  if (!hold) return;
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

/**
 * Whatever happened, and whoever runs by now. Tries until the old content is there, with everybody stopped and the names of
 * the job held; rejects only where the server ends before, and then the next start goes on.
 */
async function putBack(work: Work, cause: unknown): Promise<void> {
  const { job, replacement } = work;
  const why = isAbort(cause) ? "it was cancelled" : messageOf(cause);
  job.say(`puts the old content back: ${why}`);
  await job.step("Put back", async (say) => {
    for (let told = ""; ; ) {
      try {
        await replacement.recall();
        await stopAgain(work);
        await replacement.putBack(job);
        // an intent that is left would bring it back once more, over what is written from now on
        await replacement.discard();
        return;
      } catch (error) {
        const now = messageOf(error);
        if (now !== told) {
          logger("backups").warn({ job: job.id, why: now }, "the old content cannot be put back yet");
          job.say(`the old content cannot be put back yet: ${now}`);
          say(`${now}. Trihelm goes on trying`);
        }
        told = now;
        await sleep(RETRY, endingSignal());
        if (endingSignal().aborted) {
          const rest = `goes back at the next start. First failed: ${why}`;
          throw new AppError("internal", `${now}. The old content is in the safety copy, and ${rest}`, {
            cause: error,
          });
        }
      }
    }
  });
}

async function stopAgain(work: Work): Promise<void> {
  await lookAgain(work).catch((err: unknown) => {
    // half exchanged it may not be found: those who were known are looked at all the same
    logger("backups").debug({ err, job: work.job.id }, "its users are those of before");
  });
  const up = await whoIsHeld(work.users, "stop");
  if (up.length > 0) work.holds.push(await quiesce(withoutCancel(work.job), work.users, up));
}

/** Everybody as before. Throws AppError where one is not, with the failure before it: that goes on in the background. */
async function releaseAll({ holds }: Work, cause: unknown): Promise<void> {
  const problems: string[] = [];
  for (const hold of holds.splice(0).toReversed())
    await hold.release().catch((error: unknown) => problems.push(messageOf(error)));
  if (problems.length === 0) return;
  const first = cause === null ? [] : [`First failed: ${messageOf(cause)}`];
  throw new AppError("action_failed", [...problems, ...first].join(". "), { cause });
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
