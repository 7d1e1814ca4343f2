import { PNG } from "pngjs";
import { decodeQR } from "qr/decode.js";

const WIDEST = 2000;
const SIGNATURE = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
/** bytes before the first chunk, and of a chunk without its data: length, name, checksum */
const HEAD = 8;
const FRAME = 12;
const INTERLACED = 28;

/** What the code in a PNG says; null for a picture without one, one that is too large, or no picture. */
export function readPicture(png: Buffer): string | null {
  if (!isBounded(png)) return null;
  try {
    const { width, height, data } = PNG.sync.read(png);
    return decodeQR({ width, height, data }, { timeLimit: 50 });
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

/** What it unpacks to is as large as its one header says: a second one would be believed, and interlacing is unpacked whole. */
function isBounded(png: Buffer): boolean {
  if (png.length < INTERLACED + 5 || !png.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return false;
  if (png.readUInt32BE(16) > WIDEST || png.readUInt32BE(20) > WIDEST || png[INTERLACED] !== 0) return false;
  let headers = 0;
  for (let at = HEAD; at + FRAME <= png.length; at += FRAME + png.readUInt32BE(at))
    if (png.toString("latin1", at + 4, at + 8) === "IHDR") headers += 1;
  return headers === 1;
}
