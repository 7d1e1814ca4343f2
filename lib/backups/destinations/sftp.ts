/** Copies on a server that speaks SFTP. */
import { randomBytes } from "node:crypto";
import path from "node:path/posix";
import { Readable } from "node:stream";
import type { SFTPWrapper } from "ssh2";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import type { Remote } from "./remote.ts";
import { connectSftp, type SftpConfig, type SftpSecrets, type SftpSession } from "./sftp-session.ts";

/** what every server takes in one message */
const CHUNK = 32 * 1024;
/** messages on their way at once: a line of 100 ms still carries 20 MB/s */
const WINDOW = 64;
const END_OF_FILE = 1;
const NO_SUCH_FILE = 2;
const IS_FOLDER = 0o040000;
const TYPE = 0o170000;

type Answer<T> = (error: (Error & { code?: number }) | null | undefined, value: T) => void;

/** Connects at the first call. */
export function openSftp(config: SftpConfig, secrets: SftpSecrets): Remote {
  const name = `sftp://${config.host}`;
  let opening: Promise<SftpSession> | null = null;
  const at = (key: string) => path.join(config.folder, key);

  /** Does something with the connection; an abort ends the connection, and so all that waits for it. */
  const using = async <T>(signal: AbortSignal, act: (sftp: Sftp) => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    opening ??= connectSftp(config, secrets);
    let session: SftpSession | null = null;
    const end = () => void opening?.then((open) => open.end()).catch(() => undefined);
    signal.addEventListener("abort", end, { once: true });
    try {
      const current = opening;
      session = await current;
      session.lost.catch(() => {
        if (opening === current) opening = null;
      });
      return await Promise.race([act(new Sftp(session.sftp)), session.lost]);
    } catch (error) {
      if (session === null) opening = null;
      if (signal.aborted) throw signal.reason;
      throw error instanceof AppError
        ? error
        : new AppError("action_failed", `${name}: ${messageOf(error)}`, { cause: error });
    } finally {
      signal.removeEventListener("abort", end);
    }
  };

  return {
    name,
    tells: (key) => `${name}${at(key).startsWith("/") ? "" : "/"}${at(key)}`,

    async put(key, body, { signal }) {
      const temporary = `${at(key)}.part-${randomBytes(4).toString("hex")}`;
      try {
        await using(signal, async (sftp) => {
          await sftp.makeFolder(path.dirname(at(key)));
          await sftp.removeParts(at(key));
          const size = await sftp.write(temporary, body);
          const written = await sftp.size(temporary);
          if (written !== size) throw new Error(`${size} bytes were sent and ${written} are there`);
          await sftp.replace(temporary, at(key));
        });
      } catch (error) {
        body.destroy();
        // after an abort the connection is gone, and with it the way to remove it: the next put does
        if (!signal.aborted) await using(signal, (sftp) => sftp.remove(temporary)).catch(() => undefined);
        throw error;
      }
      return { proven: false };
    },

    async get(key, { signal, range }) {
      return using(signal, async (sftp) => {
        const size = await sftp.size(at(key));
        if (size === null) throw new AppError("not_found", `${name}: it is not there any more`);
        const { start, end } = range ?? { start: 0, end: size - 1 };
        const pieces = sftp.read(at(key), { start, end: Math.min(end, size - 1) });
        return Readable.from(told(name, pieces, signal), { objectMode: false });
      });
    },

    list: (folder, signal) => using(signal, (sftp) => sftp.list(config.folder, folder)),

    remove: (key, signal) =>
      using(signal, async (sftp) => {
        await sftp.remove(at(key));
        await sftp.removeEmpty(path.dirname(at(key)), config.folder);
      }),

    close() {
      void opening?.then((session) => session.end()).catch(() => undefined);
      opening = null;
    },
  };
}

/** What goes wrong on the way is told as anywhere else. */
async function* told(name: string, pieces: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    for await (const piece of pieces) {
      signal.throwIfAborted();
      yield piece;
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof AppError
      ? error
      : new AppError("action_failed", `${name}: ${messageOf(error)}`, { cause: error });
  }
}

/** The calls of one connection that are needed here, as promises. */
class Sftp {
  readonly #raw: SFTPWrapper;

  constructor(raw: SFTPWrapper) {
    this.#raw = raw;
  }

