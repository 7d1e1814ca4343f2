/**
 * Which paths have been met, in some twenty bytes each: an archive may hold millions. Paths are told apart by 64 bits of hash;
 * two that fell together would be taken for one that comes twice, so whoever forges that is refused and no more.
 */
const FIRST_CAPACITY = 1024;
const LOAD_MOST = 0.6;

/** `width`: how many 32-bit words are kept with each path. */
export class PathTable {
  count = 0;
  private readonly width: number;
  private capacity = FIRST_CAPACITY;
  /** two words of hash, a slot is free while both are 0 */
  private hashes = new Uint32Array(2 * FIRST_CAPACITY);
  private values: Uint32Array;

  constructor(width: number) {
    this.width = width;
    this.values = new Uint32Array(width * FIRST_CAPACITY);
  }

  /** The words kept with a path, to be read and changed until the next `add`; null where it has not been met. */
  get(path: string): Uint32Array | null {
    const [high, low] = hash64(path);
    const slot = this.slotOf(high, low);
    return this.isFree(slot) ? null : this.wordsAt(slot);
  }

  /** The same; a path that is met for the first time gets zeros. */
  add(path: string): Uint32Array {
    const [high, low] = hash64(path);
    let slot = this.slotOf(high, low);
    if (!this.isFree(slot)) return this.wordsAt(slot);
    if (this.count + 1 > this.capacity * LOAD_MOST) {
      this.grow();
      slot = this.slotOf(high, low);
    }
    this.hashes[2 * slot] = high;
    this.hashes[2 * slot + 1] = low;
    this.count++;
    return this.wordsAt(slot);
  }

  private slotOf(high: number, low: number): number {
    let slot = low & (this.capacity - 1);
    while (!this.isFree(slot) && (this.hashes[2 * slot] !== high || this.hashes[2 * slot + 1] !== low))
      slot = (slot + 1) & (this.capacity - 1);
    return slot;
  }

  private isFree(slot: number): boolean {
    return this.hashes[2 * slot] === 0 && this.hashes[2 * slot + 1] === 0;
  }

  private wordsAt(slot: number): Uint32Array {
    return this.values.subarray(slot * this.width, (slot + 1) * this.width);
  }

  private grow(): void {
    const { hashes, values, capacity } = this;
    this.capacity = 2 * capacity;
    this.hashes = new Uint32Array(2 * this.capacity);
    this.values = new Uint32Array(this.width * this.capacity);
    for (let old = 0; old < capacity; old++) {
      const [high, low] = [hashes[2 * old] ?? 0, hashes[2 * old + 1] ?? 0];
      if (high === 0 && low === 0) continue;
      const slot = this.slotOf(high, low);
      this.hashes[2 * slot] = high;
      this.hashes[2 * slot + 1] = low;
      this.values.set(values.subarray(old * this.width, (old + 1) * this.width), slot * this.width);
    }
  }
}

/** Two halves of a hash; never both zero. */
export function hash64(text: string): [high: number, low: number] {
  let high = 0x9e3779b9;
  let low = 0x85ebca6b;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
    high ^= low >>> 15;
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return [high >>> 0, low >>> 0 || 1];
}
