/** An archive's content, put where it is wanted: into a fresh folder, or into whatever takes a tar. */
import { lstat, readdir } from "node:fs/promises";
import { Readable } from "node:stream";
import { AppError } from "#lib/platform/errors.ts";
import { feed, run } from "#lib/platform/exec.ts";
import type { ArchivePlace, ManifestHead, Progress, Unlock } from "./archive.ts";
import { checkArchive } from "./hostile-check.ts";
import { archiveFile, openTar } from "./open.ts";
import { HostileArchive } from "./open-damage.ts";
import { readEntries, readHead } from "./open-manifest.ts";
import {
  plainSelection,
  type Selection,
  selectedTar,
  selectsAll,
  substitutesOf,
  type Taken,
  wholeTar,
} from "./unpack-select.ts";
import { ownGuard } from "./verify.ts";
import { wasChecked } from "./verify-memory.ts";

export type UnpackTarget =
  /** exists, is empty and nobody else's */
  | { folder: string }
  /** takes an uncompressed tar, to its end or its error */
  | { write: (tar: Readable) => Promise<void> };

export interface UnpackOptions extends Selection {
  signal?: AbortSignal;
  onProgress?: (done: Progress) => void;
}

const PATH_MOST = 4095;

/**
 * Puts an archive, or what is selected of it, into the target, with owners, modes, times, holes and attributes as they were.
 * The whole archive is gone through before the target is touched, unless this process has done that since it last changed;
 * every entry is judged again on its way. A folder is on the disk when this resolves. What an error or an abort leaves in a
 * folder is the caller's to remove; nothing outside of it is ever touched.
 * Throws as `openTar` does, `HostileArchive`, AppError `not_found` for a selection without entries, `action_failed` with the
 * tool's words where the target would not take it.
 */
export async function unpackTo(
  place: ArchivePlace,
  unlock: Unlock | null,
  target: UnpackTarget,
  options: UnpackOptions = {},
): Promise<void> {
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const head = await readHead(place);
  if (!(await wasChecked(archiveFile(place)))) {
    const refusal = await checkArchive(place, unlock, { signal });
    if (refusal !== null) throw new HostileArchive(refusal);
  }
  const onEntry = ({ entries, bytes }: Taken) => options.onProgress?.({ files: entries, bytes });
  const tar = await tarOf(place, unlock, { head, signal, selection: plainSelection(options), onEntry });
  if ("folder" in target) await intoFolder(target.folder, tar, signal);
  else await intoWriter(target.write, tar, stop);
}

interface Source {
  head: ManifestHead;
  signal: AbortSignal;
  selection: Selection;
  onEntry: (taken: Taken) => void;
}

async function tarOf(
  place: ArchivePlace,
  unlock: Unlock | null,
  { head, signal, selection, onEntry }: Source,
): Promise<AsyncGenerator<Uint8Array>> {
  const guard = ownGuard(head);
  if (selectsAll(selection)) return wholeTar(openTar(place, unlock, { signal }), guard, onEntry);
  const { substitutes, found } = await substitutesOf(selection, readEntries(place, unlock, { signal }));
  if (found === 0) throw new AppError("not_found", "Nothing of what was selected is in this archive");
  return selectedTar(openTar(place, unlock, { signal }), { guard, selection, substitutes }, onEntry);
}

/** By GNU tar, which knows every attribute that a file can have; what it gets has been judged, and it judges once more. */
async function intoFolder(folder: string, tar: AsyncGenerator<Uint8Array>, signal: AbortSignal): Promise<void> {
  await checkFresh(folder);
  const isRoot = process.geteuid?.() === 0;
  const owners = isRoot ? ["--same-owner", "--xattrs-include=*"] : ["--no-same-owner"];
  const keep = ["--numeric-owner", "--same-permissions", "--xattrs", "--delay-directory-restore", ...owners];
  const quiet = ["--warning=no-timestamp", "--warning=no-unknown-keyword"];
  // a link to elsewhere is made as it was, after everything else: so none can be gone through
  const args = ["--extract", "--file=-", `--directory=${folder}`, ...keep, ...quiet];
  const { exitCode, stderr } = await feed("tar", args, tar, signal);
  if (exitCode !== 0) throw new AppError("action_failed", `The archive could not be unpacked: ${wordsOf(stderr)}`);
  await flush(folder, signal);
}

/** Everything of the file system that the folder is on, which is less than a call for each file. */
async function flush(folder: string, signal: AbortSignal): Promise<void> {
  const { exitCode, stderr } = await run("sync", ["--file-system", "--", folder], { timeout: 1800, signal });
  if (exitCode !== 0)
    throw new AppError("action_failed", `What was unpacked could not be put on the disk: ${wordsOf(stderr)}`);
}

async function checkFresh(folder: string): Promise<void> {
  const found = await lstat(folder);
  if (!found.isDirectory() || (await readdir(folder)).length > 0)
    throw new AppError("conflict", "An archive is unpacked into an empty folder only");
  if (Buffer.byteLength(folder) > PATH_MOST / 4) throw new AppError("validation", "The folder's path is too long");
}

async function intoWriter(
  write: (tar: Readable) => Promise<void>,
  tar: AsyncGenerator<Uint8Array>,
  stop: AbortController,
): Promise<void> {
  const readable = Readable.from(tar, { objectMode: false, highWaterMark: 1024 * 1024 });
  let failure: unknown = null;
  let isWhole = false;
  readable.once("error", (error) => (failure = error));
  readable.once("end", () => (isWhole = true));
  try {
    await write(readable);
  } catch (error) {
    // whoever takes it says that it was cut off; why is what the archive said
    throw failure ?? error;
  } finally {
    readable.destroy();
    if (!isWhole) stop.abort();
  }
  if (failure) throw failure;
  if (!isWhole) throw new AppError("action_failed", "The archive was not taken to its end");
}

/** The tool's own, the line that says the reason: it escapes what stands in names. */
function wordsOf(stderr: string): string {
  const lines = stderr
    .split("\n")
    .filter((line) => line !== "" && !/Exiting with failure|Error is not recover/.test(line))
    .map((line) => line.replace(/^(tar|sync): /, ""));
  return lines.find((line) => /No space left|quota|Input.output|Read-only/.test(line)) ?? lines[0] ?? "it said nothing";
}
