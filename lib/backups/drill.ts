/** A drill: the backup is restored for a moment, every entry compared, every database opened, and what was made removed. */

import { formatBytes } from "#lib/format/bytes.ts";
import { plural } from "#lib/format/plural.ts";
import type { Job } from "#lib/jobs/job.ts";
import { type JobHandle, startJob } from "#lib/jobs/run.ts";
import { monotonic, timestamp } from "#lib/platform/clock.ts";
import { AppError } from "#lib/platform/errors.ts";
import type { ManifestHead } from "./archive/archive.ts";
import { compareWith } from "./archive/compare.ts";
import { checkDatabases } from "./archive/compare-databases.ts";
import { unpackTo } from "./archive/unpack.ts";
import { type AtHand, atHand, provenWhole } from "./at-hand.ts";
import type { VolumeAddress } from "./intents.ts";
import { backupsFolder } from "./places.ts";
import { requireBackup } from "./read.ts";
import { checkReserve } from "./reserve.ts";
import { compareVolume, fillVolume } from "./restore-aside.ts";
import { guardOf, isGuardedBackup } from "./reveal.ts";
import { makeScratch, makeScratchFolder } from "./scratch.ts";
import type { Backup } from "./shapes.ts";
import { type BackupRow, changeBackup, extraOf } from "./store.ts";
import { engineFor, engineOf } from "./volume-at.ts";

type Step = NonNullable<Backup["drill"]>["steps"][number];

/** Throws AppError `not_found`. */
export async function startDrill(id: string, actor: string): Promise<Job> {
  const row = await requireBackup(id);
  const { title } = extraOf(row);
  return startJob({ kind: "drill", subject: row.sourceKey, title, actor, locks: [`backup ${id}`] }, (job) =>
    drill(job, id),
  );
}

async function drill(job: JobHandle, id: string): Promise<Record<string, unknown>> {
  const row = await requireBackup(id);
  job.plan([
    "Verify backup",
    "Restore into a scratch volume",
    "Compare",
    "Check databases",
    "Remove the scratch volume",
  ]);
  job.cancelDoes("Removes the scratch volume");
  const content = await atHand(job, row);
  const begun = monotonic();
  const steps: Step[] = [];
  const add = (text: string, result: string, passed: boolean) => steps.push({ text, result, passed });
  let failure: unknown = null;
  try {
    const head = await job.step("Verify backup", () => provenWhole(job, row, content));
    await tryOut(job, { row, content, head, add });
  } catch (error) {
    job.signal.throwIfAborted();
    failure = error;
    add("The drill ended", error instanceof Error ? error.message : String(error), false);
  }
  const seconds = Math.round((monotonic() - begun) / 100) / 10;
  const passed = failure === null && steps.every((step) => step.passed);
  const at = timestamp();
  await changeBackup(id, {
    drill: JSON.stringify({ at, passed, seconds, steps }),
    ...(passed ? { drilledAt: new Date() } : {}),
  });
  if (failure !== null) throw failure;
  const failed = steps.find((step) => !step.passed);
  if (failed) throw new AppError("conflict", `The drill failed. ${failed.text}: ${failed.result}`);
  job.concludes(`Restored ${plural(row.files, "file")} in ${seconds} s, checksums match`);
  return { backup: id, passed, seconds, steps };
}

interface Trial {
  row: BackupRow;
  content: AtHand;
  head: ManifestHead;
  add: (text: string, result: string, passed: boolean) => void;
}

async function tryOut(job: JobHandle, trial: Trial): Promise<void> {
  const where = engineFor(trial.row.sourceKey);
  if (where) await inVolume(job, { ...where, name: `trihelm-drill-${job.id}` }, trial);
  else await inFolder(job, trial);
}

async function inVolume(job: JobHandle, volume: VolumeAddress, { row, content, head, add }: Trial): Promise<void> {
  const scratch = await makeScratch(job, volume, guardOf(isGuardedBackup(row)));
  try {
    await job.step("Restore into a scratch volume", () => fillVolume(job, volume, { ...content, row, paths: null }));
    add("Restored into a scratch volume", formatBytes(head.originalSize), true);
    told(add, await job.step("Compare", () => compareVolume(job, volume, content)));
    const folder = await engineOf(volume).volumeFolder(volume.name, { write: true });
    await job.step("Check databases", () => databases(job, { content, head, add, folder }));
  } finally {
    await job.step("Remove the scratch volume", scratch.remove);
  }
  add("Scratch volume removed", volume.name, true);
}

/** What is of a folder is tried out in a folder. */
async function inFolder(job: JobHandle, { row, content, head, add }: Trial): Promise<void> {
  await checkReserve(backupsFolder(), Number(row.originalSize));
  const { folder, remove } = await makeScratchFolder(job);
  try {
    const onProgress = ({ bytes }: { bytes: number }) =>
      job.progress({ done: bytes, total: head.originalSize, unit: "bytes" });
    await job.step("Restore into a scratch volume", () =>
      unpackTo(content.place, content.unlock, { folder }, { signal: job.signal, onProgress }),
    );
    add("Restored into a scratch folder", formatBytes(head.originalSize), true);
    told(add, await job.step("Compare", () => compareWith(content.place, content.unlock, { folder })));
    await job.step("Check databases", () => databases(job, { content, head, add, folder }));
  } finally {
    await job.step("Remove the scratch volume", remove);
  }
  add("Scratch folder removed", "", true);
}

function told(add: Trial["add"], { checked, differing }: { checked: number; differing: string[] }): void {
  if (differing.length === 0) add(`${plural(checked, "entry", "entries")} as in the archive`, "0 missing", true);
  else add("Compared with the archive", `${differing.length} differ: ${differing.slice(0, 3).join(", ")}`, false);
}

/** `folder` null: the volume cannot be read here, and the databases alone are unpacked where they can. */
async function databases(
  job: JobHandle,
  { content, head, add, folder }: { content: AtHand; head: ManifestHead; add: Trial["add"]; folder: string | null },
): Promise<void> {
  if (head.databases.length === 0) return;
  if (folder !== null) return checkThose(add, { folder, paths: head.databases, signal: job.signal });
  const scratch = await makeScratchFolder(job);
  try {
    const paths = head.databases.flatMap((file) => [file, `${file}-wal`, `${file}-shm`, `${file}-journal`]);
    const options = { paths, signal: job.signal };
    await unpackTo(content.place, content.unlock, { folder: scratch.folder }, options);
    await checkThose(add, { folder: scratch.folder, paths: head.databases, signal: job.signal });
  } finally {
    await scratch.remove();
  }
}

async function checkThose(
  add: Trial["add"],
  { folder, paths, signal }: { folder: string; paths: readonly string[]; signal: AbortSignal },
): Promise<void> {
  for (const { path: file, problem } of await checkDatabases(folder, paths, { signal }))
    add(`PRAGMA integrity_check on ${file}`, problem ?? "ok", problem === null);
}
