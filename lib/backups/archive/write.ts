/** Writes an archive so that it is whole and on the disk, or was never there. */
import { AppError } from "#lib/platform/errors.ts";
import type { Lock, ManifestHead, Progress, Root } from "./archive.ts";

export interface WantedArchive {
  /** absolute, in a folder that exists; `{stem}.tar.zst` and `{stem}.json` come of it, with `.age` where there is a lock */
  stem: string;
  head: Omit<
    ManifestHead,
    "size" | "sha256" | "originalSize" | "files" | "entries" | "databases" | "skipped" | "encrypted" | "version"
  >;
  roots: readonly Root[];
  lock: Lock | null;
  signal: AbortSignal;
  onProgress?: (done: Progress) => void;
  /** the moment the sources have been read whole; awaited before the archive is finished. Its failure fails the archive. */
  onRead?: () => void | Promise<void>;
  /** asked before and while it is written; throws where the disk would get too full */
  reserve?: { check(): Promise<void> };
}

/** Throws what hindered it, after everything it has made is removed again. */
export async function writeArchive(wanted: WantedArchive): Promise<ManifestHead> {
  throw new AppError("internal", `${wanted.stem} cannot be written yet`);
}