  /** Sends many pieces before the first is answered; resolves with the bytes, on the other side's disk as far as it can say. */
  async write(file: string, body: Readable): Promise<number> {
    const handle = await call<Buffer>((done) => this.#raw.open(file, "w", { mode: 0o600 }, done));
    let position = 0;
    try {
      const waiting = new Set<Promise<void>>();
      for await (const chunk of body as AsyncIterable<Buffer>) {
        for (let from = 0; from < chunk.length; from += CHUNK) {
          const piece = chunk.subarray(from, from + CHUNK);
          const start = position;
          position += piece.length;
          const sent = call<void>((done) =>
            this.#raw.write(handle, piece, 0, piece.length, start, done as Answer<void>),
          );
          const settled = sent.finally(() => waiting.delete(settled));
          // whoever awaits the set hears of it; until then it must not count as unheard
          settled.catch(() => undefined);
          waiting.add(settled);
          if (waiting.size >= WINDOW) await Promise.race(waiting);
        }
      }
      await Promise.all(waiting);
      await this.#flush(handle);
    } finally {
      await call<void>((done) => this.#raw.close(handle, done as Answer<void>)).catch(() => undefined);
    }
    return position;
  }

  /** Asks for many pieces before the first has come. */
  async *read(file: string, { start, end }: { start: number; end: number }): AsyncGenerator<Buffer> {
    const handle = await call<Buffer>((done) => this.#raw.open(file, "r", done));
    try {
      const waiting: Promise<Buffer>[] = [];
      for (let next = start; next <= end || waiting.length > 0; ) {
        for (; next <= end && waiting.length < WINDOW; next += CHUNK) {
          const piece = this.#piece(handle, next, Math.min(CHUNK, end + 1 - next));
          // it may fail before its turn comes
          piece.catch(() => undefined);
          waiting.push(piece);
        }
        const piece = await waiting.shift()!;
        if (piece.length > 0) yield piece;
      }
    } finally {
      await call<void>((done) => this.#raw.close(handle, done as Answer<void>)).catch(() => undefined);
    }
  }

  /** Servers may give less than was asked for before the end of a file too. */
  async #piece(handle: Buffer, start: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(length);
    let filled = 0;
    while (filled < length) {
      const got = await call<number>((done) =>
        this.#raw.read(handle, buffer, filled, length - filled, start + filled, done as Answer<number>),
      ).catch((error: Error & { code?: number }) => {
        if (error.code === END_OF_FILE) return 0;
        throw error;
      });
      if (got === 0) break;
      filled += got;
    }
    return buffer.subarray(0, filled);
  }

  /** null: there is none */
  async size(file: string): Promise<number | null> {
    return absent(call<{ size: number }>((done) => this.#raw.stat(file, done)).then(({ size }) => size));
  }

  async remove(file: string): Promise<void> {
    await absent(call<void>((done) => this.#raw.unlink(file, done as Answer<void>)));
  }

  /** In one step where the server can; others refuse to rename onto a file that is there. */
  async replace(from: string, to: string): Promise<void> {
    try {
      await call<void>((done) => this.#raw.ext_openssh_rename(from, to, done as Answer<void>));
    } catch (error) {
      if (!isUnsupported(error)) throw error;
      await this.remove(to);
      await call<void>((done) => this.#raw.rename(from, to, done as Answer<void>));
    }
  }

  /** With the folders above it. */
  async makeFolder(folder: string): Promise<void> {
    if (folder === "." || folder === "/" || (await this.size(folder)) !== null) return;
    await this.makeFolder(path.dirname(folder));
    await call<void>((done) => this.#raw.mkdir(folder, { mode: 0o700 }, done as Answer<void>)).catch(async (error) => {
      // another connection may have made it meanwhile
      if ((await this.size(folder)) === null) throw error;
    });
  }

  /** Removes what puts of this file have left that were cut off. */
  async removeParts(file: string): Promise<void> {
    const beginning = `${path.basename(file)}.part-`;
    for (const { filename } of await this.#entries(path.dirname(file)))
      if (filename.startsWith(beginning)) await this.remove(path.join(path.dirname(file), filename));
  }

  /** Removes folders that nothing is in, up to the one that is named. */
  async removeEmpty(folder: string, upTo: string): Promise<void> {
    const inside = path.relative(upTo, folder);
    if (inside === "" || inside.startsWith("..")) return;
    try {
      await call<void>((done) => this.#raw.rmdir(folder, done as Answer<void>));
    } catch {
      // something is in it, or it is not ours to remove: it stays, and so do those above
      return;
    }
    await this.removeEmpty(path.dirname(folder), upTo);
  }

  async list(root: string, folder: string): Promise<{ key: string; size: number }[]> {
    const found: { key: string; size: number }[] = [];
    for (const { filename, attrs } of await this.#entries(path.join(root, folder))) {
      const key = path.join(folder, filename);
      if ((attrs.mode & TYPE) === IS_FOLDER) found.push(...(await this.list(root, key)));
      else found.push({ key, size: attrs.size });
    }
    return found;
  }

  async #entries(folder: string): Promise<{ filename: string; attrs: { mode: number; size: number } }[]> {
    const entries = await absent(
      call<{ filename: string; attrs: { mode: number; size: number } }[]>((done) => this.#raw.readdir(folder, done)),
    );
    return (entries ?? []).filter(({ filename }) => filename !== "." && filename !== "..");
  }

  async #flush(handle: Buffer): Promise<void> {
    try {
      await call<void>((done) => this.#raw.ext_openssh_fsync(handle, done as Answer<unknown>));
    } catch (error) {
      if (!isUnsupported(error)) throw error;
    }
  }
}

function call<T>(ask: (done: Answer<T>) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    ask((error, value) => (error ? reject(error) : resolve(value)));
  });
}

async function absent<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if ((error as { code?: number }).code === NO_SUCH_FILE) return null;
    throw error;
  }
}

/** The library says so before it asks, or the server does. */
function isUnsupported(error: unknown): boolean {
  return (error as { code?: number }).code === 8 || /does not support|not supported/i.test(messageOf(error));
}
