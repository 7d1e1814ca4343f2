/** Writing D-Bus values, little-endian: what method calls to systemd need, which is every type but file descriptors. */
import { parseSignature, type TypeNode } from "./signature.ts";

/** A variant to be written carries its type. */
export interface Variant {
  signature: string;
  value: Encodable;
}
export type Encodable = number | bigint | string | boolean | readonly Encodable[] | Variant;

/** bytes of the types that are numbers */
const SIZES: Record<string, number> = { y: 1, n: 2, q: 2, b: 4, i: 4, u: 4, x: 8, t: 8, d: 8 };

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
    const size = SIZES[type.code];
    if (size !== undefined) this.#number(type.code, size, value);
    else if (type.code === "v") {
      const { signature, value: inner } = value as Variant;
      this.#text("g", signature);
      this.value(parseSignature(signature)[0]!, inner);
    } else if (type.code === "a") this.#array(type.children[0]!, value as readonly Encodable[]);
    else if (type.children.length > 0) {
      this.align(8);
      for (const [index, child] of type.children.entries())
        this.value(child, (value as readonly Encodable[])[index] as Encodable);
    } else this.#text(type.code, value);
  }

  align(to: number): void {
    this.#room(0, to);
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  #number(code: string, size: number, value: Encodable): void {
    // room first: it may replace the buffer
    const at = this.#room(size, size);
    const into = this.#bytes;
    if (code === "y") into.writeUInt8(value as number, at);
    else if (code === "b") into.writeUInt32LE(value ? 1 : 0, at);
    else if (code === "n") into.writeInt16LE(value as number, at);
    else if (code === "q") into.writeUInt16LE(value as number, at);
    else if (code === "i") into.writeInt32LE(value as number, at);
    else if (code === "u") into.writeUInt32LE(value as number, at);
    else if (code === "d") into.writeDoubleLE(value as number, at);
    else if (code === "x") into.writeBigInt64LE(BigInt(value as number | bigint), at);
    else into.writeBigUInt64LE(BigInt(value as number | bigint), at);
  }

  #text(code: string, value: Encodable): void {
    if (typeof value !== "string" || value.includes("\0")) throw new TypeError("a text without NUL is needed");
    const length = Buffer.byteLength(value);
    if (code === "g") this.#number("y", 1, length);
    else this.#number("u", 4, length);
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
