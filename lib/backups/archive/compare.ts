/** What was put somewhere, against the archive that it came from: every entry, and nothing else. */
import type { ArchivePlace, Unlock } from "./archive.ts";
import { compareFolder } from "./compare-folder.ts";
import { compareStream } from "./compare-stream.ts";
import { readEntries } from "./open-manifest.ts";
import type { TarEntry } from "./tar-scan.ts";

export { checkDatabases } from "./compare-databases.ts";

export interface Comparison {
  /** entries of the archive */
  checked: number;
  /** a sentence each that begins with a path, of the first thousand */
  differing: string[];
}

/** Takes what differs, in words. */
export type Report = (path: string, what: string) => void;

const MOST = 1000;

/**
 * `actual`: a folder of this machine, or the entries of a tar that an engine gave, in any order. Times are compared as exactly
 * as both sides know them; the root's own time is not, since whoever made the place has touched it.
 */
export async function compareWith(
  place: ArchivePlace,
  unlock: Unlock | null,
  actual: AsyncIterable<TarEntry> | { folder: string },
  { signal }: { signal?: AbortSignal } = {},
): Promise<Comparison> {
  const entries = () => readEntries(place, unlock, signal ? { signal } : {});
  const differing: string[] = [];
  let more = 0;
  const report: Report = (path, what) => {
    if (differing.length < MOST) differing.push(`${path}: ${what}`);
    else more++;
  };
  const checked =
    "folder" in actual
      ? await compareFolder(entries(), actual.folder, report)
      : await compareStream(entries, actual, report);
  return { checked, differing: more > 0 ? [...differing, `${more} more`] : differing };
}
