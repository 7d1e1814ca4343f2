/** Bytes of a stream in the sizes that a reader wants; a copy is made only of what stands on both sides of a seam. */
import { TarDamage } from "./tar-damage.ts";

const EMPTY = Buffer.alloc(0);
const DRAIN = 64 * 1024;
const ZEROS = Buffer.alloc(DRAIN);
const MOST_FILLED = 16 * 1024 * 1024;

export class ByteReader {
  #source: AsyncIterator<Uint8Array>;
  #chunk: Buffer = EMPTY;
  #ended = false;
  /** how many have been taken */
  position = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** At least one byte and at most so many; null at the end. */
  async some(most: number): Promise<Buffer | null> {
    if (this.#chunk.length === 0 && !(await this.#fill())) return null;
    return this.#take(Math.min(most, this.#chunk.length));
  }

  /** Exactly so many; null where the stream has ended just before. Throws TarDamage where it ends within. */
  async exactly(length: number): Promise<Buffer | null> {
    if (this.#chunk.length >= length) return this.#take(length);
    const parts: Buffer[] = [];
    for (let left = length; left > 0; ) {
      const part = await this.some(left);
      if (part === null && left === length) return null;
      if (part === null) throw new TarDamage("is cut off", this.position);
      parts.push(part);
      left -= part.length;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts, length);
  }

  /** Throws TarDamage where there are not so many. */
  async skip(length: number): Promise<void> {
    for (let left = length; left > 0; ) {
      const part = await this.some(left);
      if (part === null) throw new TarDamage("is cut off", this.position);
      left -= part.length;
    }
  }

  /** Reads what is left, which can only be zeros that fill a tape's record. Throws TarDamage where it is more than that. */
  async drain(): Promise<void> {
    const end = this.position;
    for (let rest = await this.some(DRAIN); rest !== null; rest = await this.some(DRAIN))
      if (!rest.equals(ZEROS.subarray(0, rest.length)) || this.position - end > MOST_FILLED)
        throw new TarDamage("is followed by something else", this.position - rest.length);
  }

  /** Tells the source that nobody reads on. */
  async close(): Promise<void> {
    if (!this.#ended) await this.#source.return?.();
    this.#ended = true;
  }

  #take(length: number): Buffer {
    const taken = this.#chunk.subarray(0, length);
    this.#chunk = this.#chunk.subarray(length);
    this.position += length;
    return taken;
  }

  async #fill(): Promise<boolean> {
    while (!this.#ended && this.#chunk.length === 0) {
      const { value, done } = await this.#source.next();
      if (done) this.#ended = true;
      else this.#chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    return this.#chunk.length > 0;
  }
}
