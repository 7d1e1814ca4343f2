/** An archive as the tar it holds: decrypted, decompressed, in bounded memory, to its very end or with an error. */
import { type BigIntStats, createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { AppError, isAbort, messageOf } from "#lib/platform/errors.ts";
import { passingBytes } from "#lib/platform/passing-bytes.ts";
import type { ArchivePlace, Unlock } from "./archive.ts";
import { decrypted } from "./open-age.ts";
import { DamagedArchive, WrongKey } from "./open-damage.ts";
import { unzstd } from "./open-frames.ts";

const CHUNK = 256 * 1024;
/** level 3 takes 2 MiB; as much as level 19 does is accepted */
const WINDOW_LOG = 23;
/** a disk or file system that has lost what was written */
const UNREADABLE = new Set(["EIO", "EUCLEAN", "EBADMSG", "EREMOTEIO"]);

export interface OpenOptions {
  signal?: AbortSignal;
  /** takes the bytes of the file as they lie there */
  onRaw?: (chunk: Buffer) => void;
}

/** The file that holds the archive. */
export function archiveFile(place: ArchivePlace): string {
  return `${place.stem}.tar.zst${place.encrypted ? ".age" : ""}`;
}

/**
 * The tar inside. Reading stops where the reader stops. Throws `WrongKey`; `DamagedArchive` for what is cut off, altered or
 * empty; `HostileArchive` for what would take too much memory; AppError `not_found` where the file is gone.
 */
export function openTar(place: ArchivePlace, unlock: Unlock | null, options: OpenOptions = {}): AsyncGenerator<Buffer> {
  return openPacked(archiveFile(place), place.encrypted, unlock, options);
}

/** The same for any file that was compressed and perhaps encrypted as archives are. */
export async function* openPacked(
  file: string,
  encrypted: boolean,
  unlock: Unlock | null,
  options: OpenOptions = {},
): AsyncGenerator<Buffer> {
  if (encrypted && unlock === null)
    throw new WrongKey("This archive is encrypted, and the key to it is not on this server.");
  const raw = readRaw(file, options);
  const packed = encrypted && unlock ? decrypted(raw, unlock) : raw;
  const passing = passingBytes();
  try {
    for await (const chunk of unzstd(packed, WINDOW_LOG)) {
      yield chunk;
      passing(chunk.length);
      options.signal?.throwIfAborted();
    }
  } catch (error) {
    throw wordsFor(error, options.signal);
  } finally {
    await raw.return(undefined);
  }
}

/** Throws AppError `not_found` where it is gone. */
export async function statOf(file: string): Promise<BigIntStats> {
  try {
    return await stat(file, { bigint: true });
  } catch (error) {
    throw wordsFor(error);
  }
}

/** Bytes of a file. */
export async function* readRaw(file: string, { signal, onRaw }: OpenOptions): AsyncGenerator<Buffer> {
  signal?.throwIfAborted();
  const source = createReadStream(file, { highWaterMark: CHUNK, ...(signal ? { signal } : {}) });
  for await (const chunk of source as AsyncIterable<Buffer>) {
    onRaw?.(chunk);
    yield chunk;
  }
}

/** What the platform throws while reading, in words. Aborts stay what they are. */
export function wordsFor(error: unknown, signal?: AbortSignal): unknown {
  if (error instanceof AppError) return error;
  if (signal?.aborted) return signal.reason;
  if (isAbort(error)) return error;
  const code = String((error as NodeJS.ErrnoException).code ?? "");
  if (code === "ENOENT") return new AppError("not_found", "The archive's file is gone", { cause: error });
  if (UNREADABLE.has(code)) return new DamagedArchive(`The disk does not give it back (${code})`, error);
  if (code === "Z_BUF_ERROR") return new DamagedArchive("It is cut off: its compressed part has no end", error);
  if (code.startsWith("ZSTD_error_checksum"))
    return new DamagedArchive("It was altered: the checksum of its compressed part is another one", error);
  if (code.startsWith("Z")) return new DamagedArchive(`Its compressed part is damaged (${messageOf(error)})`, error);
  return new AppError("action_failed", `The archive cannot be read: ${code || messageOf(error)}`, { cause: error });
}
