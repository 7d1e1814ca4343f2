/** Random secrets, their hashes, and the one secret that this server keeps for itself. */
import { createHash, randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { env } from "#lib/platform/env.ts";
import { singleton } from "#lib/platform/singleton.ts";

// no 0, O, 1, I: read from a screen and typed
const READABLE = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/** 256 random bits, safe in a header, a URL and a shell. */
export function randomToken(): string {
  return randomBytes(32).toString("base64url");
}

/** A short code for people to type, such as `K7D29XPA`: 40 bits, so only with few tries and a short life. */
export function randomCode(length = 8): string {
  return Array.from({ length }, () => READABLE[randomInt(READABLE.length)]).join("");
}

/** What is kept of a secret of at least 128 random bits: no slow hash is needed for what cannot be guessed. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

/** Compares without telling by its time how much was right. */
export function sameSecret(left: string, right: string): boolean {
  return timingSafeEqual(createHash("sha256").update(left).digest(), createHash("sha256").update(right).digest());
}

/** Signs cookies and encrypts second factors; made once, readable by this server's user alone. Throws when it cannot be kept. */
export function serverSecret(): string {
  return singleton("server-secret", () => {
    const file = path.join(/* turbopackIgnore: true */ env().dataDir, "secret");
    try {
      // `wx`: of two starts at once one writes, and both read the same
      fs.writeFileSync(file, `${randomToken()}\n`, { mode: 0o600, flag: "wx" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const secret = fs.readFileSync(file, "utf8").trim();
    if (secret.length < 32)
      throw new Error(
        `${file} is cut short. Put it back from a copy. Removed, it is made anew: everybody signs in again, and keys kept here are lost`,
      );
    return secret;
  });
}
