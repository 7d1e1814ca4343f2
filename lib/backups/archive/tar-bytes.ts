/** Bytes of a stream in the sizes that a reader wants; a copy is made only of what stands on both sides of a seam. */
import { TarDamage } from "./tar-damage.ts";

const EMPTY = Buffer.alloc(0);
const DRAIN = 64 * 1024;
const ZEROS = Buffer.alloc(DRAIN);
const MOST_FILLED = 16 * 1024 * 1024;

export class ByteReader {
  #source: AsyncIterator<Uint8Array>;
  #chunk: Buffer = EMPTY;
  /** how many of the chunk have been taken */
  #at = 0;
  #ended = false;
  /** how many have been taken */
  position = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** How many can be taken without waiting. */
  get atHand(): number {
    return this.#chunk.length - this.#at;
  }

  /** So many that are at hand, which stay there. */
  peek(length: number): Buffer {
    return this.#chunk.subarray(this.#at, this.#at + length);
  }

  /** So many that are at hand. */
  take(length: number): Buffer {
    const taken = this.#chunk.subarray(this.#at, this.#at + length);
    this.pass(length);
    return taken;
  }

  /** Takes so many that are at hand, for nobody. */
  pass(length: number): void {
    this.#at += length;
    this.position += length;
  }

  /** Waits until so many are at hand. Throws TarDamage where the stream ends before; false where it ends at once. */
  async gather(length: number): Promise<boolean> {
    if (this.atHand >= length) return true;
    const parts = this.atHand > 0 ? [this.peek(this.atHand)] : [];
    let have = this.atHand;
    for (; have < length && (await this.#fill()); have += this.#chunk.length) parts.push(this.#chunk);
    this.#chunk = parts.length === 1 ? parts[0]! : Buffer.concat(parts, have);
    this.#at = 0;
    if (have > 0 && have < length) throw new TarDamage("is cut off", this.position + have);
    return have >= length;
  }

  /** At least one byte and at most so many; null at the end. */
  async some(most: number): Promise<Buffer | null> {
    if (this.atHand === 0 && !(await this.#fill())) return null;
    return this.take(Math.min(most, this.atHand));
  }

  /** Exactly so many; null where the stream has ended just before. Throws TarDamage where it ends within. */
  async exactly(length: number): Promise<Buffer | null> {
    return (await this.gather(length)) ? this.take(length) : null;
  }

  /** Throws TarDamage where there are not so many. */
  async skip(length: number): Promise<void> {
    for (let left = length; left > 0; ) {
      if (this.atHand === 0 && !(await this.#fill())) throw new TarDamage("is cut off", this.position);
      const some = Math.min(left, this.atHand);
      this.pass(some);
      left -= some;
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

  async #fill(): Promise<boolean> {
    while (!this.#ended) {
      const { value, done } = await this.#source.next();
      if (done) this.#ended = true;
      else if (value.length > 0) {
        this.#chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
        this.#at = 0;
        return true;
      }
    }
    return false;
  }
}
