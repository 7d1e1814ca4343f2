/** Exchanges a volume's content through its engine: emptied, filled and compared, with the safety copy to fill it from again. */

import { plural } from "#lib/format/plural.ts";
import { isNameTaken, type JobHandle } from "#lib/jobs/run.ts";
import { AppError } from "#lib/platform/errors.ts";
import { compareWith } from "./archive/compare.ts";
import { scanTar } from "./archive/tar-scan.ts";
import { unpackTo } from "./archive/unpack.ts";
import { unlockFor } from "./encryptions/locks.ts";
import { type Intent, type IntentBodies, intend, type VolumeAddress } from "./intents.ts";
import { placeOf } from "./places.ts";
import { requireBackup } from "./read.ts";
import type { NewContent, Replacement } from "./replacement.ts";
import { type BackupRow, findBackup } from "./store.ts";
import { unlike } from "./swap.ts";
import { engineOf } from "./volume-at.ts";

/** Why this engine cannot do it; null: it can. */
export function refillRefusal(address: VolumeAddress): string | null {
  if (engineOf(address).clearVolume) return null;
  return `The files of ${address.name} cannot be reached on this machine, and ${address.host}/${address.scope} has no way to empty a volume: restore into a new one`;
}

export function refillOf(job: JobHandle, volume: VolumeAddress, content: NewContent): Replacement {
  let intent: Intent<"refill"> | null = null;
  return {
    prepare: async () => undefined,
    replace: (_, safety) =>
      job.step("Replace contents", async (say) => {
        const written = await intend(job.id, "refill", { volume, safety: safety.id, decided: false });
        await refuseWithout(safety, written);
        intent = written;
        const total = Number(content.row.originalSize);
        const checked = await fill(volume, content, job.signal, (bytes) =>
          job.progress({ done: bytes, total, unit: "bytes" }),
        );
        say(`${plural(checked, "entry", "entries")} as in the archive`);
      }),
    decide: () => intent!.update({ ...intent!.body, decided: true }),
    recall: async () => intent?.update({ ...intent.body, decided: false }),
    async putBack() {
      if (intent) await settleRefill(intent.body);
    },
    finish: async () => intent?.done(),
    async discard() {
      await intent?.done();
    },
  };
}

/** From the intent on nobody removes it; whoever began before that has its name. */
async function refuseWithout({ id }: BackupRow, intent: Intent<"refill">): Promise<void> {
  const row = isNameTaken(`backup ${id}`) ? null : await findBackup(id);
  if (row && row.damage === null) return;
  await intent.done();
  throw new AppError("conflict", "Its safety copy is being removed, or read by another job: nothing was replaced");
}

/** Fills the volume from its safety copy again, unless what is in it was decided on. */
export async function settleRefill({ volume, safety, decided }: IntentBodies["refill"]): Promise<void> {
  if (decided) return;
  const row = await requireBackup(safety);
  const unlock = row.encrypted ? await unlockFor(row) : null;
  await fill(volume, { place: placeOf(row), unlock }, new AbortController().signal);
}

/** How many entries it holds then. */
async function fill(
  volume: VolumeAddress,
  { place, unlock }: Pick<NewContent, "place" | "unlock">,
  signal: AbortSignal,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<number> {
  const engine = engineOf(volume);
  if (!engine.clearVolume) throw new AppError("conflict", refillRefusal(volume) ?? "");
  await engine.clearVolume(volume.name, signal);
  const write = (tar: Parameters<typeof engine.writeVolume>[1]) => engine.writeVolume(volume.name, tar, signal);
  await unpackTo(place, unlock, { write }, { signal, onProgress: ({ bytes }) => onBytes(bytes) });
  const { checked, differing } = await compareWith(
    place,
    unlock,
    scanTar(await engine.readVolume(volume.name, signal)),
  );
  if (differing.length > 0) throw unlike(differing);
  return checked;
}
