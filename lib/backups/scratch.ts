/** A volume that is removed again unless it is said to stay: also when the server is killed meanwhile. */
import fs from "node:fs/promises";
import path from "node:path";
import type { JobHandle } from "#lib/jobs/run.ts";
import { SupervisorError } from "#lib/supervisors/supervisor.ts";
import { type IntentBodies, intend, type VolumeAddress } from "./intents.ts";
import { backupsFolder } from "./places.ts";
import { engineOf, findVolume } from "./volume-at.ts";

/** tells a volume that is ours to remove from one that somebody made under the same name */
const JOB_LABEL = "trihelm.job";

/** how folders for a while are called */
export const SCRATCH = ".scratch-";

export interface Scratch {
  keep(): Promise<void>;
  remove(): Promise<void>;
}

/** Throws SupervisorError `refused` where the name is taken. */
export async function makeScratch(
  job: JobHandle,
  volume: VolumeAddress,
  labels: Record<string, string>,
): Promise<Scratch> {
  const intent = await intend(job.id, "scratch", { volume, folder: null });
  const remove = async () => {
    await removeScratch(job.id, intent.body);
    await intent.done();
  };
  try {
    await engineOf(volume).createVolume({ name: volume.name, labels: { ...labels, [JOB_LABEL]: job.id } });
  } catch (error) {
    await remove();
    throw error;
  }
  return { keep: () => intent.done(), remove };
}

/** A folder for a while, below that of the backups; as `makeScratch`. */
export async function makeScratchFolder(job: JobHandle): Promise<Scratch & { folder: string }> {
  const folder = path.join(backupsFolder(), `${SCRATCH}${job.id}`);
  const intent = await intend(job.id, "scratch", { volume: null, folder });
  await fs.mkdir(folder, { recursive: true, mode: 0o700 });
  const remove = async () => {
    await removeScratch(job.id, intent.body);
    await intent.done();
  };
  return { folder, keep: () => intent.done(), remove };
}

/** Removes what this job made there, and nothing that anybody else did. */
export async function removeScratch(job: string, { volume, folder }: IntentBodies["scratch"]): Promise<void> {
  if (folder !== null) await fs.rm(folder, { recursive: true, force: true });
  if (!volume || (await findVolume(volume))?.labels[JOB_LABEL] !== job) return;
  try {
    await engineOf(volume).removeVolume(volume.name);
  } catch (error) {
    if (error instanceof SupervisorError && error.reason === "not_found") return;
    throw error;
  }
}
