import { PNG } from "pngjs";
import { decodeQR } from "qr/decode.js";

const WIDEST = 2000;

/** What the code in a PNG says; null for a picture without one, one that is too large, or no picture. */
export function readPicture(png: Buffer): string | null {
  if (png.length < 24 || png.readUInt32BE(16) > WIDEST || png.readUInt32BE(20) > WIDEST) return null;
  try {
    const { width, height, data } = PNG.sync.read(png);
    return decodeQR({ width, height, data }, { timeLimit: 50 });
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}
