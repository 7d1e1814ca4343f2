/**
 * Reading D-Bus values. Every length is checked against what is there before anything is read or allocated.
 *
 * 64-bit numbers are numbers while they are exact and bigint beyond 2^53, so that 2^64-1 ("not set", "infinity") is never
 * mistaken for a figure. A dict with string keys is an object without a prototype, any other dict a list of pairs.
 */
import { parseSignature, type TypeNode } from "./signature.ts";

export type BusValue = number | bigint | string | boolean | BusValue[] | BusObject;
export interface BusObject {
  [key: string]: BusValue;
}

const MAX_ARRAY = 64 * 1024 * 1024;
/** bytes of the types whose size never varies: an array of them is skipped and read without looking at each */
const FIXED: Record<string, number> = { y: 1, n: 2, q: 2, b: 4, i: 4, u: 4, h: 4, x: 8, t: 8, d: 8 };

export class Decoder {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

  /** One value for each complete type of the signature. */
  values(signature: string): BusValue[] {
    return parseSignature(signature).map((type) => this.value(type));
  }

  value(type: TypeNode): BusValue {
    switch (type.code) {
      case "y":
        return this.#bytes[this.#take(1, 1)]!;
      case "b":
        return this.#bytes.readUInt32LE(this.#take(4, 4)) !== 0;
      case "n":
        return this.#bytes.readInt16LE(this.#take(2, 2));
      case "q":
        return this.#bytes.readUInt16LE(this.#take(2, 2));
      case "i":
        return this.#bytes.readInt32LE(this.#take(4, 4));
      case "u":
      case "h":
        return this.#bytes.readUInt32LE(this.#take(4, 4));
      case "x":
        return exact(this.#bytes.readBigInt64LE(this.#take(8, 8)));
      case "t":
        return this.#unsigned64();
      case "d":
        return this.#bytes.readDoubleLE(this.#take(8, 8));
      case "s":
      case "o":
        return this.#text(this.#bytes.readUInt32LE(this.#take(4, 4)));
      case "g":
        return this.#text(this.#bytes[this.#take(1, 1)]!);
      case "v":
        return this.value(this.#variantType());
      case "a":
        return this.#array(type.children[0]!);
      default:
        this.#align(8);
        return type.children.map((child) => this.value(child));
    }
  }

  /** A dict of named variants of which only some are wanted: the others are stepped over, which is most of the work saved. */
  wanted(names: ReadonlySet<string>): BusObject {
    const found: BusObject = Object.create(null);
    const end = this.#arrayEnd(8);
    while (this.#at < end) {
      this.#align(8);
      const name = this.#text(this.#bytes.readUInt32LE(this.#take(4, 4)));
      const type = this.#variantType();
      if (names.has(name)) found[name] = this.value(type);
      else this.#skip(type);
    }
    return found;
  }

  #skip(type: TypeNode): void {
    const fixed = FIXED[type.code];
    if (fixed !== undefined) this.#take(fixed, fixed);
    else if (type.code === "s" || type.code === "o") {
      const length = this.#bytes.readUInt32LE(this.#take(4, 4));
      this.#take(length + 1, 1);
    } else if (type.code === "g") this.#take(this.#bytes[this.#take(1, 1)]! + 1, 1);
    else if (type.code === "v") this.#skip(this.#variantType());
    else if (type.code === "a") this.#at = this.#arrayEnd(type.children[0]!.align);
    else {
      this.#align(8);
      for (const child of type.children) this.#skip(child);
    }
  }

  #array(element: TypeNode): BusValue {
    const end = this.#arrayEnd(element.align);
    if (element.code === "{" && "sog".includes(element.children[0]!.code)) {
      const dict: BusObject = Object.create(null);
      while (this.#at < end) {
        this.#align(8);
        const key = this.value(element.children[0]!) as string;
        dict[key] = this.value(element.children[1]!);
      }
      return dict;
    }
    const items: BusValue[] = [];
    while (this.#at < end) items.push(this.value(element));
    if (this.#at !== end) throw new Error("an array's elements run past its end");
    return items;
  }

  /** Reads an array's length and steps to its first element. */
  #arrayEnd(align: number): number {
    const length = this.#bytes.readUInt32LE(this.#take(4, 4));
    this.#align(align);
    if (length > MAX_ARRAY || this.#at + length > this.#bytes.length) throw new Error("an array is cut off");
    return this.#at + length;
  }

  #variantType(): TypeNode {
    const types = parseSignature(this.#text(this.#bytes[this.#take(1, 1)]!));
    if (types.length !== 1) throw new Error("a variant holds not one value");
    return types[0]!;
  }

  #text(length: number): string {
    const at = this.#take(length + 1, 1);
    return this.#bytes.toString("utf8", at, at + length);
  }

  #unsigned64(): number | bigint {
    const at = this.#take(8, 8);
    const high = this.#bytes.readUInt32LE(at + 4);
    if (high < 0x20_0000) return high * 0x1_0000_0000 + this.#bytes.readUInt32LE(at);
    return this.#bytes.readBigUInt64LE(at);
  }

  #align(to: number): void {
    this.#at = Math.ceil(this.#at / to) * to;
  }

  #take(bytes: number, align: number): number {
    this.#align(align);
    const at = this.#at;
    if (at + bytes > this.#bytes.length) throw new Error("a message is cut off");
    this.#at = at + bytes;
    return at;
  }
}

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
