/**
 * The age format, version 1, written as a stream. The header is the library's; the payload (64 KiB pieces of
 * ChaCha20-Poly1305) goes through the platform's own cipher, which is many times as fast, and scrypt leaves the event loop.
 */
import { createCipheriv, hkdfSync, randomBytes, scrypt } from "node:crypto";
import { Encrypter, Stanza } from "age-encryption";
import { AppError } from "#lib/platform/errors.ts";
import type { Lock } from "./archive.ts";

const PIECE = 64 * 1024;
const NONCE = 16;
/** 2^18, the format's own default: about a second */
const WORK = 18;

/** `plain`, encrypted to whom the lock names. Throws AppError `validation` where it names nobody. */
export async function* encrypted(plain: AsyncIterable<Uint8Array>, lock: Lock): AsyncGenerator<Buffer> {
  const { header, fileKey } = await openHeader(lock);
  const nonce = randomBytes(NONCE);
  const key = Buffer.from(hkdfSync("sha256", fileKey, nonce, "payload", 32));
  yield Buffer.concat([header, nonce]);
  let counter = 0;
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of plain) {
    held =
      held.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : Buffer.concat([held, chunk]);
    const sealed: Buffer[] = [];
    let at = 0;
    // a full piece may be the last, which is marked: it waits until something follows it
    for (; held.length - at > PIECE; at += PIECE)
      sealed.push(...sealPiece(key, { counter: counter++, last: false, plain: held.subarray(at, at + PIECE) }));
    held = held.subarray(at);
    if (sealed.length > 0) yield Buffer.concat(sealed);
  }
  yield Buffer.concat(sealPiece(key, { counter, last: true, plain: held }));
}

/** The library writes the header of an empty file and tells the key on the way. */
async function openHeader(lock: Lock): Promise<{ header: Buffer; fileKey: Uint8Array }> {
  let fileKey: Uint8Array = Buffer.alloc(0);
  const encrypter = new Encrypter();
  if (lock.kind === "recipient") {
    try {
      encrypter.addRecipient(lock.recipient);
    } catch (cause) {
      throw new AppError("validation", "The recipient is no age recipient (age1…)", { cause });
    }
  }
  encrypter.addRecipient({
    wrapFileKey: async (key) => {
      fileKey = Uint8Array.from(key);
      return lock.kind === "passphrase" ? [await passphraseStanza(key, lock.passphrase)] : [];
    },
  });
  const empty = Buffer.from(await encrypter.encrypt(new Uint8Array(0)));
  const mac = empty.indexOf("\n--- ");
  return { header: empty.subarray(0, empty.indexOf("\n", mac + 1) + 1), fileKey };
}

async function passphraseStanza(fileKey: Uint8Array, passphrase: string): Promise<Stanza> {
  const salt = randomBytes(NONCE);
  const labelled = Buffer.concat([Buffer.from("age-encryption.org/v1/scrypt"), salt]);
  const options = { N: 2 ** WORK, r: 8, p: 1, maxmem: 2 ** WORK * 8 * 130 };
  const key = await new Promise<Buffer>((resolve, reject) =>
    scrypt(passphrase, labelled, 32, options, (error, derived) => (error ? reject(error) : resolve(derived))),
  );
  return new Stanza(
    ["scrypt", salt.toString("base64").replace(/=+$/, ""), String(WORK)],
    Buffer.concat(seal(key, Buffer.alloc(12), fileKey)),
  );
}

function sealPiece(key: Buffer, { counter, last, plain }: { counter: number; last: boolean; plain: Buffer }): Buffer[] {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(counter, 5, 6);
  nonce[11] = last ? 1 : 0;
  return seal(key, nonce, plain);
}

function seal(key: Buffer, nonce: Buffer, plain: Uint8Array): Buffer[] {
  const cipher = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
  return [cipher.update(plain), cipher.final(), cipher.getAuthTag()];
}
