/** Single files that go into an archive as they are on the machine. What is in them is never logged. */
import { constants } from "node:fs";
import fs from "node:fs/promises";
import { Readable } from "node:stream";
import type { MadeFile } from "./archive/archive.ts";

export interface NamedFile {
  path: string;
  role: string;
  file: MadeFile;
}

/** bytes: a configuration is small, and what is larger is none */
const LARGEST = 16 * 1024 * 1024;

/** A file under its path on the machine, without the slash before; null where there is none that can be read. */
export async function readableFile(path: string, role: string): Promise<NamedFile | null> {
  const data = await readSmall(path);
  return data && { path, role, file: { path: path.replace(/^\/+/, ""), mode: data.mode, data: data.bytes } };
}

/** What no file holds, as JSON that people can read; only its owner may read it. */
export function textFile(path: string, role: string, value: unknown): NamedFile {
  return { path, role, file: { path, mode: 0o600, data: Buffer.from(`${JSON.stringify(value, null, 2)}\n`) } };
}

async function readSmall(path: string): Promise<{ bytes: Buffer; mode: number } | null> {
  let handle: fs.FileHandle;
  try {
    // a pipe that was named here would never open
    handle = await fs.open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    // missing, which an environment file may be, or not for us: the manifest then does not name it
    return null;
  }
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > LARGEST) return null;
    const bytes = Buffer.alloc(stats.size);
    const { bytesRead } = await handle.read(bytes, 0, stats.size, 0);
    return { bytes: bytes.subarray(0, bytesRead), mode: stats.mode & 0o7777 };
  } finally {
    await handle.close();
  }
}

/** A stream that ends when `work` does, at the pace of its reader. */
export function written(work: (write: (chunk: Uint8Array) => Promise<void>) => Promise<void>): Readable {
  let more: () => void = () => undefined;
  const destroy = (error: Error | null, done: (error: Error | null) => void) => {
    more();
    done(error);
  };
  const stream = new Readable({ read: () => more(), destroy });
  const write = async (chunk: Uint8Array) => {
    if (stream.destroyed) throw new DOMException("nobody reads any more", "AbortError");
    if (!stream.push(chunk)) await new Promise<void>((resolve) => (more = resolve));
  };
  work(write).then(
    () => stream.push(null),
    (error: unknown) => stream.destroy(error as Error),
  );
  return stream;
}
