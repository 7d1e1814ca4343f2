/** A file of a volume as an answer. Whatever is in it, a browser shows only text and pictures, and runs nothing. */
import { Readable } from "node:stream";
import type { Context } from "hono";
import { type InsideFile, openInside } from "#lib/volumes/inside.ts";
import { disposition, partOf } from "./file-range.ts";

/** bytes: what is larger is there to be saved */
const SHOWN = 8 * 1024 * 1024;
const SNIFFED = 4096;
/** by what they begin with, in hexadecimal; a picture that can hold a script (svg) is none of them */
const PICTURES: readonly (readonly [string, RegExp])[] = [
  ["image/png", /^89504e470d0a1a0a/],
  ["image/jpeg", /^ffd8ff/],
  ["image/gif", /^47494638(37|39)61/],
  ["image/webp", /^52494646.{8}57454250/],
  ["image/avif", /^.{8}66747970617669(66|73)/],
  ["image/bmp", /^424d.{8}00000000/],
  ["image/x-icon", /^00000100(?!0000)..00/],
];
const BYTES = "application/octet-stream";

interface Wanted {
  id: string;
  path: string;
  isDownload: boolean;
}

/** 200, 206, 304 or 416. Throws as `openInside`. */
export async function sendVolumeFile(c: Context, { id, path, isDownload }: Wanted): Promise<Response> {
  const file = await openInside(id, path, c.req.raw.signal);
  let isRead = false;
  try {
    const isShown = !isDownload && file.size <= SHOWN;
    const etag = `"${file.tag}"`;
    const headers: Record<string, string> = {
      "content-type": isShown ? await typeOf({ id, path, file }, c.req.raw.signal) : BYTES,
      "content-disposition": isShown ? "inline" : disposition(file.name),
      "content-security-policy": "default-src 'none'; sandbox",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "accept-ranges": "bytes",
      etag,
    };
    if (c.req.header("if-none-match")?.split(/,\s*/).includes(etag))
      return new Response(null, { status: 304, headers });
    const isSame = (c.req.header("if-range") ?? etag) === etag;
    const part = isSame ? partOf(c.req.header("range"), file.size) : null;
    if (part === "unsatisfiable")
      return new Response(null, { status: 416, headers: { ...headers, "content-range": `bytes */${file.size}` } });
    const { start, end } = part ?? { start: 0, end: file.size - 1 };
    headers["content-length"] = String(end - start + 1);
    if (part) headers["content-range"] = `bytes ${start}-${end}/${file.size}`;
    const status = part ? 206 : 200;
    if (c.req.raw.method === "HEAD" || end < start) return new Response(null, { status, headers });
    isRead = true;
    return new Response(Readable.toWeb(file.read({ start, end })) as ReadableStream<Uint8Array>, { status, headers });
  } finally {
    if (!isRead) await file.close();
  }
}

/** By its first bytes, never by its name. What is read for that is read again: a stream cannot be turned back. */
async function typeOf({ id, path, file }: Omit<Wanted, "isDownload"> & { file: InsideFile }, signal: AbortSignal) {
  if (file.size === 0) return "text/plain; charset=utf-8";
  const again = await openInside(id, path, signal);
  const chunks: Buffer[] = [];
  const source = again.read({ start: 0, end: Math.min(file.size, SNIFFED) - 1 });
  for await (const chunk of source) chunks.push(chunk as Buffer);
  await again.close();
  const head = Buffer.concat(chunks);
  const hex = head.toString("hex", 0, 32);
  const picture = PICTURES.find(([, begins]) => begins.test(hex));
  if (picture) return picture[0];
  return isText(head, file.size > head.length) ? "text/plain; charset=utf-8" : BYTES;
}

/** UTF-8 without control signs but those of lines; the end of a part may cut a letter. */
function isText(head: Buffer, isCut: boolean): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(head.toString("latin1"))) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: isCut });
    return true;
  } catch {
    // some other bytes
    return false;
  }
}
