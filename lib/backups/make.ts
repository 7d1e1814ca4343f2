/** Makes one backup within a job: hold still, read, let go, prove, keep its row, copy, prune. */
import { randomUUID } from "node:crypto";
import os from "node:os";
import path from "node:path";
import { formatBytes } from "#lib/format/bytes.ts";
import { plural } from "#lib/format/plural.ts";
import type { JobHandle } from "#lib/jobs/run.ts";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import { parseServiceId } from "#lib/services/id.ts";
import type { ArchivePlace, ManifestHead, Progress, Root } from "./archive/archive.ts";
import { lostWords } from "./archive/lost.ts";
import { verifyArchive } from "./archive/verify.ts";
import { type WantedArchive, writeArchive } from "./archive/write.ts";
import { labelOrders } from "./commands.ts";
import { uploadCopies } from "./destinations/copies.ts";
import { canUnlock, lockFor, unlockFor } from "./encryptions/locks.ts";
import { type Intent, intend } from "./intents.ts";
import { ownDataIn, ownDataInVolume } from "./own-data.ts";
import { backupsFolder, clearPlace, newPlace, stemOf } from "./places.ts";
import { applyRetention } from "./plans/prune.ts";
import { type Hold, quiesce, whoIsHeld } from "./quiesce.ts";
import { newestGood } from "./read.ts";
import { checkReserve, reserveWatch } from "./reserve.ts";
import { openRepository } from "./restic/repository.ts";
import { checkSnapshot, forgetSnapshot, writeSnapshot } from "./restic/restic.ts";
import type { BackupOrder } from "./run.ts";
import type { Consistency, NewBackup } from "./shapes.ts";
import { type ResolvedSource, resolveSource } from "./sources.ts";
import { addBackup, type BackupExtra, type BackupRow } from "./store.ts";
import { TOOL } from "./tool.ts";

/** what the manifest of an unverified archive would have to be believed for */
type Made = {
  head: ManifestHead;
  place: ArchivePlace;
  snapshot: string | null;
  verifiedAt: Date | null;
  /** services that could not be let go: what was read of them is whole */
  problems: string[];
};

export interface MadeBackup {
  row: BackupRow;
  /** copies that could not be made, services that could not be let go yet: the backup itself is whole */
  problems: string[];
}

interface Work {
  job: JobHandle;
  wanted: NewBackup;
  by: BackupOrder;
  resolved: ResolvedSource;
  consistency: Consistency;
  /** whoever works further on the same source holds its users already */
  isHeld: boolean;
}

/**
 * `held`: its users are stopped already and stay so. Throws when it could not be made; nothing is left of it then, and
 * everybody runs again.
 */
export async function makeBackup(
  job: JobHandle,
  wanted: NewBackup,
  by: BackupOrder,
  { isHeld = false } = {},
): Promise<MadeBackup> {
  const resolved = await resolveSource(wanted.source);
  const work: Work = { job, wanted, by, resolved, isHeld, consistency: wanted.consistency ?? "pause" };
  const at = new Date();
  const place = await newPlace(resolved.key, at);
  const intent = await intend(job.id, "archive", { place });
  let made: Made;
  let row: BackupRow;
  try {
    made = await archive(work, { place, at });
    row = await keepRow(work, { made, place, at, intent });
  } catch (error) {
    await clearPlace(place);
    await intent.done();
    throw error;
  }
  return { row, problems: [...made.problems, ...(await afterwards(work, row, made.place))] };
}

