/** One block of 512 bytes that stands before an entry of a tar (POSIX.1-2001 ustar, and GNU's dialect of it). */
import { TarDamage } from "./tar-damage.ts";

export const BLOCK = 512;

/** As it stands there: nothing of a pax header or a long name has been laid over it. */
export interface RawHeader {
  /** with ustar's prefix before it */
  name: Buffer;
  link: Buffer;
  /** one letter; NUL has become `0` */
  flag: string;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  mtime: number;
  major: number;
  minor: number;
  /** POSIX's magic, not GNU's and not none */
  isPosix: boolean;
  /** says names of users and groups too, by which some readers go first */
  hasNames: boolean;
}

/** Throws TarDamage where the checksum is another or a number is none. null: the block is all zero. */
export function parseHeader(block: Buffer, position: number): RawHeader | null {
  const [unsigned, signed] = sums(block);
  if (unsigned === SPACES) return null;
  const told = Number.parseInt(block.toString("latin1", 148, 156), 8);
  if (told !== unsigned && told !== signed)
    throw new TarDamage("has a header whose checksum is wrong, or is no tar", position);
  const magic = block.toString("latin1", 257, 263);
  const isPosix = magic === "ustar\0";
  const prefix = isPosix ? textAt(block, 345, 155) : EMPTY;
  const name = textAt(block, 0, 100);
  return {
    name: prefix.length > 0 ? Buffer.concat([prefix, SLASH, name]) : name,
    link: textAt(block, 157, 100),
    flag: block[156] === 0 ? "0" : String.fromCharCode(block[156]!),
    mode: numberAt(block, 100, 8, position) & 0o7777,
    uid: numberAt(block, 108, 8, position),
    gid: numberAt(block, 116, 8, position),
    size: numberAt(block, 124, 12, position),
    mtime: numberAt(block, 136, 12, position),
    major: magic.startsWith("ustar") ? numberAt(block, 329, 8, position) : 0,
    minor: magic.startsWith("ustar") ? numberAt(block, 337, 8, position) : 0,
    isPosix,
    hasNames: block[265] !== 0 || block[297] !== 0,
  };
}

/** Octal text, or base 256 where the first bit is set. Throws TarDamage. */
export function numberAt(block: Buffer, at: number, length: number, position: number): number {
  const first = block[at]!;
  if (first >= 0x80) return base256(block.subarray(at, at + length), position);
  let value = 0;
  let n = at;
  while (n < at + length && block[n] === 0x20) n += 1;
  for (; n < at + length; n += 1) {
    const digit = block[n]! - 0x30;
    if (block[n] === 0 || block[n] === 0x20) break;
    if (digit < 0 || digit > 7) throw new TarDamage("has a header with a number that is none", position);
    value = value * 8 + digit;
  }
  return value;
}

export interface NewHeader {
  /** at most 100 bytes count; what is longer stands in a pax header before it */
  name: Uint8Array;
  link?: Uint8Array;
  flag: string;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  mtime: number;
  major?: number;
  minor?: number;
}

/** A number that does not fit is written as zero: it stands in the pax header. */
export function encodeHeader(header: NewHeader): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.set(header.name.subarray(0, 100), 0);
  octal(block, { at: 100, digits: 7, value: header.mode & 0o7777 });
  octal(block, { at: 108, digits: 7, value: header.uid });
  octal(block, { at: 116, digits: 7, value: header.gid });
  octal(block, { at: 124, digits: 11, value: header.size });
  octal(block, { at: 136, digits: 11, value: header.mtime });
  block.write(header.flag, 156, "latin1");
  if (header.link) block.set(header.link.subarray(0, 100), 157);
  block.write("ustar\x0000", 257, "latin1");
  if (header.flag === "3" || header.flag === "4") {
    octal(block, { at: 329, digits: 7, value: header.major ?? 0 });
    octal(block, { at: 337, digits: 7, value: header.minor ?? 0 });
  }
  const [sum] = sums(block);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

/** Zeros up to the next block. */
export function padding(size: number): Buffer {
  return ZEROS.subarray(0, (BLOCK - (size % BLOCK)) % BLOCK);
}

/** What ends a tar. */
export const TRAILER = Buffer.alloc(2 * BLOCK);

const EMPTY = Buffer.alloc(0);
const SLASH = Buffer.from("/");
const ZEROS = Buffer.alloc(BLOCK);
/** the field of the checksum counts as eight spaces */
const SPACES = 8 * 0x20;

/** Some old writers added the bytes up as signed ones. */
function sums(block: Buffer): [unsigned: number, signed: number] {
  let sum = SPACES;
  let high = 0;
  for (let n = 0; n < BLOCK; n += 1) {
    if (n === 148) n = 156;
    const byte = block[n]!;
    sum += byte;
    high += byte >> 7;
  }
  return [sum, sum - high * 256];
}

function textAt(block: Buffer, at: number, length: number): Buffer {
  const end = block.indexOf(0, at);
  return block.subarray(at, end < 0 || end > at + length ? at + length : end);
}

function base256(bytes: Buffer, position: number): number {
  const isNegative = bytes[0] === 0xff;
  if (!isNegative && bytes[0] !== 0x80) throw new TarDamage("has a header with a number beyond all bounds", position);
  let value = 0;
  for (const byte of bytes.subarray(1)) value = value * 256 + (isNegative ? 0xff - byte : byte);
  if (value > Number.MAX_SAFE_INTEGER) throw new TarDamage("has a header with a number beyond all bounds", position);
  return isNegative ? -1 - value : value;
}

function octal(block: Buffer, { at, digits, value }: { at: number; digits: number; value: number }): void {
  const text = value >= 0 && Number.isInteger(value) ? value.toString(8) : "0";
  block.write((text.length > digits ? "0" : text).padStart(digits, "0"), at, "latin1");
}
