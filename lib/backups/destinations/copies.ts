/** Copies of a backup at other places: put there and proven, fetched back, removed. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { timestamp } from "#lib/platform/clock.ts";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import type { ArchivePlace } from "../archive/archive.ts";
import { DamagedArchive } from "../archive/open-damage.ts";
import { checkReserve, reserveWatch } from "../reserve.ts";
import { requireDestination } from "./destinations.ts";
import { openDestination } from "./open.ts";
import type { Remote } from "./remote.ts";
import { serverFolder } from "./server-folder.ts";
import {
  addCopy,
  type CopiedBackup,
  type Copy,
  findCopied,
  findDestinationRow,
  forgetCopy,
  listCopied,
  noteReach,
  oweCopies,
} from "./store.ts";

/** The part of a job that work on copies needs. */
export interface CopyWork {
  signal: AbortSignal;
  say(line: string): void;
  progress(at: { done: number; total: number | null; unit: "bytes" }): void;
}

/**
 * Puts the archive and its manifest to each destination that does not have them yet, and proves each copy. One that
 * cannot be reached does not stop the others, nor the backup: what went wrong is returned, a sentence each, and the next
 * run of the same source makes the missing copy up. Throws only when the job is cancelled.
 */
export async function uploadCopies(
  backup: string,
  place: ArchivePlace,
  destinations: readonly string[],
  work: CopyWork,
): Promise<{ problems: string[] }> {
  const wanted = destinations.filter((id) => id !== "local");
  const made = await requireCopied(backup);
  await oweCopies(
    backup,
    wanted.filter((id) => !made.copies.some(({ destination }) => destination === id)),
  );
  const root = rootOf(place.stem, made);
  const problems: string[] = [];
  for (const destination of wanted) {
    const problem = await bringUpToDate(destination, made.sourceKey, { root, work });
    if (problem !== null) problems.push(problem);
  }
  return { problems };
}

/**
 * Brings archive and manifest back to `{stem}` and proves them. Throws AppError `not_found` where there is no copy,
 * `conflict` where the disk has no room, `DamagedArchive` where each is damaged, `action_failed` where one cannot be had.
 */
export async function fetchCopy(backup: string, stem: string, work: CopyWork): Promise<ArchivePlace> {
  const made = await requireCopied(backup);
  if (made.copies.length === 0) throw new AppError("not_found", "There is no copy of this backup");
  await fs.promises.mkdir(path.dirname(stem), { recursive: true, mode: 0o700 });
  await checkReserve(path.dirname(stem), made.size);
  const problems: string[] = [];
  let isDamaged = true;
  for (const copy of made.copies) {
    try {
      await fetchFrom(copy, made, { stem, work });
      return { stem, encrypted: made.encrypted };
    } catch (error) {
      work.signal.throwIfAborted();
      isDamaged &&= error instanceof DamagedArchive;
      problems.push(messageOf(error));
      work.say(messageOf(error));
    }
  }
  const words = `No copy could be brought back: ${problems.join("; ")}`;
  throw isDamaged ? new DamagedArchive(words) : new AppError("action_failed", words);
}

/** Removes every copy. Throws AppError `action_failed` where one cannot be removed: it is still known then. */
export async function removeCopies(backup: string, signal: AbortSignal): Promise<void> {
  const made = await requireCopied(backup);
  for (const { destination, key } of made.copies) {
    // one that was forgotten took its copies' places with it
    if ((await findDestinationRow(destination)) !== null) await removeAt(destination, key, signal);
    await forgetCopy(backup, destination);
  }
  // a copy that was cut off behind the archive lies there unlisted; nobody waits for a place that is away
  for (const destination of made.owed)
    if (made.place !== null)
      await removeAt(destination, keyOf(made.place, made), signal).catch(() => signal.throwIfAborted());
}

function removeAt(destination: string, archive: string, signal: AbortSignal): Promise<void> {
  return atDestination(destination, async (remote) => {
    for (const key of [archive, ...besideOf(archive)]) await remote.remove(key, signal);
  });
}

/** What this source still owes a destination, the newest first; the problem in words, or null. */
async function bringUpToDate(
  destination: string,
  sourceKey: string,
  { root, work }: { root: string; work: CopyWork },
): Promise<string | null> {
  const owed = (await listCopied(sourceKey)).filter((one) => one.owed.includes(destination) && one.place !== null);
  if (owed.length === 0) return null;
  try {
    await atDestination(destination, async (remote) => {
      for (const one of owed) {
        work.say(`copies ${one.place} to ${remote.name}`);
        await putCopy(remote, one, { destination, stem: path.join(root, one.place!), work });
      }
    });
    await noteReach(destination, null);
    return null;
  } catch (error) {
    work.signal.throwIfAborted();
    await noteReach(destination, messageOf(error));
    work.say(messageOf(error));
    return messageOf(error);
  }
}

