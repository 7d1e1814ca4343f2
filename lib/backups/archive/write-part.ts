/** The file an archive is written to: hashed on the way, forced to the disk, read again whole, and only then renamed. */
import { createHash } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { AppError } from "#lib/platform/errors.ts";

const READ = 1024 * 1024;

export interface Written {
  size: number;
  /** hexadecimal */
  sha256: string;
}

/** Writes it as `{file}.part`. Resolves when it is on the disk. `each`: after every piece, with the bytes so far. */
export async function writePart(
  file: string,
  bytes: AsyncIterable<Uint8Array>,
  each?: (size: number) => Promise<void> | null,
): Promise<Written> {
  const hash = createHash("sha256");
  let size = 0;
  const handle = await open(partOf(file), "wx", 0o600);
  try {
    for await (const chunk of bytes) {
      hash.update(chunk);
      for (let at = 0; at < chunk.length; ) {
        const { bytesWritten } = await handle.write(chunk, at, chunk.length - at);
        at += bytesWritten;
      }
      size += chunk.length;
      const wait = each?.(size);
      if (wait) await wait;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { size, sha256: hash.digest("hex") };
}

/**
 * Reads the part again and compares: the disk holds what was written. That it unpacks to what went in is `verifyArchive`'s to
 * tell. Throws AppError `internal`.
 */
export async function provePart(file: string, written: Written, signal: AbortSignal): Promise<void> {
  const hash = createHash("sha256");
  let size = 0;
  const handle = await open(partOf(file), "r");
  try {
    // the same two go round: the next is read while one is hashed
    let [buffer, other] = [Buffer.allocUnsafeSlow(READ), Buffer.allocUnsafeSlow(READ)];
    for (let { bytesRead } = await handle.read(buffer, 0, READ, 0); bytesRead > 0; ) {
      signal.throwIfAborted();
      size += bytesRead;
      const next = handle.read(other, 0, READ, size);
      hash.update(buffer.subarray(0, bytesRead));
      [buffer, other] = [other, buffer];
      bytesRead = (await next).bytesRead;
    }
  } finally {
    await handle.close();
  }
  if (size !== written.size || hash.digest("hex") !== written.sha256)
    throw new AppError("internal", "What was written is not what the disk gave back: the archive was thrown away");
}

/** Gives a proven part its name. */
export async function namePart(file: string): Promise<void> {
  await rename(partOf(file), file);
}

export async function removePart(file: string): Promise<void> {
  await rm(partOf(file), { force: true });
}

/** Names are on the disk once their folder is. */
export async function syncFolder(file: string): Promise<void> {
  const handle = await open(path.dirname(file), "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const partOf = (file: string) => `${file}.part`;
