/** Where this server's copies stand at a destination, which other servers may share. */
import { createHash } from "node:crypto";
import { serverSecret } from "#lib/auth/secret.ts";

/** `trihelm-3f9a12bc04d1`: the same for as long as the data folder is, and of no use to whoever sees it. */
export function serverFolder(): string {
  return `trihelm-${createHash("sha256").update(`copies of ${serverSecret()}`).digest("hex").slice(0, 12)}`;
}
