/** A file as an answer, or the part of it that was asked for: a download that was cut off goes on where it ended. */
import fs from "node:fs/promises";
import { Readable } from "node:stream";
import type { Context } from "hono";
import { AppError } from "#lib/platform/errors.ts";

export interface SentFile {
  path: string;
  /** changes when its content does, without quotes */
  tag: string;
  type: string;
  /** what it is called where it is saved */
  name: string;
}

/** 200, 206, 304 or 416. `If-Range` and `If-None-Match` go by the tag. Throws AppError `not_found` where it is gone. */
export async function sendFile(c: Context, { path, tag, type, name }: SentFile): Promise<Response> {
  const handle = await fs.open(path, "r").catch((cause: unknown) => {
    throw new AppError("not_found", "The file is not on this server any more", { cause });
  });
  try {
    const { size } = await handle.stat();
    const etag = `"${tag}"`;
    const headers: Record<string, string> = {
      "content-type": type,
      "content-disposition": disposition(name),
      "accept-ranges": "bytes",
      etag,
      "x-content-type-options": "nosniff",
    };
    if (c.req.header("if-none-match")?.split(/,\s*/).includes(etag)) {
      await handle.close();
      return new Response(null, { status: 304, headers });
    }
    const isSame = (c.req.header("if-range") ?? etag) === etag;
    const part = isSame ? partOf(c.req.header("range"), size) : null;
    if (part === "unsatisfiable") {
      await handle.close();
      return new Response(null, { status: 416, headers: { ...headers, "content-range": `bytes */${size}` } });
    }
    const { start, end } = part ?? { start: 0, end: size - 1 };
    headers["content-length"] = String(end - start + 1);
    if (part) headers["content-range"] = `bytes ${start}-${end}/${size}`;
    const status = part ? 206 : 200;
    if (c.req.raw.method === "HEAD" || end < start) {
      await handle.close();
      return new Response(null, { status, headers });
    }
    const stream = handle.createReadStream({ start, end, highWaterMark: 256 * 1024 });
    return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, { status, headers });
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** One range; several, or what is none, are answered by the whole file, as the standard allows. */
export function partOf(
  header: string | undefined,
  size: number,
): { start: number; end: number } | "unsatisfiable" | null {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return null;
  if (from === "") {
    const last = Number(to);
    return last === 0 || size === 0 ? "unsatisfiable" : { start: Math.max(0, size - last), end: size - 1 };
  }
  const start = Number(from);
  const end = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (start >= size) return "unsatisfiable";
  return start > end ? null : { start, end };
}

/** Names come from volumes and archives: plain signs for old readers, all of them for the rest. */
export function disposition(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9._-]/g, "_");
  const whole = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`;
}
