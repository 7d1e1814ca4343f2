/** Archives made elsewhere: told by their first bytes, judged whole, then written anew as one of our own. */
import { Readable } from "node:stream";
import type { Lock, ManifestHead, Progress } from "./archive.ts";
import { foreignKind, openForeign } from "./foreign-open.ts";
import { admitted, FOREIGN_LIMITS, Guard, type Limits } from "./hostile.ts";
import { wholeTar } from "./unpack-select.ts";
import { type WantedArchive, writeArchive } from "./write.ts";

export interface ForeignOptions {
  /** absolute, where the archive will lie */
  stem: string;
  head: WantedArchive["head"];
  lock?: Lock | null;
  limits?: Limits;
  signal: AbortSignal;
  onProgress?: (done: Progress) => void;
  reserve?: { check(): Promise<void> };
}

/**
 * `.tar`, `.tar.gz` and `.tar.zst`, whatever they are called. It is read twice, first to judge all of it and then to write it;
 * beside the file itself nothing lies on the disk but the new archive. Throws `HostileArchive` with reason and path, AppError
 * `validation` with words for what is no such archive, `DamagedArchive` for what is cut off or altered.
 */
export async function readForeign(file: string, options: ForeignOptions): Promise<ManifestHead> {
  const { stem, head, signal, onProgress, reserve, lock = null, limits = FOREIGN_LIMITS } = options;
  const kind = await foreignKind(file);
  const begin = () => {
    const guard = new Guard({ foreign: true, limits });
    return { guard, tar: openForeign(file, kind, { signal, onInflated: (sizes) => guard.inflated(sizes) }) };
  };
  const first = begin();
  for await (const _ of admitted(first.tar, first.guard)) signal.throwIfAborted();
  // judged again on its way: what is written is what was judged, whoever changed the file meanwhile
  const open = async () => {
    const { tar, guard } = begin();
    return Readable.from(
      wholeTar(tar, guard, () => undefined),
      { objectMode: false, highWaterMark: 1024 * 1024 },
    );
  };
  const root = { prefix: "", from: { kind: "stream" as const, open }, include: [], exclude: [] };
  const optional = { ...(onProgress ? { onProgress } : {}), ...(reserve ? { reserve } : {}) };
  return writeArchive({ stem, head, lock, signal, roots: [{ ...root, databases: "as-files" }], ...optional });
}
