/** A volume's content through the engine: uncompressed tar both ways, at the pace of whoever is slower. */
import { PassThrough, type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SupervisorError } from "../supervisor.ts";
import type { Engine } from "./connect.ts";
import { containerPath } from "./names.ts";
import { BelowMount } from "./volumes-below.ts";
import { type Helpers, MOUNT } from "./volumes-unstarted.ts";

interface Volume {
  engine: Engine;
  helpers: Helpers;
  name: string;
}

/** two blocks of zeros end a tar */
const END = 1024;

/** `below`: `/`, or a folder or file in the volume. The stream fails where the engine stopped before the end. */
export async function readVolume(
  { engine, helpers, name }: Volume,
  below: string,
  signal: AbortSignal,
): Promise<Readable> {
  if (!below.startsWith("/") || below.includes("\0") || below.split("/").includes(".."))
    throw new SupervisorError("invalid_name", "A path in a volume begins with / and does not lead out of it");
  const id = await helpers.create(name, signal);
  try {
    const within = below.replace(/\/+$/, "");
    const source = await openArchive(engine, id, within, signal);
    const whole = new WholeTar(() => {
      // the engine keeps a container for as long as it reads from it
      source.destroy();
      return helpers.remove(id);
    });
    // whoever reads hears of it; nobody may be reading yet
    whole.on("error", () => undefined);
    void pipeline(source, whole, { signal }).catch((error: unknown) => whole.destroy(error as Error));
    return whole;
  } catch (error) {
    await helpers.remove(id);
    throw error;
  }
}

/** Resolves when the engine has written all of it. */
export async function writeVolume(
  { engine, helpers, name }: Volume,
  tar: Readable,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  if (tar.errored) throw tar.errored;
  const below = new BelowMount();
  const data = new PassThrough();
  data.on("error", () => undefined);
  let broken: unknown = null;
  // what breaks at the source breaks the request too, so that a half archive is never taken for a whole one
  const fed = pipeline(tar, below, data, { signal }).catch((error: unknown) => {
    broken = error;
    data.destroy(error as Error);
  });
  const id = await helpers.create(name, signal).catch((error: unknown) => {
    data.destroy();
    throw error;
  });
  try {
    if (broken) throw broken;
    const order = { method: "PUT" as const, path: containerPath(id, "archive"), seconds: null, signal };
    try {
      await engine.send({ ...order, query: { path: "/" }, data });
    } catch (error) {
      const why = broken ?? error;
      data.destroy();
      throw why;
    }
    // a checksum stands behind the tar's own end: it may still fail
    data.resume();
    await fed;
    if (broken) throw broken;
    if (!below.seen)
      throw new SupervisorError("refused", "What was to be written into the volume is no tar: it is empty");
  } finally {
    tar.destroy();
    await helpers.remove(id);
  }
}

async function openArchive(engine: Engine, id: string, within: string, signal: AbortSignal): Promise<Readable> {
  const open = (path: string) => engine.stream(containerPath(id, "archive"), { path }, signal);
  try {
    // names then begin with `./`, and so do those that hard links lead to
    return await open(`/${MOUNT}${within}/.`);
  } catch (error) {
    // a file or a link is no folder, in each engine's own words
    if (!(error instanceof SupervisorError) || within === "") throw error;
    return await open(`/${MOUNT}${within}`);
  }
}

/** Lets a tar through and fails at its end where that is not the end of a tar: engines stop in the middle without a word. */
class WholeTar extends Transform {
  #tail: Buffer = Buffer.alloc(0);
  readonly #release: () => Promise<void>;

  /** `release` is over before the reader sees the end. */
  constructor(release: () => Promise<void>) {
    super();
    this.#release = release;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.#tail = chunk.length >= END ? chunk.subarray(-END) : Buffer.concat([this.#tail, chunk]).subarray(-END);
    done(null, chunk);
  }

  override _flush(done: (error?: Error) => void): void {
    const isWhole = this.#tail.length === END && this.#tail.every((byte) => byte === 0);
    const cut = new SupervisorError("refused", "The engine's archive of the volume ends in the middle");
    void this.#release().then(() => done(isWhole ? undefined : cut));
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    void this.#release().then(() => done(error));
  }
}
