/** A volume's files through its engine, which gives whole trees only: what is not wanted of them is passed over. */
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { bytesOf, textOf } from "#lib/backups/archive/tar-name.ts";
import { timeText } from "#lib/backups/archive/tar-pax.ts";
import { scanTar, type TarEntry } from "#lib/backups/archive/tar-scan.ts";
import { AppError } from "#lib/platform/errors.ts";
import { SupervisorError } from "#lib/supervisors/supervisor.ts";
import type { VolumeEngine } from "./engines.ts";
import type { InsideFile } from "./inside.ts";
import type { FoundEntry } from "./inside-page.ts";

interface Wanted {
  name: string;
  parts: readonly Buffer[];
}

/** milliseconds: a folder may have everything below it */
const PATIENCE = 60_000;

/** Everything in a folder. Throws AppError `timeout` where too much is below it. */
export async function listThroughEngine(
  engine: VolumeEngine,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<FoundEntry[]> {
  const limit = AbortSignal.timeout(PATIENCE);
  const found = new Map<string, FoundEntry>();
  try {
    const tar = await openTar(engine, wanted, AbortSignal.any([signal, limit]));
    for await (const entry of scanTar(tar)) {
      const [first, ...more] = entry.path.split("/");
      if (first === undefined || more.length > 0 || entry.path === ".") continue;
      found.set(first, { name: bytesOf(first), isFolder: entry.type === "folder", look: async () => lookOf(entry) });
    }
  } catch (error) {
    if (limit.aborted && !signal.aborted)
      throw new AppError("timeout", "There is too much below this folder to look into it through the engine", {
        cause: error,
      });
    throw error;
  }
  return [...found.values()];
}

/** Throws AppError as `openInside`. */
export async function openThroughEngine(
  engine: VolumeEngine,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<InsideFile> {
  const name = wanted.parts.at(-1) as Buffer;
  const entries = scanTar(await openTar(engine, wanted, signal));
  const { value: entry, done } = await entries.next();
  const close = async () => void (await entries.return());
  if (done || !entry) throw new AppError("not_found", `There is no ${textOf(name)} in this volume`);
  if (entry.type !== "file" || entry.path === ".") {
    await close();
    throw new AppError("validation", `${textOf(name)} is no ordinary file`);
  }
  return {
    name: textOf(name),
    size: entry.size,
    tag: `${entry.size.toString(36)}-${entry.mtime.seconds.toString(36)}`,
    read: ({ start, end }) => partOf(entry, { start, end }, close),
    close,
  };
}

async function openTar(engine: VolumeEngine, { name, parts }: Wanted, signal: AbortSignal): Promise<Readable> {
  const path = Buffer.concat(parts.flatMap((part) => [Buffer.from("/"), part]));
  const text = path.toString("utf8");
  // what is no text cannot be asked for in an address
  if (!Buffer.from(text).equals(path))
    throw new AppError("conflict", "The engine cannot be asked for a name that is no UTF-8");
  try {
    return await engine.readVolume(name, signal, text === "" ? "/" : text);
  } catch (error) {
    if (error instanceof SupervisorError && error.reason === "not_found")
      throw new AppError("not_found", `There is no ${textOf(path) || name}`, { cause: error });
    throw error;
  }
}

function partOf(entry: TarEntry, { start, end }: { start: number; end: number }, close: () => Promise<void>): Readable {
  async function* read() {
    let at = 0;
    try {
      for await (const chunk of entry.content()) {
        const part = chunk.subarray(Math.max(0, start - at), Math.max(0, end + 1 - at));
        at += chunk.length;
        if (part.length > 0) yield part;
        if (at > end) return;
      }
    } finally {
      await close();
    }
  }
  const out = new PassThrough();
  void pipeline(Readable.from(read()), out).catch((error: unknown) => out.destroy(error as Error));
  return out;
}

function lookOf(entry: TarEntry) {
  const { type, size, mode, mtime, target } = entry;
  return {
    type: type === "folder" || type === "link" ? type : type === "file" || type === "hardlink" ? "file" : "other",
    size,
    mode,
    owner: `${entry.uid}:${entry.gid}`,
    mtime: timeText(mtime),
    target: type === "link" ? target : null,
  } as const;
}
