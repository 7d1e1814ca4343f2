/** Compressed, and encrypted where there is a lock, as an archive stands on the disk. */
import zlib from "node:zlib";
import type { Lock } from "./archive.ts";
import { encrypted } from "./encrypt.ts";

/** bytes that are compressed at one go, off the event loop */
const BLOCK = 512 * 1024;
/** one is compressed, one waits, one is filled */
const BLOCKS = 3;

/** zstd level 3 with checksum, then age; of pieces that come some at a time. */
export function packed(plain: AsyncIterable<readonly Uint8Array[]>, lock: Lock | null): AsyncIterable<Buffer> {
  const compact = compressed(plain);
  return lock ? encrypted(compact, lock) : compact;
}

/** No workers: the platform's stream breaks with them. */
async function* compressed(plain: AsyncIterable<readonly Uint8Array[]>): AsyncGenerator<Buffer> {
  const { ZSTD_c_compressionLevel, ZSTD_c_checksumFlag } = zlib.constants;
  const encoder = zlib.createZstdCompress({
    params: { [ZSTD_c_compressionLevel]: 3, [ZSTD_c_checksumFlag]: 1 },
    chunkSize: BLOCK,
  });
  const blocks = new Blocks(encoder);
  const feeding = feed(plain, blocks).catch((error: unknown) => encoder.destroy(error as Error));
  try {
    yield* encoder as AsyncIterable<Buffer>;
  } finally {
    encoder.destroy();
    blocks.close();
    await feeding;
  }
}

/** Small pieces together: headers and small files come by the hundred. */
async function feed(plain: AsyncIterable<readonly Uint8Array[]>, blocks: Blocks): Promise<void> {
  let block = await blocks.next();
  let used = 0;
  for await (const pieces of plain) {
    for (const piece of pieces) {
      for (let at = 0; block && at < piece.length; ) {
        const length = Math.min(BLOCK - used, piece.length - at);
        block.set(at === 0 && length === piece.length ? piece : piece.subarray(at, at + length), used);
        used += length;
        at += length;
        if (used < BLOCK) continue;
        blocks.give(block, used);
        block = await blocks.next();
        used = 0;
      }
      if (!block) return;
    }
  }
  if (block && used > 0) blocks.give(block, used);
  blocks.end();
}

/** The same few blocks go round: fresh ones by the thousand would keep the collector busy. */
class Blocks {
  #encoder: zlib.ZstdCompress;
  #free: Buffer[] = Array.from({ length: BLOCKS }, () => Buffer.allocUnsafeSlow(BLOCK));
  #waiting: ((block: Buffer | null) => void) | null = null;
  #isClosed = false;

  constructor(encoder: zlib.ZstdCompress) {
    this.#encoder = encoder;
  }

  /** One that nobody reads any more; null: there is no use for it. */
  async next(): Promise<Buffer | null> {
    if (this.#isClosed) return null;
    return this.#free.pop() ?? new Promise((resolve) => (this.#waiting = resolve));
  }

  give(block: Buffer, used: number): void {
    this.#encoder.write(block.subarray(0, used), () => {
      const waiting = this.#waiting;
      this.#waiting = null;
      if (waiting) waiting(this.#isClosed ? null : block);
      else this.#free.push(block);
    });
  }

  end(): void {
    if (!this.#isClosed) this.#encoder.end();
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting?.(null);
    this.#waiting = null;
  }
}
