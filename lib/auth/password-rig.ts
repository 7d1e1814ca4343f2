/** A password's hash with the least parameters that are allowed, for tests that sign in often: the hash says its own. */
import { argon2Sync, randomBytes } from "node:crypto";

export function lightHash(password: string): string {
  const nonce = randomBytes(16);
  const hash = argon2Sync("argon2id", {
    message: password,
    nonce,
    tagLength: 32,
    memory: 64,
    passes: 1,
    parallelism: 1,
  });
  const bare = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");
  return `$argon2id$v=19$m=64,t=1,p=1$${bare(nonce)}$${bare(hash)}`;
}
