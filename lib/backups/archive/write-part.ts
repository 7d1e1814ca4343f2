/** The file an archive is written to: hashed on the way, forced to the disk, read again whole, and only then renamed. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import path from "node:path";
import zlib from "node:zlib";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import { passingBytes } from "#lib/platform/passing-bytes.ts";

const READ = 256 * 1024;

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
 * Reads the part again and compares. `originalSize`: it is compressed, and so many bytes come out of it, by zstd's own checksum
 * the right ones. Throws AppError `internal` where the disk holds something else.
 */
export async function provePart(
  file: string,
  written: Written,
  { signal, originalSize }: { signal: AbortSignal; originalSize?: number },
): Promise<void> {
  const hash = createHash("sha256");
  let size = 0;
  const raw = createReadStream(partOf(file), { highWaterMark: READ, signal });
  async function* hashed(): AsyncGenerator<Buffer> {
    for await (const chunk of raw as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  }
  const original = originalSize === undefined ? await drain(hashed()) : await decompressed(hashed());
  if (size !== written.size || hash.digest("hex") !== written.sha256)
    throw new AppError("internal", "What was written is not what the disk gave back: the archive was thrown away");
  if (originalSize !== undefined && original !== originalSize)
    throw new AppError("internal", "The archive does not unpack to what went in: it was thrown away");
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

async function drain(bytes: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const chunk of bytes) size += chunk.length;
  return size;
}

async function decompressed(bytes: AsyncIterable<Uint8Array>): Promise<number> {
  const decoder = zlib.createZstdDecompress({ chunkSize: READ });
  const passing = passingBytes();
  let size = 0;
  decoder.on("data", (chunk: Buffer) => {
    size += chunk.length;
    passing(chunk.length);
  });
  const ended = new Promise<void>((resolve, reject) => {
    decoder.on("end", resolve);
    decoder.on("error", (error) =>
      reject(new AppError("internal", `The archive cannot be unpacked: ${messageOf(error)}`, { cause: error })),
    );
  });
  ended.catch(() => "told below");
  try {
    for await (const chunk of bytes) {
      if (decoder.errored) break;
      if (!decoder.write(chunk)) await Promise.race([new Promise((resolve) => decoder.once("drain", resolve)), ended]);
    }
    decoder.end();
    await ended;
  } finally {
    decoder.destroy();
  }
  return size;
}
