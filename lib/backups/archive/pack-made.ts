/** Files that no disk holds as such, as a tar stream. */
import { createReadStream } from "node:fs";
import { open, rm } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import type { MadeFile } from "./archive.ts";
import type { Packing } from "./pack.ts";
import { encodeEntry } from "./tar-encode.ts";
import { padding, TRAILER } from "./tar-header.ts";
import { bytesOf } from "./tar-name.ts";

/** Streams of unknown length go through a file, since a tar says the length first. */
export async function* packMade(files: readonly MadeFile[], packing: Packing): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    packing.signal.throwIfAborted();
    if (file.data instanceof Uint8Array) {
      yield* headOf(file, file.data.length);
      yield file.data;
      yield padding(file.data.length);
    } else yield* packStream(file, packing);
  }
  yield TRAILER;
}

async function* packStream(file: MadeFile, { scratch, signal }: Packing): AsyncGenerator<Uint8Array> {
  if (file.data instanceof Uint8Array) return;
  const handle = await open(scratch, "wx+", 0o600);
  try {
    await rm(scratch);
    let size = 0;
    for await (const chunk of addAbortSignal(signal, await file.data(signal))) {
      await handle.appendFile(chunk as Uint8Array);
      size += (chunk as Uint8Array).length;
    }
    signal.throwIfAborted();
    yield* headOf(file, size);
    if (size > 0) yield* createReadStream("", { fd: handle.fd, autoClose: false, start: 0 }) as AsyncIterable<Buffer>;
    yield padding(size);
  } finally {
    await handle.close();
  }
}

function headOf({ path, mode }: MadeFile, stored: number): Buffer[] {
  return encodeEntry({
    name: Buffer.concat([Buffer.from("./"), bytesOf(path)]),
    ...{ type: "file", stored, mode, uid: 0, gid: 0, link: null, device: null, pax: new Map(), sparse: null },
    mtime: { seconds: Math.floor(Date.now() / 1000), nanos: 0 },
  });
}
