/** Paths are bytes on the disk and in a tar, and text in a manifest: one way there and the same way back. */
import { isUtf8 } from "node:buffer";

const PLAIN = /^[ -[\]-~]*$/;
const ODD = /[\p{Cc}\\\u2028\u2029]/gu;

/** Bytes as text: what is no UTF-8, control characters and backslashes are written `\xNN`. */
export function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const latin = buffer.toString("latin1", 0, buffer.length);
  if (PLAIN.test(latin)) return latin;
  if (isUtf8(buffer)) return buffer.toString("utf8", 0, buffer.length).replace(ODD, escaped);
  return piecesOf(buffer)
    .map((piece) => (isUtf8(piece) ? piece.toString("utf8").replace(ODD, escaped) : hex(piece)))
    .join("");
}

/** The bytes that a text of `textOf` was made of. */
export function bytesOf(text: string): Buffer {
  if (!text.includes("\\")) return Buffer.from(text, "utf8");
  const parts = text.split(/((?:\\x[0-9a-f]{2})+)/);
  return Buffer.concat(
    parts.map((part, n) => (n % 2 === 1 ? Buffer.from(part.replaceAll("\\x", ""), "hex") : Buffer.from(part, "utf8"))),
  );
}

/** A name in a tar as the path of a manifest: without `./` before it and slashes after it; the root is `.`. */
export function pathOf(name: Uint8Array): string {
  let [from, to] = [0, name.length];
  while (to > 1 && name[to - 1] === SLASH) to -= 1;
  while (to - from > 1 && name[from] === DOT && name[from + 1] === SLASH) {
    from += 2;
    while (from < to && name[from] === SLASH) from += 1;
  }
  return from === to ? "." : textOf(name.subarray(from, to));
}

const DOT = 0x2e;
const SLASH = 0x2f;

/** Single characters, or single bytes where they are none. */
function piecesOf(buffer: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < buffer.length; ) {
    const lead = buffer[at]!;
    const wanted = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const piece = buffer.subarray(at, at + wanted);
    const length = isUtf8(piece) ? wanted : 1;
    pieces.push(piece.subarray(0, length));
    at += length;
  }
  return pieces;
}

const escaped = (letter: string) => hex(Buffer.from(letter, "utf8"));
const hex = (bytes: Buffer) => [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
