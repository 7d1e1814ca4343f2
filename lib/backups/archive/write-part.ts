/** The file an archive is written to: hashed on the way, forced to the disk, read again whole, and only then renamed. */
import { createHash } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { AppError } from "#lib/platform/errors.ts";

const READ = 512 * 1024;
/** bytes that are forced to the disk and read again together */
const STEP = 64 * 1024 * 1024;

export interface Written {
  size: number;
  /** hexadecimal */
  sha256: string;
}

/**
 * Writes it as `{file}.part`. Resolves when it is on the disk and has been read again: the disk holds what was written. That
 * it unpacks to what went in is `verifyArchive`'s to tell. `each`: after every piece, with the bytes so far. Throws AppError
 * `internal` where something else was read.
 */
export async function writePart(
  file: string,
  bytes: AsyncIterable<Uint8Array>,
  each?: (size: number) => Promise<void> | null,
): Promise<Written> {
  const hash = createHash("sha256");
  let size = 0;
  const handle = await open(partOf(file), "wx+", 0o600);
  const proof = new Proof(handle);
  try {
    for await (const chunk of bytes) {
      hash.update(chunk);
      for (let at = 0; at < chunk.length; ) {
        const { bytesWritten } = await handle.write(chunk, at, chunk.length - at, size + at);
        at += bytesWritten;
      }
      size += chunk.length;
      proof.written(size);
      const wait = each?.(size);
      if (wait) await wait;
    }
    await handle.sync();
    const sha256 = hash.digest("hex");
    if ((await proof.whole(size)) === sha256) return { size, sha256 };
    throw new AppError("internal", "What was written is not what the disk gave back: the archive was thrown away");
  } finally {
    await proof.end();
    await handle.close();
  }
}

/** Reads a file again behind whoever writes it, always what is on the disk already; so little is left when that is done. */
class Proof {
  #handle: FileHandle;
  #hash = createHash("sha256");
  /** as far as somebody reads, or has read */
  #until = 0;
  #at = 0;
  #reading: Promise<void> = Promise.resolve();
  #isOver = false;
  // the same two go round: the next is read while one is hashed
  #buffers = [Buffer.allocUnsafeSlow(READ), Buffer.allocUnsafeSlow(READ)] as const;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  written(size: number): void {
    if (size - this.#until < STEP) return;
    this.#until = size;
    this.#reading = this.#reading.then(async () => {
      if (this.#isOver) return;
      await this.#handle.datasync();
      await this.#read(size);
    });
    this.#reading.catch(() => "told by `whole`");
  }

  /** The checksum of all of it, which is on the disk. */
  async whole(size: number): Promise<string> {
    await this.#reading;
    await this.#read(size + 1);
    return this.#hash.digest("hex");
  }

  /** Nobody asks any more. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#reading.catch(() => "told by `whole`, or whatever ended it before is");
  }

  async #read(until: number): Promise<void> {
    let [buffer, other] = this.#buffers;
    let pending = this.#next(buffer, until);
    for (;;) {
      const { bytesRead } = await pending;
      if (bytesRead === 0 || this.#isOver) return;
      this.#at += bytesRead;
      pending = this.#next(other, until);
      this.#hash.update(buffer.subarray(0, bytesRead));
      [buffer, other] = [other, buffer];
    }
  }

  async #next(buffer: Buffer, until: number): Promise<{ bytesRead: number }> {
    const length = Math.min(READ, until - this.#at);
    return length === 0 ? { bytesRead: 0 } : this.#handle.read(buffer, 0, length, this.#at);
  }
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
