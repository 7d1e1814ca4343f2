/**
 * The age format, version 1, read as a stream. The header is the library's; the payload (64 KiB pieces of ChaCha20-Poly1305,
 * the last one marked) goes through the platform's own cipher, which is many times as fast, and scrypt leaves the event loop.
 */
import { createDecipheriv, hkdfSync, scrypt } from "node:crypto";
import { Decrypter, type Identity } from "age-encryption";
import { messageOf } from "#lib/platform/errors.ts";
import type { Unlock } from "./archive.ts";
import { fileKeyOf } from "./file-keys.ts";
import { DamagedArchive, WrongKey } from "./open-damage.ts";

const PIECE = 64 * 1024;
const TAG = 16;
const NONCE = 16;
const MAC_LINE = Buffer.from("\n--- ");
const HEADER_MOST = 64 * 1024;
/** 2^20 would take a gigabyte of memory */
const WORK_MOST = 18;

/** Plaintext of `source`. Throws `WrongKey`, and `DamagedArchive` for what is cut off or altered, at the piece concerned. */
export async function* decrypted(source: AsyncIterable<Uint8Array>, unlock: Unlock): AsyncGenerator<Buffer> {
  const input = pieces(source);
  const { header, rest } = await readHeader(input);
  const fileKey = await openHeader(header, unlock);
  let held = rest;
  while (held.length < NONCE) held = Buffer.concat([held, await next(input, "Its encrypted part is missing")]);
  const key = Buffer.from(hkdfSync("sha256", fileKey, held.subarray(0, NONCE), "payload", 32));
  held = held.subarray(NONCE);
  let counter = 0;
  for (let chunk: Buffer | null = held; chunk; chunk = (await input.next()).value ?? null) {
    held = chunk === held ? held : Buffer.concat([held, chunk]);
    const opened: Buffer[] = [];
    let at = 0;
    // what may be the last piece waits until something follows it
    for (; held.length - at > PIECE + TAG; at += PIECE + TAG)
      opened.push(openPiece(key, { counter: counter++, last: false, sealed: held.subarray(at, at + PIECE + TAG) }));
    held = held.subarray(at);
    if (opened.length > 0) yield Buffer.concat(opened);
  }
  if (held.length < TAG) throw new DamagedArchive("It is cut off: its encrypted part has no end");
  const last = openPiece(key, { counter, last: true, sealed: held });
  if (last.length === 0 && counter > 0) throw new DamagedArchive("Its encrypted part ends with an empty piece");
  yield last;
}

function openPiece(key: Buffer, piece: { counter: number; last: boolean; sealed: Buffer }): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(piece.counter, 5, 6);
  nonce[11] = piece.last ? 1 : 0;
  const end = piece.sealed.length - TAG;
  const cipher = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: TAG });
  cipher.setAuthTag(piece.sealed.subarray(end));
  const opened = cipher.update(piece.sealed.subarray(0, end));
  try {
    cipher.final();
  } catch (cause) {
    throw new DamagedArchive(
      `It is cut off or altered: the encrypted piece at ${piece.counter * PIECE} bytes does not hold together`,
      cause,
    );
  }
  return opened;
}

async function readHeader(input: AsyncIterator<Buffer>): Promise<{ header: Buffer; rest: Buffer }> {
  let held = await next(input, "It is empty");
  for (;;) {
    const mac = held.indexOf(MAC_LINE);
    const end = mac < 0 ? -1 : held.indexOf(10, mac + MAC_LINE.length);
    if (end >= 0) return { header: held.subarray(0, end + 1), rest: held.subarray(end + 1) };
    if (held.length > HEADER_MOST) throw new DamagedArchive("It does not begin as an encrypted archive does");
    held = Buffer.concat([held, await next(input, "It is cut off inside its header, or is no encrypted archive")]);
  }
}

function openHeader(header: Buffer, unlock: Unlock): Promise<Uint8Array> {
  const open = () => openAnew(header, unlock);
  return unlock.kind === "identity" ? open() : fileKeyOf(header, unlock.passphrase, open);
}

async function openAnew(header: Buffer, unlock: Unlock): Promise<Uint8Array> {
  try {
    const decrypter = new Decrypter();
    decrypter.addIdentity(unlock.kind === "identity" ? unlock.identity : passphraseIdentity(unlock.passphrase));
    return await decrypter.decryptHeader(header);
  } catch (cause) {
    if (cause instanceof DamagedArchive) throw cause;
    // the library's words: neither key nor passphrase stands in them
    if (/no identity matched/.test(messageOf(cause)))
      throw new WrongKey(
        unlock.kind === "identity"
          ? "The key does not open this archive. It was encrypted to another one."
          : "The passphrase does not open this archive.",
        cause,
      );
    throw new DamagedArchive("The header of the encrypted archive is damaged", cause);
  }
}

function passphraseIdentity(passphrase: string): Identity {
  return {
    async unwrapFileKey(stanzas) {
      const stanza = stanzas.find(({ args }) => args[0] === "scrypt");
      if (!stanza) return null;
      const work = Number(stanza.args[2]);
      if (
        stanzas.length > 1 ||
        !/^[1-9]\d?$/.test(stanza.args[2] ?? "") ||
        work > WORK_MOST ||
        stanza.body.length !== 32
      )
        throw new DamagedArchive("The header of the encrypted archive asks for what no archive needs");
      const salt = Buffer.concat([
        Buffer.from("age-encryption.org/v1/scrypt"),
        Buffer.from(stanza.args[1] ?? "", "base64"),
      ]);
      const key = await scryptOf(passphrase, salt, 2 ** work);
      const cipher = createDecipheriv("chacha20-poly1305", key, Buffer.alloc(12), { authTagLength: TAG });
      cipher.setAuthTag(stanza.body.subarray(16));
      const fileKey = cipher.update(stanza.body.subarray(0, 16));
      try {
        cipher.final();
        return fileKey;
      } catch {
        return null; // another passphrase
      }
    },
  };
}

function scryptOf(passphrase: string, salt: Buffer, cost: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salt, 32, { N: cost, r: 8, p: 1, maxmem: 1024 * cost + 1024 * 1024 }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

async function next(input: AsyncIterator<Buffer>, otherwise: string): Promise<Buffer> {
  const { done, value } = await input.next();
  if (done) throw new DamagedArchive(otherwise);
  return value;
}

async function* pieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of source) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
