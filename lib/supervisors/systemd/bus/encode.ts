/** Writing D-Bus values, little-endian: what method calls to systemd need, which is every type but file descriptors. */
import { parseSignature, type TypeNode } from "./signature.ts";

/** A variant to be written carries its type. */
export interface Variant {
  signature: string;
  value: Encodable;
}
export type Encodable = number | bigint | string | boolean | readonly Encodable[] | Variant;

export class Encoder {
  #bytes = Buffer.alloc(256);
  #at = 0;

  /** Throws TypeError where a value is not of its type. */
  values(signature: string, values: readonly Encodable[]): this {
    const types = parseSignature(signature);
    if (types.length !== values.length) throw new TypeError(`${signature} needs ${types.length} values`);
    for (const [index, type] of types.entries()) this.value(type, values[index]!);
    return this;
  }

  value(type: TypeNode, value: Encodable): void {
    switch (type.code) {
      case "y":
        this.#bytes.writeUInt8(value as number, this.#room(1, 1));
        return;
      case "b":
        this.#bytes.writeUInt32LE(value ? 1 : 0, this.#room(4, 4));
        return;
      case "n":
        this.#bytes.writeInt16LE(value as number, this.#room(2, 2));
        return;
      case "q":
        this.#bytes.writeUInt16LE(value as number, this.#room(2, 2));
        return;
      case "i":
        this.#bytes.writeInt32LE(value as number, this.#room(4, 4));
        return;
      case "u":
        this.#bytes.writeUInt32LE(value as number, this.#room(4, 4));
        return;
      case "x":
        this.#bytes.writeBigInt64LE(BigInt(value as number | bigint), this.#room(8, 8));
        return;
      case "t":
        this.#bytes.writeBigUInt64LE(BigInt(value as number | bigint), this.#room(8, 8));
        return;
      case "d":
        this.#bytes.writeDoubleLE(value as number, this.#room(8, 8));
        return;
      case "s":
      case "o":
      case "g":
        this.#text(type.code, value);
        return;
      case "v": {
        const { signature, value: inner } = value as Variant;
        this.#text("g", signature);
        this.value(parseSignature(signature)[0]!, inner);
        return;
      }
      case "a":
        this.#array(type.children[0]!, value as readonly Encodable[]);
        return;
      case "(":
      case "{":
        this.align(8);
        for (const [index, child] of type.children.entries())
          this.value(child, (value as readonly Encodable[])[index] as Encodable);
        return;
      default:
        throw new TypeError(`cannot write a value of type ${type.code}`);
    }
  }

  align(to: number): void {
    this.#room(0, to);
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  #text(code: string, value: Encodable): void {
    if (typeof value !== "string" || value.includes("\0")) throw new TypeError("a text without NUL is needed");
    const length = Buffer.byteLength(value);
    if (code === "g") this.#bytes.writeUInt8(length, this.#room(1, 1));
    else this.#bytes.writeUInt32LE(length, this.#room(4, 4));
    const at = this.#room(length + 1, 1);
    this.#bytes.write(value, at, "utf8");
    this.#bytes[at + length] = 0;
  }

  #array(element: TypeNode, values: readonly Encodable[]): void {
    const length = this.#room(4, 4);
    this.align(element.align);
    const start = this.#at;
    for (const value of values) this.value(element, value);
    this.#bytes.writeUInt32LE(this.#at - start, length);
  }

  /** Makes room for aligned bytes and steps over them; what alignment leaves between is zero, as D-Bus wants. */
  #room(bytes: number, align: number): number {
    const at = Math.ceil(this.#at / align) * align;
    if (at + bytes > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(this.#bytes.length * 2, at + bytes));
      this.#bytes.copy(grown, 0, 0, this.#at);
      this.#bytes = grown;
    }
    this.#at = at + bytes;
    return at;
  }
}
