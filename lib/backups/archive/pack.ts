/** A root of an archive as the tar stream it goes in by; names begin at the root, filters have not been laid on yet. */
import { addAbortSignal } from "node:stream";
import { pipe } from "#lib/platform/exec.ts";
import { singleton } from "#lib/platform/singleton.ts";
import type { Root } from "./archive.ts";
import { packByTar, packByTarInto } from "./pack-by-tar.ts";
import { packByWalk } from "./pack-by-walk.ts";
import type { PathFilter } from "./pack-filter.ts";
import { packMade } from "./pack-made.ts";

export interface Packing {
  filter: PathFilter;
  signal: AbortSignal;
  /** what cannot go in, and why */
  skip: (path: string, why: string) => void;
  /** absolute, for what must be known in its whole length before it can be written */
  scratch: string;
}

/** Throws where the root is not there, cannot be read at all, or breaks off. */
export async function* packRoot(root: Root, packing: Packing): AsyncGenerator<Uint8Array> {
  const { from } = root;
  if (from.kind === "stream") yield* addAbortSignal(packing.signal, await from.open(packing.signal));
  else if (from.kind === "made") yield* packMade(from.files, packing);
  else if (await hasGnuTar()) yield* packByTar(from.path, packing);
  else yield* packByWalk(from.path, packing);
}

/**
 * The same into an open file, as fast as it can be read at all. False where there is no such way, or it became more than `most`
 * bytes: then nothing of it counts, and nothing was told.
 */
export async function packRootInto({ from }: Root, to: number, packing: Packing & { most: number }): Promise<boolean> {
  if (from.kind !== "folder" || !(await hasGnuTar())) return false;
  return packByTarInto(from.path, to, packing);
}

/** Others know neither holes nor attributes, or say so in another way. */
function hasGnuTar(): Promise<boolean> {
  return singleton("gnu-tar", async () => {
    try {
      let words = "";
      for await (const chunk of pipe("tar", ["--version"], { signal: AbortSignal.timeout(10_000) })) words += chunk;
      return words.startsWith("tar (GNU tar)");
    } catch {
      // there is none
      return false;
    }
  });
}
