/**
 * restic as the place where a backup lies. What goes in is the tar that an archive would hold, so that everything that
 * can be backed up can go there and comes back as it went; restic keeps once what it has seen before. One repository
 * holds all of this server's.
 */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { sleep } from "#lib/platform/clock.ts";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import { pipe } from "#lib/platform/exec.ts";
import type { ManifestHead, Progress } from "../archive/archive.ts";
import { EntryLog } from "../archive/manifest.ts";
import { DamagedArchive } from "../archive/open-damage.ts";
import { type WantedArchive, writeArchive } from "../archive/write.ts";
import { lostOf, newTally, tarOf } from "../archive/write-tar.ts";
import { parseSnapshots, parseSummary, type Summary, wordsOfError } from "./parse.ts";
import { openRepository, repositoryArgs, restic } from "./repository.ts";
import { forgetWrite, leftWrites, noteWrite } from "./store.ts";

const FILE = "archive.tar";
const TAG = "trihelm";
const MINUTE = 60;
/** milliseconds that a removal waits for a backup that is being written, and between two tries */
const PATIENCE = 10 * 60_000;
const AGAIN = 2000;

export interface Stored {
  head: ManifestHead;
  snapshot: string;
}

/**
 * As `writeArchive`, into the repository. `size` of the head is what the repository grew by, `sha256` that of the tar.
 * Throws what hindered it; no snapshot is left then.
 */
export async function writeSnapshot(wanted: Omit<WantedArchive, "lock">): Promise<Stored> {
  await openRepository();
  const log = new EntryLog(`${wanted.stem}.entries.part`);
  const tally = newTally();
  const hash = createHash("sha256");
  let sent = 0;
  async function* tar(): AsyncGenerator<Uint8Array> {
    for await (const pieces of tarOf({ ...wanted, lock: null }, { log, tally })) {
      wanted.signal.throwIfAborted();
      await wanted.reserve?.check();
      const piece = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
      hash.update(piece);
      sent += piece.length;
      yield piece;
    }
  }
  await noteWrite(wanted.head.id);
  try {
    const { snapshot, added, read } = await store(tar(), { id: wanted.head.id, signal: wanted.signal });
    if (read !== sent) {
      throw new AppError("action_failed", `restic took ${read} of ${sent} bytes`);
    }
    const { bytes, files, entries, databases, skipped } = tally;
    const measured = { size: added, sha256: hash.digest("hex"), originalSize: bytes, files, entries };
    return {
      snapshot,
      head: { version: 1, ...wanted.head, ...measured, encrypted: false, databases, skipped, ...lostOf(tally) },
    };
  } catch (error) {
    await dropCutOff(wanted.head.id);
    throw error;
  } finally {
    await log.remove();
  }
}

/** The tar as it went in. Throws AppError `action_failed` in restic's words where it cannot be read to its end. */
export async function* readSnapshot(snapshot: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const output = pipe("restic", [...repositoryArgs(), "dump", "--", snapshot, FILE], { signal });
  for (;;) {
    const { done, value } = await output.next();
    if (!done) {
      yield value;
      continue;
    }
    signal.throwIfAborted();
    if (value.exitCode !== 0) throw new AppError("action_failed", `restic: ${wordsOfError(value.stderr)}`);
    return;
  }
}

/** Reads all of it back; what is wrong with it in words, or null. */
export async function checkSnapshot(
  snapshot: string,
  sha256: string,
  { signal, onProgress }: { signal: AbortSignal; onProgress?: (done: Progress) => void },
): Promise<string | null> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const piece of readSnapshot(snapshot, signal)) {
      hash.update(piece);
      bytes += piece.length;
      onProgress?.({ bytes, files: 0 });
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AppError) return error.message;
    throw error;
  }
  return hash.digest("hex") === sha256 ? null : "What restic gives back is not what it was given";
}

/** Brings it back as an archive with its manifest, proven against `sha256`: every button works on that. */
export async function fetchSnapshot(
  snapshot: string,
  sha256: string,
  wanted: Omit<WantedArchive, "lock" | "roots">,
): Promise<ManifestHead> {
  const damage = await checkSnapshot(snapshot, sha256, wanted);
  if (damage !== null) throw new DamagedArchive(`This backup is damaged in restic: ${damage}`);
  const open = async (signal: AbortSignal) => Readable.from(readSnapshot(snapshot, signal), { objectMode: false });
  const root = {
    prefix: "",
    from: { kind: "stream" as const, open },
    include: [],
    exclude: [],
    databases: "as-files" as const,
  };
  return writeArchive({ ...wanted, roots: [root], lock: null });
}

/** What it alone held stays in the repository until `tidyRepository`. One that is gone is forgotten already. */
export async function forgetSnapshot(snapshot: string, signal?: AbortSignal): Promise<void> {
  // those of processes that are gone: a restic that was ended leaves its own
  await restic(["unlock", "--quiet"]);
  for (let left = PATIENCE; ; left -= AGAIN) {
    try {
      await restic(["forget", "--quiet", "--", snapshot], signal ? { signal } : {});
      return;
    } catch (error) {
      // a backup that is being written holds the repository
      if (left <= 0 || !/lock/.test(messageOf(error))) throw error;
      await sleep(AGAIN, signal);
      signal?.throwIfAborted();
    }
  }
}

async function dropCutOff(tag: string, signal?: AbortSignal): Promise<void> {
  const cutOff = parseSnapshots(await restic(["snapshots", "--json", "--no-lock", "--tag", tag]));
  for (const { id } of cutOff) await forgetSnapshot(id, signal);
  await forgetWrite(tag);
}

/**
 * Takes away what was cut off before it came to a backup: locks, and snapshots of writes that were noted here. What merely
 * no row names stays: the database may be another than the one that knew it. Then frees what no snapshot needs. Nothing may
 * be written meanwhile.
 */
export async function tidyRepository(signal: AbortSignal): Promise<void> {
  await openRepository();
  await restic(["unlock", "--quiet"], { signal });
  for (const tag of await leftWrites()) await dropCutOff(tag, signal);
  await restic(["prune", "--quiet"], { timeout: 6 * 60 * MINUTE, signal });
}

/**
 * restic takes the end of its input for the end of the file, however it came: where the tar breaks off it is ended, and
 * what it may have stored by then is found by its tag and forgotten.
 */
async function store(
  tar: AsyncIterable<Uint8Array>,
  { id, signal }: { id: string; signal: AbortSignal },
): Promise<Summary> {
  const ending = new AbortController();
  let failure: unknown = null;
  async function* input(): AsyncGenerator<Uint8Array> {
    try {
      yield* tar;
    } catch (error) {
      failure = error ?? new Error("the tar broke off");
      ending.abort(failure);
      throw failure;
    }
  }
  const argv = [
    "backup",
    "--stdin",
    "--stdin-filename",
    FILE,
    "--json",
    "--host",
    "trihelm",
    "--tag",
    TAG,
    "--tag",
    id,
  ];
  const both = AbortSignal.any([signal, ending.signal]);
  const output = pipe("restic", [...repositoryArgs(), ...argv], { signal: both, input: input() });
  let text = "";
  for (;;) {
    const { done, value } = await output.next();
    if (!done) {
      // only its last lines are of use; it tells its progress many times a second
      text = (text + value.toString("utf8")).slice(-64 * 1024);
      continue;
    }
    if (failure !== null) throw failure;
    signal.throwIfAborted();
    const summary = parseSummary(text);
    if (value.exitCode === 0 && summary) return summary;
    throw new AppError("action_failed", `restic: ${wordsOfError(value.stderr)}`);
  }
}
