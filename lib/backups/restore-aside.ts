/** Restores a backup, or some of it, into a volume that is made for it: what there is stays as it is. */
import { formatBytes } from "#lib/format/bytes.ts";
import { plural } from "#lib/format/plural.ts";
import type { JobHandle } from "#lib/jobs/run.ts";
import { compareWith } from "./archive/compare.ts";
import { scanTar } from "./archive/tar-scan.ts";
import { unpackTo } from "./archive/unpack.ts";
import { type AtHand, atHand, provenWhole } from "./at-hand.ts";
import type { VolumeAddress } from "./intents.ts";
import { checkReserve } from "./reserve.ts";
import { guardOf, isGuardedBackup } from "./reveal.ts";
import { makeScratch } from "./scratch.ts";
import { type BackupRow, extraOf } from "./store.ts";
import { unlike } from "./swap.ts";
import { engineOf, volumeId } from "./volume-at.ts";

export interface Aside {
  volume: VolumeAddress;
  /** null: all of it */
  paths: readonly string[] | null;
}

export async function restoreAside(
  job: JobHandle,
  row: BackupRow,
  { volume, paths }: Aside,
): Promise<Record<string, unknown>> {
  const compare = paths === null ? ["Compare"] : [];
  job.plan(["Verify backup", "Make volume", "Unpack", ...compare]);
  job.cancelDoes(`Removes ${volume.name}`);
  const content = await atHand(job, row);
  await job.step("Verify backup", () => provenWhole(job, row, content));
  const scratch = await job.step("Make volume", async (say) => {
    say(volume.name);
    return makeScratch(job, volume, {
      ...labelsOf(row),
      ...guardOf(isGuardedBackup(row)),
      "trihelm.restored-from": row.id,
    });
  });
  try {
    await job.step("Unpack", () => fillVolume(job, volume, { ...content, row, paths }));
    if (paths === null)
      await job.step("Compare", async (say) => {
        const { checked, differing } = await compareVolume(job, volume, content);
        if (differing.length > 0) throw unlike(differing);
        say(`${plural(checked, "entry", "entries")} as in the archive`);
      });
  } catch (error) {
    await scratch.remove();
    throw error;
  }
  await scratch.keep();
  job.concludes(
    paths
      ? `${plural(paths.length, "path")} in ${volume.name}`
      : `${formatBytes(Number(row.originalSize))} in ${volume.name}`,
  );
  return { backup: row.id, volume: volumeId(volume) };
}

/** From the disk where that can be written, through the engine elsewhere. */
export async function fillVolume(
  job: JobHandle,
  volume: VolumeAddress,
  { place, unlock, row, paths }: AtHand & { row: BackupRow; paths: readonly string[] | null },
): Promise<void> {
  const engine = engineOf(volume);
  const total = paths === null ? Number(row.originalSize) : null;
  const onProgress = ({ bytes }: { bytes: number }) => job.progress({ done: bytes, total, unit: "bytes" });
  const options = { signal: job.signal, onProgress, ...(paths === null ? {} : { paths }) };
  const folder = await engine.volumeFolder(volume.name, { write: true });
  if (folder === null) {
    const write = (tar: Parameters<typeof engine.writeVolume>[1]) => engine.writeVolume(volume.name, tar, job.signal);
    return unpackTo(place, unlock, { write }, options);
  }
  await checkReserve(folder, Number(row.originalSize));
  await unpackTo(place, unlock, { folder }, options);
}

/** Every entry of the volume against the archive. */
export async function compareVolume(job: JobHandle, volume: VolumeAddress, { place, unlock }: AtHand) {
  const engine = engineOf(volume);
  const folder = await engine.volumeFolder(volume.name);
  if (folder !== null) return compareWith(place, unlock, { folder });
  return compareWith(place, unlock, scanTar(await engine.readVolume(volume.name, job.signal)));
}

/** What the volume was labelled, but for what would make compose take the new one for its own. */
function labelsOf(row: BackupRow): Record<string, string> {
  const labels = extraOf(row).context?.labels;
  if (typeof labels !== "object" || labels === null) return {};
  const kept = Object.entries(labels).filter(
    ([name, value]) => typeof value === "string" && !/^(com\.docker\.|trihelm\.)/.test(name),
  );
  return Object.fromEntries(kept) as Record<string, string>;
}
