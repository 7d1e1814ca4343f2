/** Whether and how a backup can replace what it is of, exactly. */
import { AppError } from "#lib/platform/errors.ts";
import { parseServiceId } from "#lib/services/id.ts";
import { isKind, openIntents, type VolumeAddress } from "./intents.ts";
import { ownVolumeRefusal } from "./own-data.ts";
import type { HoldUser } from "./quiesce.ts";
import { refillRefusal } from "./refill.ts";
import { isWithin } from "./source-users.ts";
import { type ResolvedSource, resolveSource, type SourceUser } from "./sources.ts";
import { type BackupRow, backupOf, extraOf } from "./store.ts";
import { swapRefusal } from "./swap.ts";
import { engineOf } from "./volume-at.ts";

export interface InPlace {
  resolved: ResolvedSource;
  /** by two renames of this folder */
  data: string | null;
  /** through its engine, where there is no such folder */
  volume: VolumeAddress | null;
  /** what has to be typed: the name of the volume, the path of the folder */
  confirm: string;
  /** why it cannot be done; null: it can */
  refusal: string | null;
}

/** Throws AppError `not_found` where what the backup is of is not there any more. */
export async function inPlaceOf(row: BackupRow): Promise<InPlace> {
  const { source } = backupOf(row);
  const resolved = await resolveSource(source);
  const plain = { resolved, data: null, volume: null, confirm: resolved.title };
  if (extraOf(row).partial) return { ...plain, refusal: PARTIAL };
  if ("path" in source) {
    const data = source.path.replace(/(?<=.)\/+$/, "");
    return { ...plain, confirm: data, data, refusal: await swapRefusal(data) };
  }
  if (!("volume" in source)) return { ...plain, refusal: `${PARTS} Restore the parts that you need into a new volume` };
  const volume = parseServiceId(source.volume);
  if (!volume) return { ...plain, refusal: "This backup does not tell which volume it is of" };
  const ours = await ownVolumeRefusal(volume);
  if (ours !== null) return { ...plain, confirm: volume.name, volume, refusal: ours };
  const data = await engineOf(volume).volumeFolder(volume.name, { write: true });
  const folder = data === null ? "" : await swapRefusal(data);
  if (folder === null) return { ...plain, confirm: volume.name, data, volume, refusal: null };
  return { ...plain, confirm: volume.name, volume, refusal: refillRefusal(volume) };
}

/**
 * Everybody who has it mounted, whatever for: after an exchange a reader too would go on with the old content, which goes
 * away under it.
 */
export function usersToStop({ resolved }: InPlace): (SourceUser & HoldUser)[] {
  return resolved.users.map((user) => ({ ...user, readOnly: false, stops: true }));
}

/**
 * Throws AppError `conflict` where another job than these has exchanged this place, one above or one below it, and what it
 * has left is not put back yet: that would undo what is restored now.
 */
export async function refuseUnsettled(
  { confirm, data, volume }: InPlace,
  isOwn: (job: string) => boolean,
): Promise<void> {
  const isHere = (folder: string) => data !== null && (isWithin(folder, data) || isWithin(data, folder));
  const isSame = (other: VolumeAddress) =>
    volume !== null && other.name === volume.name && other.scope === volume.scope && other.host === volume.host;
  const left = (await openIntents()).find((intent) => {
    if (isOwn(intent.job)) return false;
    if (isKind(intent, "swap")) return isHere(intent.body.data);
    return isKind(intent, "refill") && isSame(intent.body.volume);
  });
  if (left)
    throw new AppError(
      "conflict",
      `What an earlier restore of ${confirm} has left is still being put back: its job says what stands in the way`,
    );
}

const PARTIAL =
  "This backup leaves some of its source out by pattern, which an exact replacement would remove. Restore it into a new volume";
const PARTS = "A service or stack as a whole has parts at several places, which cannot be exchanged at one moment.";
