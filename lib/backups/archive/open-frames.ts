/**
 * The frames of a zstd stream. The platform's decoder takes the end of a frame for the end of everything: what follows in the
 * same chunk, a second frame or garbage, is dropped without a word. So frames are told apart here (RFC 8878: a header, blocks
 * with their length, a checksum), handed over one by one, and what is no frame is an error.
 */
import { pipeline, Readable } from "node:stream";
import zlib from "node:zlib";
import { DamagedArchive, HostileArchive } from "./open-damage.ts";

const MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** without its last four bits, which are free */
const SKIPPABLE = 0x184d2a5;
const BLOCK_MOST = 128 * 1024;
const OUTPUT = 128 * 1024;

/**
 * Decompressed bytes of all frames. `windowLog`: the largest window that is accepted, as a power of two; it is also what
 * memory this takes. Throws `DamagedArchive` for what is cut off, altered or followed by something else.
 */
export async function* unzstd(source: AsyncIterable<Uint8Array>, windowLog: number): AsyncGenerator<Buffer> {
  // some chunks are made ahead, so that it goes on while the reader computes
  const options = { chunkSize: OUTPUT, readableHighWaterMark: 4 * OUTPUT };
  const decoder = zlib.createZstdDecompress({
    ...options,
    params: { [zlib.constants.ZSTD_d_windowLogMax]: windowLog },
  });
  const frames = Readable.from(framesOf(source, windowLog), { highWaterMark: 1 });
  pipeline(frames, decoder, () => "told to whoever reads");
  for await (const chunk of decoder as AsyncIterable<Buffer>) yield chunk;
}

/** The compressed bytes, cut so that no chunk reaches from one frame into the next; skippable frames are left out. */
export async function* framesOf(source: AsyncIterable<Uint8Array>, windowLog: number): AsyncGenerator<Buffer> {
  const walk = new FrameWalk(2 ** windowLog);
  let total = 0;
  let frames = 0;
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    total += bytes.length;
    let from = 0;
    for (let at = 0; at < bytes.length; ) {
      const wasInside = walk.inFrame;
      at = walk.step(bytes, at);
      if (walk.inFrame && !wasInside) {
        // the magic may have come in two chunks: it is known for whom it was when it is whole
        frames++;
        yield Buffer.from(MAGIC);
        from = at;
      } else if (!walk.inFrame) {
        if (wasInside) yield bytes.subarray(from, at);
        from = at;
      }
    }
    if (walk.inFrame && from < bytes.length) yield bytes.subarray(from);
  }
  if (total === 0) throw new DamagedArchive("It is empty");
  if (!walk.between) throw new DamagedArchive("It is cut off: its compressed part has no end");
  if (frames === 0) throw new DamagedArchive("It holds no compressed part");
}

type Field = "magic" | "descriptor" | "header" | "block" | "body" | "checksum" | "skip-size" | "skip";

/** Walks over frames field by field; the borders of chunks may cut every field. */
class FrameWalk {
  inFrame = false;
  private readonly windowMost: number;
  private field: Field = "magic";
  private readonly held = Buffer.alloc(16);
  private have = 0;
  /** bytes of the field */
  private need = 4;
  private lastBlock = false;
  private checksum = false;
  private descriptor = 0;

  constructor(windowMost: number) {
    this.windowMost = windowMost;
  }

  /** whether it stands between two frames, where a stream may end */
  get between(): boolean {
    return this.field === "magic" && this.have === 0;
  }

  /** Walks to the end of the field or of the chunk; where it stands then. */
  step(bytes: Buffer, at: number): number {
    const count = Math.min(this.need - this.have, bytes.length - at);
    if (this.need <= this.held.length) bytes.copy(this.held, this.have, at, at + count);
    this.have += count;
    while (this.have === this.need) this.enter();
    return at + count;
  }

  /** The field is whole: what it says, and which one follows. */
  private enter(): void {
    if (this.field === "magic") this.enterFrame(this.held.readUInt32LE(0));
    else if (this.field === "skip-size") this.follow("skip", this.held.readUInt32LE(0));
    else if (this.field === "descriptor") this.enterHeader(this.held.readUInt8(0));
    else if (this.field === "header") {
      this.checkHeader();
      this.follow("block", 3);
    } else if (this.field === "block") this.enterBlock(this.held.readUIntLE(0, 3));
    else if (this.field === "body" && !this.lastBlock) this.follow("block", 3);
    else if (this.field === "body" && this.checksum) this.follow("checksum", 4);
    else this.leaveFrame();
  }

  private follow(field: Field, need: number): void {
    this.field = field;
    this.need = need;
    this.have = 0;
  }

  private leaveFrame(): void {
    this.inFrame = false;
    this.follow("magic", 4);
  }

  private enterFrame(magic: number): void {
    if (magic >>> 4 === SKIPPABLE) this.follow("skip-size", 4);
    else if (magic === MAGIC.readUInt32LE(0)) {
      this.inFrame = true;
      this.follow("descriptor", 1);
    } else throw new DamagedArchive("Something that is not compressed data stands in or behind its compressed part");
  }

  private enterHeader(descriptor: number): void {
    if (descriptor & 8) throw new DamagedArchive("The header of its compressed part is damaged");
    this.descriptor = descriptor;
    this.checksum = (descriptor & 4) !== 0;
    const { window, dictionary, content } = headerSizes(descriptor);
    this.follow("header", window + dictionary + content);
  }

  private checkHeader(): void {
    const { window, dictionary, content } = headerSizes(this.descriptor);
    if (this.held.subarray(window, window + dictionary).some((byte) => byte !== 0))
      throw new DamagedArchive("It was compressed with a dictionary that is not part of it");
    if (this.window(window, this.held.subarray(window + dictionary, window + dictionary + content)) > this.windowMost)
      throw new HostileArchive(
        `It was compressed with a window above ${this.windowMost / 2 ** 20} MiB, and would take as much memory. Pack it again without --long and --ultra`,
      );
  }

  private window(described: number, content: Buffer): number {
    if (described === 0) return contentSize(content);
    const byte = this.held.readUInt8(0);
    const base = 2 ** (10 + (byte >>> 3));
    return base + (base / 8) * (byte & 7);
  }

  private enterBlock(header: number): void {
    this.lastBlock = (header & 1) !== 0;
    const type = (header >>> 1) & 3;
    const size = header >>> 3;
    if (type === 3 || size > BLOCK_MOST) throw new DamagedArchive("A block of its compressed part is damaged");
    this.follow("body", type === 1 ? 1 : size);
  }
}

function headerSizes(descriptor: number): { window: number; dictionary: number; content: number } {
  const single = (descriptor & 32) !== 0;
  const content = [single ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0;
  return { window: single ? 0 : 1, dictionary: [0, 1, 2, 4][descriptor & 3] ?? 0, content };
}

function contentSize(field: Buffer): number {
  if (field.length === 8) return Number(field.readBigUInt64LE(0));
  return field.readUIntLE(0, field.length) + (field.length === 2 ? 256 : 0);
}