async function archive(work: Work, { place, at }: { place: string; at: Date }): Promise<Made> {
  const { job, resolved, wanted, consistency } = work;
  await checkReserve(backupsFolder(), await neededFor(resolved));
  // nobody is held still for that
  if (wanted.engine === "restic") await openRepository();
  const lock = wanted.encryption === undefined ? null : await lockFor(wanted.encryption);
  const labels = await labelOrders(work.isHeld ? [] : resolved.users);
  const services = await whoIsHeld(labels.users, consistency);
  const who = services.length === 1 ? services[0]!.name : plural(services.length, "service");
  const isStop = services.some(({ how }) => how === "stop");
  const names = {
    hold: `${isStop ? "Stop" : "Pause"} ${who}`,
    release: `${isStop ? "Start" : "Resume"} ${who}`,
  };
  const isSafety = work.by.safety !== undefined;
  const reading = isSafety ? "Make safety copy" : "Snapshot";
  const sealing = isSafety ? "Finish safety copy" : "Write archive";
  const verifying = isSafety ? "Verify safety copy" : "Verify checksums";
  if (!isSafety)
    job.plan([...(services.length > 0 ? [names.hold, reading, names.release] : [reading]), sealing, verifying]);

  const helper = await helperIntent(job, resolved);
  const unlocked = lock === null || (await canUnlock({ extra: JSON.stringify({ encryption: wanted.encryption }) }));
  const problems: string[] = [];
  let hold: Hold | null = null;
  try {
    await labels.before(job);
    if (services.length > 0)
      hold = await job.step(names.hold, async (say) => {
        say(services.map(({ name }) => name).join(", "));
        return quiesce(job, labels.users, services);
      });
    const read = Promise.withResolvers<void>();
    const stem = stemOf(place);
    const writing = write(wanted.engine ?? "archive", {
      stem,
      head: headOf(work, at),
      roots: await rootsOf(work),
      lock,
      signal: job.signal,
      onProgress: ({ bytes }) => job.progress({ done: bytes, total: resolved.size, unit: "bytes" }),
      onRead: () => read.resolve(),
      reserve: reserveWatch(backupsFolder()),
    });
    // it fails where it is awaited, which may be later than it fails
    writing.catch(() => undefined);
    await job.step(reading, () => Promise.race([read.promise, writing]));
    if (hold)
      await job.step(names.release, hold.release).catch((error: unknown) => {
        problems.push(messageOf(error));
      });
    await labels.after(job);
    const { head, snapshot } = await job.step(sealing, async (say) => {
      const written = await writing;
      say(`${formatBytes(written.head.originalSize)} in ${formatBytes(written.head.size)}`);
      return written;
    });
    refuseLost(work, head);
    const written: ArchivePlace = { stem, encrypted: lock !== null };
    const verifiedAt = await job.step(verifying, async (say) => {
      if (!unlocked) {
        say("only its owner can open it: the archive's own checksum was compared");
        return null;
      }
      return prove(work, { place: written, head, snapshot });
    });
    return { head, place: written, snapshot, verifiedAt, problems };
  } catch (error) {
    await hold?.release().catch((left: unknown) => {
      problems.push(messageOf(left));
    });
    if (problems.length === 0) throw error;
    const words = [...problems, `First failed: ${messageOf(error)}`].join(". ");
    throw new AppError("action_failed", words, { cause: error });
  } finally {
    await labels.after(job).finally(() => helper?.done());
  }
}

/** What will be removed or replaced can only be put back by what is in its safety copy. */
function refuseLost({ by, resolved }: Work, { lost }: ManifestHead): void {
  const words = lostWords(lost);
  if (by.safety === undefined || words === null) return;
  throw new AppError(
    "conflict",
    `The safety copy of ${resolved.title} is not whole, and nothing was changed: ${words}`,
  );
}

/** restic's is the same tar: all of the rest is equal. */
async function write(engine: "archive" | "restic", wanted: WantedArchive): Promise<Pick<Made, "head" | "snapshot">> {
  return engine === "restic" ? writeSnapshot(wanted) : { head: await writeArchive(wanted), snapshot: null };
}

async function prove({ job, wanted }: Work, made: Pick<Made, "head" | "place" | "snapshot">): Promise<Date> {
  const { place, head, snapshot } = made;
  const onProgress = ({ bytes }: { bytes: number }) =>
    job.progress({ done: bytes, total: head.originalSize, unit: "bytes" });
  const how = { signal: job.signal, onProgress };
  const damage =
    snapshot === null ? await damageIn(place, wanted, how) : await checkSnapshot(snapshot, head.sha256, how);
  if (damage === null) return new Date();
  if (snapshot !== null) await forgetSnapshot(snapshot);
  throw new AppError("internal", `What was written cannot be read back: ${damage}. The disk may be failing`);
}

async function damageIn(
  place: ArchivePlace,
  { encryption }: NewBackup,
  how: { signal: AbortSignal; onProgress: (done: Progress) => void },
): Promise<string | null> {
  const unlock = place.encrypted ? await unlockFor({ extra: JSON.stringify({ encryption }) }) : null;
  const verdict = await verifyArchive(place, unlock, how);
  return "damage" in verdict ? verdict.damage : null;
}

