/** Of an archive's tar, all of it as it stands there, or some of it written anew under other names. */
import type { ManifestEntry } from "./archive.ts";
import { admitted, type Guard } from "./hostile.ts";
import { encodeEntry } from "./tar-encode.ts";
import { padding, TRAILER } from "./tar-header.ts";
import { bytesOf } from "./tar-name.ts";
import type { TarEntry } from "./tar-scan.ts";

export interface Selection {
  /** the tree below this folder, which becomes the root */
  prefix?: string;
  /** of that tree: these, what is below them and the folders above them */
  paths?: readonly string[];
}

/** What has been selected of hard links whose first name has not: which path holds the content instead. */
export type Substitutes = ReadonlyMap<string, string>;

export function selectsAll({ prefix, paths }: Selection): boolean {
  return !prefix && !paths;
}

/** Paths as people and pages write them, as a manifest does. */
export function plainSelection({ prefix, paths }: Selection): Selection {
  const root = prefix === undefined ? "." : plainPath(prefix);
  return { ...(root === "." ? {} : { prefix: root }), ...(paths ? { paths: paths.map(plainPath) } : {}) };
}

/** `/a/b/` as `a/b`, the root as `.`. */
export function plainPath(path: string): string {
  return path.replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "") || ".";
}

/** The path that an entry gets, null where it is not selected. */
export function pathIn({ prefix = "", paths }: Selection, path: string): string | null {
  if (prefix && path !== prefix && !path.startsWith(`${prefix}/`)) return null;
  const inside = !prefix ? path : path === prefix ? "." : path.slice(prefix.length + 1);
  if (!paths || inside === ".") return inside;
  return isAskedFor(paths, inside) || paths.some((one) => one.startsWith(`${inside}/`)) ? inside : null;
}

/** One of them or below one; not a folder above. */
function isAskedFor(paths: readonly string[] | undefined, inside: string): boolean {
  return paths?.some((one) => one === "." || inside === one || inside.startsWith(`${one}/`)) ?? true;
}

/** Goes once over the manifest. Second names whose first one stays behind: the first of them takes its place. */
export async function substitutesOf(
  selection: Selection,
  manifest: AsyncIterable<ManifestEntry>,
): Promise<{ substitutes: Map<string, string>; found: number }> {
  const substitutes = new Map<string, string>();
  let found = 0;
  for await (const { path, type, target } of manifest) {
    const inside = pathIn(selection, path);
    if (inside === null) continue;
    if (isAskedFor(selection.paths, inside)) found++;
    if (type !== "hardlink" || target === undefined || pathIn(selection, target) !== null) continue;
    if (!substitutes.has(target)) substitutes.set(target, inside);
  }
  return { substitutes, found };
}

export interface Taken {
  entries: number;
  bytes: number;
}

/**
 * The tar as it stands in the archive. No chunk is handed on before every header that ends in it has been admitted; the one
 * that is cut by its end has been handed on in part, which nobody can act on.
 */
export async function* wholeTar(
  tar: AsyncIterable<Uint8Array>,
  guard: Guard,
  onEntry: (taken: Taken) => void,
): AsyncGenerator<Uint8Array> {
  const passed: Uint8Array[] = [];
  const source = (async function* () {
    for await (const chunk of tar) {
      yield chunk;
      // the reader asks for the next one: it has gone through this one
      passed.push(chunk);
    }
  })();
  const entries = admitted(source, guard);
  try {
    for (;;) {
      let entry = entries.now();
      if (!entry) {
        yield* passed.splice(0);
        entry = await entries.next();
      }
      if (!entry) break;
      if (!entry.whole()) for await (const _ of entry.pieces()) if (passed.length > 0) yield* passed.splice(0);
      onEntry(guard.counted);
    }
  } finally {
    await entries.close();
  }
  yield* passed;
}

/** The selected entries, each with a header of its own. */
export async function* selectedTar(
  tar: AsyncIterable<Uint8Array>,
  wanted: { guard: Guard; selection: Selection; substitutes: Substitutes },
  onEntry: (taken: Taken) => void,
): AsyncGenerator<Uint8Array> {
  const taken = { entries: 0, bytes: 0 };
  for await (const entry of admitted(tar, wanted.guard)) {
    const path = placeOf(entry, wanted);
    if (path === null) continue;
    const link = entry.type === "hardlink" ? linkOf(entry, wanted) : entry.link;
    yield* encodeEntry({ ...entry, name: nameOf(path), link, stored: storedOf(entry) });
    let stored = 0;
    for await (const { bytes } of entry.pieces()) {
      yield bytes;
      stored += bytes.length;
    }
    yield padding(stored);
    taken.entries++;
    taken.bytes += entry.size;
    onEntry(taken);
  }
  yield TRAILER;
}

function placeOf(entry: TarEntry, wanted: { selection: Selection; substitutes: Substitutes }): string | null {
  const path = pathIn(wanted.selection, entry.path) ?? wanted.substitutes.get(entry.path) ?? null;
  // the second name that took the first one's place is there already
  return entry.type === "hardlink" && path === wanted.substitutes.get(entry.target ?? "") ? null : path;
}

function linkOf(entry: TarEntry, wanted: { selection: Selection; substitutes: Substitutes }): Buffer {
  const target = entry.target ?? "";
  return nameOf(pathIn(wanted.selection, target) ?? wanted.substitutes.get(target) ?? target);
}

function storedOf({ sparse, size }: TarEntry): number {
  return sparse ? sparse.extents.reduce((sum, one, n) => (n % 2 === 1 ? sum + one : sum), 0) : size;
}

function nameOf(path: string): Buffer {
  return path === "." ? Buffer.from("./") : Buffer.concat([Buffer.from("./"), bytesOf(path)]);
}