async function putCopy(
  remote: Remote,
  made: CopiedBackup,
  { destination, stem, work }: { destination: string; stem: string; work: CopyWork },
): Promise<void> {
  const key = keyOf(made.place!, made);
  const { signal } = work;
  const meter = metered((done) => work.progress({ done, total: made.size, unit: "bytes" }));
  const file = fs.createReadStream(`${stem}${endingOf(made)}`, { highWaterMark: 256 * 1024 });
  file.once("error", (error) => meter.stream.destroy(error));
  const { proven } = await remote.put(key, file.pipe(meter.stream), { size: made.size, signal });
  if (meter.sha256() !== made.sha256) {
    await remote.remove(key, signal);
    throw new AppError(
      "action_failed",
      `${path.basename(stem)} on this server's own disk is not what it was: it is not copied`,
    );
  }
  if (!proven) await proveBack(remote, key, { made, work });
  for (const beside of besideOf(key)) {
    const its = `${stem}${endOf(beside)}`;
    const stat = await fs.promises.stat(its).catch(() => null);
    if (!stat) throw new AppError("action_failed", `The manifest of ${path.basename(stem)} is missing on this server`);
    await remote.put(beside, fs.createReadStream(its), { size: stat.size, signal });
  }
  await addCopy(made.id, { destination, key, name: remote.tells(key), at: timestamp() });
}

async function proveBack(
  remote: Remote,
  key: string,
  { made, work }: { made: CopiedBackup; work: CopyWork },
): Promise<void> {
  work.say(`reads ${remote.tells(key)} back`);
  const meter = metered((done) => work.progress({ done, total: made.size, unit: "bytes" }));
  meter.stream.resume();
  await pipeline(await remote.get(key, { signal: work.signal }), meter.stream, { signal: work.signal });
  if (meter.sha256() === made.sha256) return;
  await remote.remove(key, work.signal);
  throw new AppError("action_failed", `${remote.name}: what was written there came back changed, and was removed`);
}

async function fetchFrom(
  copy: Copy,
  made: CopiedBackup,
  { stem, work }: { stem: string; work: CopyWork },
): Promise<void> {
  const { signal } = work;
  const archive = `${stem}${endingOf(made)}`;
  await atDestination(copy.destination, async (remote) => {
    work.say(`brings ${copy.name} back`);
    const reserve = reserveWatch(path.dirname(stem));
    const meter = metered((done) => {
      work.progress({ done, total: made.size, unit: "bytes" });
      if (done > made.size) throw new DamagedArchive(`${copy.name} is damaged: it is larger than it was`);
      return reserve.check();
    });
    try {
      for (const key of besideOf(copy.key))
        await land(await remote.get(key, { signal }), `${stem}${endOf(key)}`, { signal, through: null });
      await land(await remote.get(copy.key, { signal }), archive, {
        signal,
        through: meter.stream,
        check() {
          if (meter.sha256() !== made.sha256) throw new DamagedArchive(`${copy.name} is damaged: its hash is another`);
        },
      });
    } catch (error) {
      for (const key of besideOf(copy.key)) await fs.promises.rm(`${stem}${endOf(key)}`, { force: true });
      throw error;
    }
  });
}

/** By a temporary name, on disk before it has its own. */
async function land(
  from: Readable,
  file: string,
  { signal, through, check = () => undefined }: { signal: AbortSignal; through: Transform | null; check?: () => void },
): Promise<void> {
  const temporary = `${file}.part`;
  try {
    const to = fs.createWriteStream(temporary, { mode: 0o600, flush: true });
    await (through ? pipeline(from, through, to, { signal }) : pipeline(from, to, { signal }));
    check();
    await fs.promises.rename(temporary, file);
    const folder = await fs.promises.open(path.dirname(file), "r");
    await folder.sync().finally(() => folder.close());
  } finally {
    await fs.promises.rm(temporary, { force: true });
  }
}

async function atDestination<T>(id: string, act: (remote: Remote) => Promise<T>): Promise<T> {
  const remote = openDestination(await requireDestination(id));
  try {
    return await act(remote);
  } finally {
    remote.close();
  }
}

async function requireCopied(id: string): Promise<CopiedBackup> {
  const row = await findCopied(id);
  if (!row) throw new AppError("not_found", "There is no such backup");
  return row;
}

/** Passes bytes on, counts and hashes them. */
function metered(onBytes: (done: number) => void | Promise<void>): { stream: Transform; sha256: () => string } {
  const hash = createHash("sha256");
  let done = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      hash.update(chunk);
      done += chunk.length;
      Promise.try(onBytes, done).then(() => next(null, chunk), next);
    },
  });
  let digest: string | null = null;
  return { stream, sha256: () => (digest ??= hash.digest("hex")) };
}

/** The folder below which all places stand, from where one of them lies. */
function rootOf(stem: string, { place }: CopiedBackup): string {
  if (place === null || !stem.endsWith(`/${place}`))
    throw new AppError("internal", "A copy was asked for of an archive that is not where its row says");
  return stem.slice(0, -place.length - 1);
}

/** By the server too: two of them have volumes of one name, and backups of one second. */
const keyOf = (place: string, made: { encrypted: boolean }) => `${serverFolder()}/${place}${endingOf(made)}`;
const endingOf = ({ encrypted }: { encrypted: boolean }) => (encrypted ? ".tar.zst.age" : ".tar.zst");
const ARCHIVE = /\.tar\.zst(\.age)?$/;
const endOf = (key: string) => /\.(json|entries\.zst\.age)$/.exec(key)![0];

/** What lies beside an archive: its manifest, and the list of what is in it where that is encrypted too. */
function besideOf(archive: string): string[] {
  const stem = archive.replace(ARCHIVE, "");
  return archive.endsWith(".age") ? [`${stem}.entries.zst.age`, `${stem}.json`] : [`${stem}.json`];
}
