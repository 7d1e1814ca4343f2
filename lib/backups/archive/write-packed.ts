/** Compressed, and encrypted where there is a lock, as an archive stands on the disk. */
import { once } from "node:events";
import zlib from "node:zlib";
import type { Lock } from "./archive.ts";
import { encrypted } from "./encrypt.ts";

/** bytes that are compressed at one go, off the event loop */
const BLOCK = 512 * 1024;

/** zstd level 3 with checksum, then age. */
export function packed(plain: AsyncIterable<Uint8Array>, lock: Lock | null): AsyncIterable<Buffer> {
  const compact = compressed(inBlocks(plain));
  return lock ? encrypted(compact, lock) : compact;
}

/** No workers: the platform's stream breaks with them. */
async function* compressed(blocks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { ZSTD_c_compressionLevel, ZSTD_c_checksumFlag } = zlib.constants;
  const encoder = zlib.createZstdCompress({
    params: { [ZSTD_c_compressionLevel]: 3, [ZSTD_c_checksumFlag]: 1 },
    chunkSize: BLOCK,
  });
  const feeding = (async () => {
    try {
      for await (const block of blocks) {
        if (encoder.destroyed) return;
        if (!encoder.write(block)) await Promise.race([once(encoder, "drain"), once(encoder, "close")]);
      }
      encoder.end();
    } catch (error) {
      encoder.destroy(error as Error);
    }
  })();
  feeding.catch(() => "told by the encoder");
  try {
    yield* encoder as AsyncIterable<Buffer>;
  } finally {
    encoder.destroy();
    await feeding;
  }
}

/** Small pieces together: headers and small files come by the hundred. */
async function* inBlocks(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let block = Buffer.allocUnsafeSlow(BLOCK);
  let used = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const length = Math.min(BLOCK - used, piece.length - at);
      block.set(at === 0 && length === piece.length ? piece : piece.subarray(at, at + length), used);
      used += length;
      at += length;
      if (used < BLOCK) continue;
      yield block;
      block = Buffer.allocUnsafeSlow(BLOCK);
      used = 0;
    }
  }
  if (used > 0) yield block.subarray(0, used);
}
