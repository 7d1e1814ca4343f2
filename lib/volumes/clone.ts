/** A copy of a volume under another name: made, filled and compared while those who write into the original are paused. */

import { quiesce, whoIsHeld } from "#lib/backups/quiesce.ts";
import { checkReserve } from "#lib/backups/reserve.ts";
import { guardOf, isGuarded } from "#lib/backups/reveal.ts";
import { locksOf } from "#lib/backups/run.ts";
import { makeScratch } from "#lib/backups/scratch.ts";
import { type ResolvedSource, resolveSource } from "#lib/backups/sources.ts";
import { bus } from "#lib/events/bus.ts";
import { plural } from "#lib/format/plural.ts";
import type { Job } from "#lib/jobs/job.ts";
import { type JobHandle, startJob } from "#lib/jobs/run.ts";
import { AppError } from "#lib/platform/errors.ts";
import { run } from "#lib/platform/exec.ts";
import { serviceId } from "#lib/services/id.ts";
import { compareFolders, compareStreams } from "./compare.ts";
import { type VolumeAddress, volumeAddress } from "./engines.ts";
import { measureSoon } from "./measure.ts";
import type { Volume } from "./shapes.ts";

/** seconds that a copy may take at most */
const PATIENCE = 24 * 3600;

/** Throws AppError `conflict` where the name is taken, `validation` where it can be none. */
export async function cloneVolume(volume: Volume, name: string, actor: string): Promise<Job> {
  const from = volumeAddress(volume.id);
  const to: VolumeAddress = { ...from, name };
  const resolved = await resolveSource({ volume: volume.id });
  if ((await from.engine.volumes()).some((one) => one.name === name))
    throw new AppError("conflict", `There is a volume ${name} already`);
  const target = serviceId(to.host, to.scope, name);
  const locks = [...locksOf(resolved), `source ${target}`];
  return startJob({ kind: "clone", subject: volume.id, title: `${volume.name} to ${name}`, actor, locks }, (job) =>
    copy(job, { from, to, resolved, labels: volume.labels }),
  );
}

interface Copy {
  from: VolumeAddress;
  to: VolumeAddress;
  resolved: ResolvedSource;
  labels: Record<string, string>;
}

async function copy(job: JobHandle, { from, to, resolved, labels }: Copy): Promise<Record<string, unknown>> {
  const users = resolved.users.map((user) => ({ ...user, stops: false }));
  const services = await whoIsHeld(users, "pause");
  const hold = services.length > 0 ? `Pause ${plural(services.length, "service")}` : null;
  job.plan(["Make volume", ...(hold ? [hold] : []), "Copy", "Compare", ...(hold ? ["Resume"] : [])]);
  job.cancelDoes(`Removes ${to.name}`);
  const scratch = await job.step("Make volume", async (say) => {
    say(to.name);
    return makeScratch(job, to, { ...withoutCompose(labels), ...guardOf(isGuarded(labels)) });
  });
  try {
    const held = hold ? await job.step(hold, () => quiesce(job, users, services)) : null;
    try {
      await job.step("Copy", () => fill(job, from, to));
      const entries = await job.step("Compare", async (say) => {
        const count = await compare(from, to, job.signal);
        say(`${plural(count, "entry", "entries")} as in ${from.name}`);
        return count;
      });
      job.concludes(`${to.name} is as ${from.name}: ${plural(entries, "entry", "entries")}`);
    } finally {
      if (held) await job.step("Resume", () => held.release());
    }
  } catch (error) {
    await scratch.remove();
    throw error;
  }
  await scratch.keep();
  const id = serviceId(to.host, to.scope, to.name);
  measureSoon(id);
  bus().publish("volume", { id });
  return { volume: id };
}

/** By the system's own copy where the disk can be reached: holes, links and attributes are kept. */
async function fill(job: JobHandle, from: VolumeAddress, to: VolumeAddress): Promise<void> {
  const source = await from.engine.volumeFolder(from.name);
  const target = await to.engine.volumeFolder(to.name, { write: true });
  if (source === null || target === null)
    return to.engine.writeVolume(to.name, await from.engine.readVolume(from.name, job.signal), job.signal);
  await checkReserve(target, 0);
  const limits = { timeout: PATIENCE, signal: job.signal };
  const { exitCode, stderr } = await run("cp", ["-a", "--", `${source}/.`, `${target}/`], limits);
  if (exitCode !== 0)
    throw new AppError("action_failed", `The copy failed: ${stderr.trim().split("\n").at(-1)?.slice(0, 300)}`);
}

async function compare(from: VolumeAddress, to: VolumeAddress, signal: AbortSignal): Promise<number> {
  const source = await from.engine.volumeFolder(from.name);
  const target = await to.engine.volumeFolder(to.name);
  if (source !== null && target !== null) return compareFolders(source, target, signal);
  const [one, other] = [await from.engine.readVolume(from.name, signal), await to.engine.readVolume(to.name, signal)];
  try {
    return await compareStreams(one, other);
  } finally {
    one.destroy();
    other.destroy();
  }
}

/** Those of compose would make it take the copy for its own, and remove it. */
function withoutCompose(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !/^(com\.docker\.|trihelm\.)/.test(name)));
}
