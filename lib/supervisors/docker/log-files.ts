/** The files that hold a container's log, where the engine keeps them as json-files that this process may read. */
import fs from "node:fs";
import path from "node:path";
import { type LineFile, openLineFile } from "#lib/platform/line-file.ts";
import type { Engine } from "./connect.ts";
import { containerPath } from "./names.ts";
import type { ContainerInspect } from "./shapes.ts";

export interface LogFiles {
  /** oldest first; the last is the one that is written to */
  segments: Segment[];
  close(): Promise<void>;
}

export interface Segment {
  /** null: it is gone or cannot be read. A packed one is unpacked when it is asked for */
  open(): Promise<LineFile | null>;
}

const NAME = /^[a-f0-9]{64}-json\.log$/;

/** Where a container's log is, and what may become of it. A container's logging never changes. */
export interface LogPlace {
  /** a json-file that this process may find; null: there is none, or not here */
  file: string | null;
  /** it is in this machine's journal */
  isJournal: boolean;
  /** the engine puts lines away: its followed stream cannot be trusted then */
  rotates: boolean;
}

/** by container id */
export type LogPlaces = Map<string, LogPlace>;

/** Where the container's log is. Throws `not_found`. */
export async function logPlace(engine: Engine, places: LogPlaces, id: string, signal: AbortSignal): Promise<LogPlace> {
  const known = places.get(id);
  if (known) return known;
  const inspect = await engine.get<ContainerInspect>(containerPath(id, "json"), {}, signal);
  const place = placeOf(engine, inspect);
  places.set(id, place);
  return place;
}

/** null: ask the engine. */
export async function openLogFiles(
  engine: Engine,
  places: LogPlaces,
  id: string,
  signal: AbortSignal,
): Promise<LogFiles | null> {
  const { file } = await logPlace(engine, places, id, signal);
  if (file === null) return null;
  for (let tries = 0; tries < 3; tries += 1) {
    const newest = await openLineFile(file);
    if (!newest) return null;
    const rotated = await rotatedFiles(file);
    const opened = new Map(
      await Promise.all(rotated.filter(isPlain).map(async (one) => [one, await openLineFile(one)] as const)),
    );
    const all = [newest, ...opened.values()].filter((one) => one !== null);
    const unpacked: LineFile[] = [];
    const close = async () => void (await Promise.all([...all, ...unpacked].map((one) => one.close())));
    const isMissing = [...opened.values()].includes(null);
    // rotated while they were opened: one of them would be read twice, or not at all
    if (
      isMissing ||
      new Set(all.map(({ id: identity }) => identity)).size < all.length ||
      (await identityOf(file)) !== newest.id
    ) {
      await close();
      continue;
    }
    const segments = rotated.map((one) => ({
      open: once(async () => {
        if (opened.has(one)) return opened.get(one) ?? null;
        const found = await openLineFile(one);
        if (found) unpacked.push(found);
        return found;
      }),
    }));
    return { segments: [...segments, { open: async () => newest }], close };
  }
  return null;
}

function placeOf(engine: Engine, { LogPath = "", HostConfig }: ContainerInspect): LogPlace {
  const { Type: driver, Config: options } = HostConfig?.LogConfig ?? {};
  const isFile = driver === "json-file" && path.isAbsolute(LogPath) && NAME.test(path.basename(LogPath));
  return {
    file: engine.local && isFile ? LogPath : null,
    isJournal: engine.local && engine.scope === "docker" && driver === "journald",
    // what other drivers are read back from is the engine's own cache, which it rotates
    rotates: driver === undefined ? false : driver !== "json-file" || options?.["max-size"] !== undefined,
  };
}

/** `….log.3.gz`, `….log.2.gz`, `….log.1`: oldest first. */
async function rotatedFiles(file: string): Promise<string[]> {
  const base = path.basename(file);
  const folder = path.dirname(file);
  const names = await fs.promises.readdir(folder).catch(() => []);
  return names
    .flatMap((name) => {
      const number = name.startsWith(`${base}.`) ? /^(\d{1,5})(?:\.gz)?$/.exec(name.slice(base.length + 1))?.[1] : null;
      return number ? [{ name, number: Number(number) }] : [];
    })
    .sort((a, b) => b.number - a.number)
    .map(({ name }) => path.join(/*turbopackIgnore: true*/ folder, name));
}

function isPlain(file: string): boolean {
  return !file.endsWith(".gz");
}

async function identityOf(file: string): Promise<string | null> {
  try {
    const stats = await fs.promises.stat(file, { bigint: true });
    return `${stats.dev.toString(36)}.${stats.ino.toString(36)}`;
  } catch {
    // between its renaming and the new one
    return null;
  }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | null = null;
  return () => {
    result ??= work();
    return result;
  };
}
