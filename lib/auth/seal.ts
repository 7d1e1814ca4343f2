/** Secrets that this server has to use again (keys of storage, identities of archives), as they lie in the database. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { AppError } from "#lib/platform/errors.ts";
import { serverSecret } from "./secret.ts";

const VERSION = "v1";
const NONCE = 12;
const TAG = 16;

/** What the secret is for goes into its key and must be told again to open it: one kept for one thing opens no other. */
export function seal(secret: string, purpose: string, key: string = serverSecret()): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv("aes-256-gcm", keyFor(key, purpose), nonce);
  const sealed = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  return `${VERSION}.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url")}`;
}

/** Throws AppError `conflict` when it was sealed by another server, for another purpose, or was altered. */
export function unseal(sealed: string, purpose: string, key: string = serverSecret()): string {
  const [version, text = ""] = sealed.split(".");
  const bytes = Buffer.from(text, "base64url");
  try {
    if (version !== VERSION) throw new Error(`sealed as ${version}`);
    const decipher = createDecipheriv("aes-256-gcm", keyFor(key, purpose), bytes.subarray(0, NONCE));
    decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString("utf8");
  } catch (cause) {
    throw new AppError(
      "conflict",
      "A secret kept here cannot be opened: the server's own secret is another than when it was kept. Enter it anew",
      { cause },
    );
  }
}

function keyFor(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "trihelm-seal", purpose, 32));
}