async function keepRow(
  { job, wanted, by, resolved, consistency }: Work,
  { made, place, at, intent }: { made: Made; place: string; at: Date; intent: Intent<"archive"> },
): Promise<BackupRow> {
  const { head, verifiedAt } = made;
  const extra: BackupExtra = {
    title: resolved.title,
    context: head.context,
    ...(wanted.include?.length || wanted.exclude?.length ? { partial: true as const } : {}),
    ...(wanted.encryption === undefined ? {} : { encryption: wanted.encryption }),
    ...(made.snapshot === null ? {} : { snapshot: made.snapshot }),
    ...(head.lost === undefined ? {} : { lost: head.lost }),
  };
  const row = {
    id: head.id,
    source: wanted.source,
    sourceKey: resolved.key,
    host: resolved.host,
    createdAt: at,
    size: head.size,
    originalSize: head.originalSize,
    files: head.files,
    sha256: head.sha256,
    consistency,
    encrypted: made.place.encrypted,
    engine: made.snapshot === null ? "archive" : "restic",
    toolName: head.tool.name,
    toolVersion: head.tool.version,
    note: wanted.note ?? null,
    safetyFor: by.safety?.for ?? null,
    safetyUntil: by.safety?.until ?? null,
    place: made.snapshot === null ? place : null,
    extra,
    verifiedAt,
    job: job.id,
    schedule: by.schedule ?? null,
  };
  if (by.safety === undefined) job.cancelDoes("The backup itself stays");
  return addBackup(row, intent.id);
}

/** What fails from here on leaves the backup as it is. */
async function afterwards({ job, wanted, by, resolved }: Work, row: BackupRow, place: ArchivePlace): Promise<string[]> {
  const problems: string[] = [];
  const destinations = wanted.destinations ?? [];
  if (destinations.length > 0) {
    if (by.safety === undefined) job.lightens();
    const uploaded = await job.step("Upload", () => uploadCopies(row.id, place, destinations, job));
    problems.push(...uploaded.problems);
  }
  if (by.safety === undefined) await applyRetention(resolved.key, job);
  return problems;
}

function headOf({ wanted, resolved, consistency }: Work, at: Date) {
  return {
    id: randomUUID(),
    source: Object.fromEntries(Object.entries(wanted.source)) as Record<string, string>,
    title: resolved.title,
    host: os.hostname(),
    createdAt: at.toISOString(),
    consistency,
    tool: TOOL,
    context: resolved.context,
  };
}

/** With the patterns of this order; databases are copied by SQLite itself where somebody may be writing them. */
function rootsOf({ wanted, resolved, consistency, isHeld }: Work): Promise<Root[]> {
  return Promise.all(
    resolved.roots.map(async (root) => ({
      ...root,
      include: wanted.include?.length ? wanted.include : root.include,
      exclude: [...root.exclude, ...(wanted.exclude ?? []), ...(await ownArchives(root, resolved))],
      databases: consistency === "live" && !isHeld ? ("online" as const) : ("as-files" as const),
    })),
  );
}

/** What holds the backups would be read into itself. */
async function ownArchives({ from, prefix }: Root, { key, source }: ResolvedSource): Promise<string[]> {
  if (from.kind === "made") return [];
  const volume = "volume" in source ? parseServiceId(key)?.name : /^volumes\/([^/]+)$/.exec(prefix)?.[1];
  const own = from.kind === "folder" ? await ownDataIn(from.path) : volume ? await ownDataInVolume(volume) : null;
  if (own === null) return [];
  const plain = own.replace(/[\\*?[]/g, "\\$&");
  return ["backups", "restic"].map((name) => path.posix.join("/", plain, name));
}

/** An archive is seldom larger than what is in it; the one before it tells better. */
async function neededFor({ key, size }: ResolvedSource): Promise<number> {
  const before = await newestGood(key);
  const guess = before ? before.size * 1.2 : (size ?? 0);
  return size === null ? guess : Math.min(guess, size);
}

async function helperIntent(job: JobHandle, { key, roots }: ResolvedSource): Promise<Intent<"helper"> | null> {
  const address = parseServiceId(key);
  if (!address || roots.every(({ from }) => from.kind !== "stream")) return null;
  return intend(job.id, "helper", { host: address.host, scope: address.scope });
}
