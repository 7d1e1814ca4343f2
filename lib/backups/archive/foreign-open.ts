/** What a file from elsewhere is, by its first bytes, and the tar in it. */
import { open } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import zlib from "node:zlib";
import { AppError } from "#lib/platform/errors.ts";
import { readRaw, statOf, wordsFor } from "./open.ts";
import { DamagedArchive } from "./open-damage.ts";
import { unzstd } from "./open-frames.ts";

export type ForeignKind = "tar" | "gzip" | "zstd";

const BLOCK = 512;
/** what `zstd --ultra -22` takes, and what every zstd opens without being asked to */
const WINDOW_LOG = 27;
const OUTPUT = 512 * 1024;

/** What people may bring instead, and what to do about it. */
const OTHERS: { magic: Buffer; says: string }[] = [
  {
    magic: Buffer.from("PK"),
    says: "This is a zip file. Unpack it and pack what is in it as .tar, .tar.gz or .tar.zst",
  },
  {
    magic: Buffer.from("7z\xbc\xaf\x27\x1c", "latin1"),
    says: "This is a 7z file. Unpack it and pack what is in it as .tar.zst",
  },
  { magic: Buffer.from("Rar!"), says: "This is a rar file. Unpack it and pack what is in it as .tar.zst" },
  {
    magic: Buffer.from("\xfd7zXZ\0", "latin1"),
    says: "This is packed by xz. Unpack it with xz -d and import the .tar",
  },
  { magic: Buffer.from("BZh"), says: "This is packed by bzip2. Unpack it with bzip2 -d and import the .tar" },
  {
    magic: Buffer.from("\x04\x22\x4d\x18", "latin1"),
    says: "This is packed by lz4. Unpack it with lz4 -d and import the .tar",
  },
  {
    magic: Buffer.from("age-encryption.org/"),
    says: "This is encrypted by age. Decrypt it with age -d and import what comes out",
  },
  {
    magic: Buffer.from("-----BEGIN AGE"),
    says: "This is encrypted by age. Decrypt it with age -d and import what comes out",
  },
];

/** Throws AppError `validation` with words for anything that is none. */
export async function foreignKind(file: string): Promise<ForeignKind> {
  const start = await firstBytes(file);
  if (start.length === 0) throw new AppError("validation", "The file is empty");
  const other = OTHERS.find(({ magic }) => start.subarray(0, magic.length).equals(magic));
  if (other) throw new AppError("validation", other.says);
  if (start[0] === 0x1f && start[1] === 0x8b) return "gzip";
  if (start.length >= 4 && (start.readUInt32LE(0) === 0xfd2fb528 || start.readUInt32LE(0) >>> 4 === 0x184d2a5))
    return "zstd";
  if (isTarHeader(start)) return "tar";
  throw new AppError("validation", "This is no archive that can be imported: .tar, .tar.gz and .tar.zst can");
}

/**
 * The tar in it. `onInflated`: how much came out of how much, and may throw. Throws `DamagedArchive` and `HostileArchive`, and
 * AppError `validation` where something else than a tar was packed.
 */
export async function* openForeign(
  file: string,
  kind: ForeignKind,
  options: { signal: AbortSignal; onInflated: (sizes: { packed: number; unpacked: number }) => void },
): AsyncGenerator<Buffer> {
  const sizes = { packed: 0, unpacked: 0 };
  const onRaw = (chunk: Buffer) => {
    sizes.packed += chunk.length;
  };
  const raw = readRaw(file, { signal: options.signal, onRaw });
  const plain = kind === "tar" ? raw : kind === "zstd" ? unzstd(raw, WINDOW_LOG) : gunzip(raw, file);
  try {
    for await (const chunk of plain) {
      if (sizes.unpacked === 0 && kind !== "tar" && chunk.length >= BLOCK && !isTarHeader(chunk))
        throw new AppError("validation", `This is one file packed by ${kind}, and no tar. Pack it as .tar.zst`);
      sizes.unpacked += chunk.length;
      if (kind !== "tar") options.onInflated(sizes);
      yield chunk;
      options.signal.throwIfAborted();
    }
  } catch (error) {
    throw wordsFor(error, options.signal);
  } finally {
    await raw.return(undefined);
  }
}

/** All of its members. What is behind them and no zero is an error here, where the platform takes it for nothing. */
async function* gunzip(raw: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer> {
  const decoder = zlib.createGunzip({ chunkSize: OUTPUT });
  pipeline(Readable.from(raw, { highWaterMark: 1 }), decoder, () => "told to whoever reads");
  for await (const chunk of decoder as AsyncIterable<Buffer>) yield chunk;
  const behind = Number((await statOf(file)).size) - decoder.bytesWritten;
  if (behind > 0 && !(await isZeroFrom(file, decoder.bytesWritten)))
    throw new DamagedArchive("Something that is not compressed data stands behind its compressed part");
}

async function isZeroFrom(file: string, position: number): Promise<boolean> {
  const handle = await open(file, "r");
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(OUTPUT), 0, OUTPUT, position);
    return buffer.subarray(0, bytesRead).every((byte) => byte === 0) && bytesRead < OUTPUT;
  } finally {
    await handle.close();
  }
}

async function firstBytes(file: string): Promise<Buffer> {
  const handle = await open(file, "r");
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(BLOCK), 0, BLOCK, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** By its checksum alone: what else is wrong with a header is said in words when it is read. */
function isTarHeader(start: Buffer): boolean {
  if (start.length < BLOCK) return false;
  const told = /^ *([0-7]+)[\0 ]/.exec(start.toString("latin1", 148, 156))?.[1];
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) sum += start.readUInt8(at);
  return Number.parseInt(told ?? "", 8) === sum || start.subarray(0, BLOCK).every((byte) => byte === 0);
}
