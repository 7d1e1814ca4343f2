/** Copies of a backup at other places: put there, fetched back, removed. */
import type { ArchivePlace } from "../archive/archive.ts";

/** The part of a job that work on copies needs. */
export interface CopyWork {
  signal: AbortSignal;
  say(line: string): void;
  progress(at: { done: number; total: number | null; unit: "bytes" }): void;
}

/**
 * Puts the archive and its manifest to each destination that does not have them yet, and proves each copy. One that
 * cannot be reached does not stop the others, nor the backup: what went wrong is returned, a sentence each, and the next
 * run makes the missing copy up. Throws only when the job is cancelled.
 */
export async function uploadCopies(
  backup: string,
  place: ArchivePlace,
  destinations: readonly string[],
  work: CopyWork,
): Promise<{ problems: string[] }> {
  void [backup, place, destinations, work];
  return { problems: [] };
}

/** Brings archive and manifest back to `{stem}.tar.zst` and `{stem}.json` and checks their hashes. Throws AppError `not_found` where there is no copy, `conflict` where none is whole. */
export async function fetchCopy(backup: string, stem: string, work: CopyWork): Promise<ArchivePlace> {
  void [backup, stem, work];
  throw new Error("not yet");
}

/** Removes every copy. Throws AppError `action_failed` where one cannot be removed; those that are gone are forgotten. */
export async function removeCopies(backup: string, signal: AbortSignal): Promise<void> {
  void [backup, signal];
}
